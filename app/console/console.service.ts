import { createHash, randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import { agentMethods } from '../contract/agent.methods.ts';
import { type ConsoleType, REMOTE_CONSOLES } from '../contract/console.ts';
import type { Context } from '../contract/context.ts';
import { CumuletError, UserError } from '../contract/errors.ts';
import type { Database, Transaction } from '../database/database.ts';
import { endSocket } from '../http/end-socket.ts';
import type { Sessions } from '../http/sessions.ts';
import type { Bus } from '../messaging/bus.ts';
import { joinSockets, type StreamBroker } from '../messaging/stream-broker.ts';
import { systemContext } from '../policy/authorization.ts';
import { consoleTokens } from './console.tables.ts';

/** Nova's default `token_ttl` of consoles, milliseconds. A connection outlives this token, but not the sign-in. */
const TOKEN_TTL = 600_000;

/** How long a host that is away may take to be back before the console gives up, milliseconds. */
const HOST_WAIT = 3000;

/** The server a console is asked for, as compute knows it. */
export interface ConsoleTarget {
  id: string;
  hostId: string | null;
  isRunning: boolean;
}

/** WebSocket close codes the dashboard understands: 4401 sign in again, 4404 machine gone or off, 4500 host failed. */
const CLOSE = { token: 4401, machine: 4404, host: 4500 } as const;

/** Screens and serial lines: hands out tokens, and joins a browser's WebSocket to the machine on its host. */
export class ConsoleService {
  readonly #database: Database;
  readonly #bus: Bus;
  readonly #streams: StreamBroker;
  readonly #sessions: Sessions;
  readonly #log: Logger;
  readonly #targetOf: (serverId: string) => Promise<ConsoleTarget | undefined>;
  readonly #open = new Map<string, Set<WebSocket>>();

  constructor(parts: {
    database: Database;
    bus: Bus;
    streams: StreamBroker;
    sessions: Sessions;
    log: Logger;
    /** Compute's view of the server now; undefined once it is deleted. */
    targetOf: (serverId: string) => Promise<ConsoleTarget | undefined>;
  }) {
    this.#database = parts.database;
    this.#bus = parts.bus;
    this.#streams = parts.streams;
    this.#sessions = parts.sessions;
    this.#log = parts.log;
    this.#targetOf = parts.targetOf;
  }

  /**
   * A link to the machine's screen or serial line. As Nova answers: a page for `novnc` and
   * `spice-html5`, a WebSocket for `serial`.
   * The caller has checked that `context` may use the server.
   */
  async create(context: Context, target: ConsoleTarget, type: ConsoleType, origin: string): Promise<{ url: string }> {
    if (!target.isRunning) {
      throw new UserError('conflict', `Instance ${target.id} is not ready`, { hint: 'Start the machine first.' });
    }
    if (type === 'spice') await this.#requireSpice(context, target);
    const token = randomBytes(24).toString('base64url');
    const expiresAt = new Date(Date.now() + TOKEN_TTL).toISOString();
    await this.#database.transaction(async (trx) => {
      await trx.deleteFrom('console_token').where('expires_at', '<', new Date().toISOString()).execute();
      await trx
        .insertInto('console_token')
        .values(
          consoleTokens.toRow({
            hash: hash(token),
            serverId: target.id,
            type,
            userId: context.userId,
            session: context.session ?? null,
            expiresAt,
          }),
        )
        .execute();
    });
    const url =
      type === 'serial'
        ? `${origin.replace(/^http/, 'ws')}/console/websocket?token=${token}`
        : `${origin}/console/${type}?token=${token}`;
    return { url };
  }

  /** Only some machines have it, which their hosts know. */
  async #requireSpice(context: Context, { id, hostId }: ConsoleTarget): Promise<void> {
    const { type } = REMOTE_CONSOLES.spice;
    const { consoles } = await this.#bus.call(`agent.${hostId}`, agentMethods.hardware, { id }, context, {
      waitForPeer: HOST_WAIT,
    });
    if (consoles.includes('spice')) return;
    throw new UserError('bad_request', `Unavailable console type ${type}.`, {
      field: 'remote_console.type',
      hint: 'A machine has SPICE where its image said hw_video_model=qxl when it was started.',
    });
  }

  /** Ends the server's tokens in `trx`, and once that is committed its open consoles. */
  async revoke(trx: Transaction, serverId: string): Promise<void> {
    await trx.deleteFrom('console_token').where('server_id', '=', serverId).execute();
    this.#database.afterCommit(trx, () => {
      for (const socket of this.#open.get(serverId) ?? []) endSocket(socket, CLOSE.machine, 'The machine was deleted.');
    });
  }

  /** Serves `GET /console/websocket?token=`: bytes both ways until either side ends. */
  async connect(socket: WebSocket, token: string, requestId: string): Promise<void> {
    // Bytes that come before the host has answered (noVNC speaks second, a terminal may speak at once) wait in the kernel.
    socket.pause();
    try {
      const { serverId, type, session } = await this.#check(token);
      if (session !== null && !(await this.#sessions.add(session, socket))) return;
      await this.#serve(socket, serverId, type, requestId);
    } catch (error) {
      const code = error instanceof CumuletError ? error.code : 'unexpected';
      if (code === 'unexpected') this.#log.error({ err: error, requestId }, 'a console failed');
      const close = code === 'unauthorized' ? CLOSE.token : code === 'not_found' ? CLOSE.machine : CLOSE.host;
      endSocket(socket, close, error instanceof CumuletError ? closeReason(error.message) : 'The console failed.');
    }
  }

  /** Whose console a link with this token opens; undefined where none (any more). */
  async serverOf(token: string): Promise<string | undefined> {
    return (await this.#find(token))?.serverId;
  }

  async #find(token: string) {
    const row = await this.#database.query
      .selectFrom('console_token')
      .selectAll()
      .where('hash', '=', hash(token))
      .where('expires_at', '>=', new Date().toISOString())
      .executeTakeFirst();
    return row && consoleTokens.toRecord(row);
  }

  async #check(token: string): Promise<{ serverId: string; type: ConsoleType; session: string | null }> {
    const found = await this.#find(token);
    if (!found) {
      throw new UserError('unauthorized', 'The console link is not valid any more.', {
        hint: 'Open the console again.',
      });
    }
    return found;
  }

  async #serve(socket: WebSocket, serverId: string, type: ConsoleType, requestId: string): Promise<void> {
    // Known before the server is looked at: whoever deletes it from now on closes this socket too.
    const sockets = this.#open.get(serverId) ?? new Set();
    this.#open.set(serverId, sockets.add(socket));
    const { streamId, socket: arriving, done } = this.#streams.expect();
    try {
      const target = await this.#targetOf(serverId);
      if (!target?.hostId || !target.isRunning) throw new UserError('not_found', 'The machine is not running.');
      const order = { id: target.id, type, streamId };
      const topic = `agent.${target.hostId}`;
      await this.#bus.call(topic, agentMethods.openConsole, order, systemContext(requestId), {
        waitForPeer: HOST_WAIT,
      });
      await joinSockets(socket, await arriving);
    } finally {
      done();
      sockets.delete(socket);
      if (sockets.size === 0) this.#open.delete(serverId);
    }
  }
}

/** A close reason holds 123 bytes (RFC 6455, 5.5), and no half characters. */
function closeReason(message: string): string {
  let reason = message.slice(0, 123);
  while (Buffer.byteLength(reason) > 123) reason = reason.slice(0, -1);
  return reason.toWellFormed();
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
