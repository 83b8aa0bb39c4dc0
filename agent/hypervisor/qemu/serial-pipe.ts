import { execFile } from 'node:child_process';
import { constants, openSync } from 'node:fs';
import { rm, symlink } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { promisify } from 'node:util';
import { errorCode } from '../../disk-full.ts';
import { findExecutable } from '../../host-programs.ts';
import { connectSocket } from './connect-socket.ts';
import type { RuntimeFiles } from './machine-files.ts';

/**
 * The two ends of QEMU's `pipe` character device: what is typed goes into `<path>.in`; what the guest writes goes to the
 * device's log file alone, and what leaves by `<path>.out` nowhere. A socket does not do as well: QEMU notes a byte in the
 * log again each time the socket has no room for it, so that a guest's output stands there with letters twice whenever the
 * agent is slow to read. False where the system has no named pipes.
 */
export async function makeSerialPipe({ serialPipe }: RuntimeFiles): Promise<boolean> {
  const [input, output] = [`${serialPipe}.in`, `${serialPipe}.out`];
  await Promise.all([input, output].map((path) => rm(path, { force: true })));
  const mkfifo = await findExecutable('mkfifo');
  if (mkfifo === null) return false;
  await Promise.all([promisify(execFile)(mkfifo, ['-m', '600', input]), symlink('/dev/null', output)]);
  return true;
}

/** Where to write what is typed; null when the process has ended. */
export async function openSerialInput({ serialPipe, serialSocket }: RuntimeFiles): Promise<Duplex | null> {
  try {
    // At once: without a reader it fails and does not wait for one.
    const fd = openSync(`${serialPipe}.in`, constants.O_WRONLY | constants.O_NONBLOCK);
    return new Socket({ fd, readable: false, writable: true });
  } catch (error) {
    // A process has a socket that an older release started, or a system without named pipes.
    if (errorCode(error) === 'ENOENT') return connectSocket(serialSocket);
    if (errorCode(error) === 'ENXIO') return null;
    throw error;
  }
}
