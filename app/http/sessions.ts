import type { WebSocket } from 'ws';
import type { Context } from '../contract/context.ts';
import { endSocket } from './end-socket.ts';

/** Whether what a socket was opened for may still be had, as far as the token is good. */
type StillHolds = (context: Context) => boolean;

/**
 * Open WebSockets by the session of the context they came with. The end of the token (sign-out, revocation) ends them
 * with 4401; where only the rights have changed they end with 1012, and whoever comes back gets what may be had now.
 */
export class Sessions {
  readonly #sockets = new Map<string, Map<WebSocket, StillHolds>>();
  readonly #contextOf: (session: string) => Promise<Context | undefined>;

  /** `contextOf` says what a session stands for now: nothing when its token has ended. */
  constructor(contextOf: (session: string) => Promise<Context | undefined>) {
    this.#contextOf = contextOf;
  }

  /** Holds the socket to its session; false, and the socket is closed, when that has ended already. */
  async add(session: string, socket: WebSocket, stillHolds: StillHolds = () => true): Promise<boolean> {
    const sockets = this.#sockets.get(session) ?? new Map();
    this.#sockets.set(session, sockets.set(socket, stillHolds));
    socket.on('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0) this.#sockets.delete(session);
    });
    return check(socket, stillHolds, await this.#contextOf(session));
  }

  /** Checks every open session again, each once. */
  async recheck(): Promise<void> {
    for (const [session, sockets] of this.#sockets) {
      const context = await this.#contextOf(session);
      for (const [socket, stillHolds] of sockets) check(socket, stillHolds, context);
    }
  }
}

function check(socket: WebSocket, stillHolds: StillHolds, context: Context | undefined): boolean {
  if (!context) endSocket(socket, 4401, 'The sign-in has ended.');
  else if (!stillHolds(context)) endSocket(socket, 1012, 'Rights have changed.');
  else return true;
  return false;
}
