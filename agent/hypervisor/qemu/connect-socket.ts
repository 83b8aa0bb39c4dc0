import { connect } from 'node:net';
import type { Duplex } from 'node:stream';

/** A connected stream, or null when nobody listens there. */
export function connectSocket(path: string): Promise<Duplex | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(null));
  });
}
