import { createReadStream, createWriteStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { OperationalError } from '../../../app/contract/errors.ts';
import { connectSocket } from './connect-socket.ts';

/**
 * A guest's memory between QEMU and a file. QEMU's sandbox may start no process and Node cannot pass descriptors to a
 * running one, so the bytes come through a unix socket, which works with every version of QEMU.
 */
export class MemoryReceiver {
  private readonly server: Server;
  /** Resolves when everything QEMU sent is in the file and on the disk. */
  readonly received: Promise<void>;

  private constructor(server: Server, received: Promise<void>) {
    this.server = server;
    this.received = received;
    // Awaited only once the migration has begun; until then a failure waits.
    received.catch(() => undefined);
  }

  static async listen(socketPath: string, filePath: string): Promise<MemoryReceiver> {
    await rm(socketPath, { force: true });
    const server = createServer();
    const connection = new Promise<Socket>((resolve, reject) => {
      server.once('connection', resolve);
      server.once('close', () => reject(new Error('QEMU sent no memory.')));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(socketPath, resolve);
    });
    return new MemoryReceiver(server, store(connection, filePath));
  }

  close(): void {
    this.server.close();
  }
}

async function store(connection: Promise<Socket>, filePath: string): Promise<void> {
  const socket = await connection;
  await pipeline(socket, createWriteStream(filePath, { mode: 0o600, highWaterMark: 1024 * 1024 }));
  const file = await open(filePath, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Streams a saved memory into a QEMU that listens on the socket. */
export async function sendMemory(socketPath: string, filePath: string, signal: AbortSignal): Promise<void> {
  const socket = await connectSocket(socketPath);
  if (socket === null) {
    throw new OperationalError('hypervisor_failed', 'hypervisor', 'QEMU does not take the saved memory.');
  }
  await pipeline(createReadStream(filePath, { highWaterMark: 1024 * 1024 }), socket, { signal });
}
