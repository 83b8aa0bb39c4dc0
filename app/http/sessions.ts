import type { WebSocket } from 'ws';

/** Open WebSockets by the token they came with, so that a token's end (sign-out, revocation) ends them too. */
export class Sessions {
  readonly #sockets = new Map<string, Set<WebSocket>>();

  add(token: string, socket: WebSocket): void {
    const sockets = this.#sockets.get(token) ?? new Set();
    this.#sockets.set(token, sockets.add(socket));
    socket.on('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0) this.#sockets.delete(token);
    });
  }

  /** Checks every open session again; `isValid` is asked once per token. */
  async recheck(isValid: (token: string) => Promise<boolean>): Promise<void> {
    for (const [token, sockets] of this.#sockets) {
      if (await isValid(token)) continue;
      for (const socket of sockets) socket.close(4401, 'The sign-in has ended.');
    }
  }
}
