import type { WebSocket } from 'ws';
import { endSocket } from './end-socket.ts';

const ENDED = 'The sign-in has ended.';

/** Open WebSockets by the session of the context they came with: the end of the token (sign-out, revocation) ends them. */
export class Sessions {
  readonly #sockets = new Map<string, Set<WebSocket>>();
  readonly #isSignedIn: (session: string) => Promise<boolean>;

  constructor(isSignedIn: (session: string) => Promise<boolean>) {
    this.#isSignedIn = isSignedIn;
  }

  /** Holds the socket to its session; false, and the socket is closed, when that has ended already. */
  async add(session: string, socket: WebSocket): Promise<boolean> {
    const sockets = this.#sockets.get(session) ?? new Set();
    this.#sockets.set(session, sockets.add(socket));
    socket.on('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0) this.#sockets.delete(session);
    });
    const isSignedIn = await this.#isSignedIn(session);
    if (!isSignedIn) endSocket(socket, 4401, ENDED);
    return isSignedIn;
  }

  /** Checks every open session again, each once. */
  async recheck(): Promise<void> {
    for (const [session, sockets] of this.#sockets) {
      if (await this.#isSignedIn(session)) continue;
      for (const socket of sockets) endSocket(socket, 4401, ENDED);
    }
  }
}
