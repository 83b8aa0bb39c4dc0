import { createServer } from 'node:net';

/**
 * A TCP port that is free right now: the wanted one if it is, else the system's choice. Another process may still
 * take it before QEMU binds it; the caller then asks again.
 */
export async function findFreePort(address: string, wanted?: number): Promise<number> {
  if (wanted !== undefined && (await canListen(address, wanted)) !== null) return wanted;
  const port = await canListen(address, 0);
  if (port === null) throw new Error(`No TCP port is free on ${address}.`);
  return port;
}

/** The port it could listen at, or null. */
function canListen(address: string, port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ host: address, port, exclusive: true }, () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === 'object' && bound !== null ? bound.port : null));
    });
  });
}
