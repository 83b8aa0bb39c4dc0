import type { WebSocket } from 'ws';

/** Closes a socket that may be paused: the other side's answer must be read for the close to be complete. */
export function endSocket(socket: WebSocket, code?: number, reason?: string): void {
  socket.close(code, reason);
  socket.resume();
}
