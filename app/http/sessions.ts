import type { WebSocket } from 'ws';
import type { Context } from '../contract/context.ts';
import { endSocket } from './end-socket.ts';
import { DEFAULT_LIMITS } from './request-limits.ts';

/** Whether what a socket was opened for may still be had, as far as the token is good. */
type StillHolds = (context: Context) => boolean;

/**
 * Open WebSockets by the session of the context they came with. The end of the token (sign-out, revocation) ends them
 * with 4401; where only the rights have changed they end with 1012, and whoever comes back gets what may be had now.
 */
export class Sessions {
  readonly #sockets = new Map<string, Map<WebSocket, StillHolds>>();
  readonly #contextOf: (session: string) => Promise<Context | undefined>;

  readonly #limit: number;
  /** Open sockets by user. */
  readonly #perPerson = new Map<string, number>();

  /**
   * `contextOf` says what a session stands for now: nothing when its token has ended. `limit`: sockets that one person
   * has open, whatever they are for.
   */
  constructor(contextOf: (session: string) => Promise<Context | undefined>, limit = DEFAULT_LIMITS.sockets_per_person) {
    this.#contextOf = contextOf;
    this.#limit = limit;
  }

  /** Holds the socket to its session; false, and the socket is closed, when that has ended already. */
  async add(session: string, socket: WebSocket, stillHolds: StillHolds = () => true): Promise<boolean> {
    const sockets = this.#sockets.get(session) ?? new Map();
    this.#sockets.set(session, sockets.set(socket, stillHolds));
    socket.on('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0) this.#sockets.delete(session);
    });
    const context = await this.#contextOf(session);
    return check(socket, stillHolds, context) && this.#count(socket, context?.userId ?? '');
  }

  /** False, and the socket is closed, where the person has as many as may be. */
  #count(socket: WebSocket, userId: string): boolean {
    if (socket.readyState !== socket.OPEN) return false;
    const open = this.#perPerson.get(userId) ?? 0;
    if (open >= this.#limit) {
      endSocket(socket, 1013, `More than ${this.#limit} connections of one account.`);
      return false;
    }
    this.#perPerson.set(userId, open + 1);
    socket.on('close', () => {
      const left = (this.#perPerson.get(userId) ?? 1) - 1;
      if (left > 0) this.#perPerson.set(userId, left);
      else this.#perPerson.delete(userId);
    });
    return true;
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
