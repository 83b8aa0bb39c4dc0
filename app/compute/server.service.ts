import { agentMethods } from '../contract/agent.methods.ts';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { TaskService } from '../tasks/task.service.ts';
import type { HostOrders } from './host-orders.ts';
import type { ServerJournal } from './server.journal.ts';
import type { ServerChanges, ServerRepository } from './server.repository.ts';
import { assertUnlocked, consoleTarget } from './server.state.ts';
import type { ServerRecord } from './server.tables.ts';
import type { ServerActionRepository } from './server-action.repository.ts';

export interface ServerServiceParts {
  database: Database;
  tasks: TaskService;
  servers: ServerRepository;
  actions: ServerActionRepository;
  journal: ServerJournal;
  orders: HostOrders;
}

/** Finding, changing and deleting servers. Launching and the power verbs have services of their own. */
export class ServerService {
  readonly #parts: ServerServiceParts;

  constructor(parts: ServerServiceParts) {
    this.#parts = parts;
  }

  /** Another project's server is not there: 404. */
  async get(context: Context, id: string, trx?: Transaction): Promise<ServerRecord> {
    const server = await this.#parts.servers.find(id, trx);
    if (!server || !isVisible(context, server)) throw notFound(id);
    return server;
  }

  /** Also a deleted one, for its history. */
  async getAny(context: Context, id: string): Promise<ServerRecord> {
    const server = await this.#parts.servers.findAny(id);
    if (!server || !isVisible(context, server)) throw notFound(id);
    return server;
  }

  /** Whose it is, for the policy; nothing for whoever cannot see it, who then gets a 404 and not a 403. */
  async ownerOf(context: Context, id: string): Promise<{ project_id: string; user_id: string } | undefined> {
    const server = await this.#parts.servers.findAny(id);
    if (!server || !isVisible(context, server)) return undefined;
    return { project_id: server.projectId, user_id: server.userId };
  }

  /** Without a caller: for consoles and screenshots that were allowed before. */
  async find(id: string): Promise<ServerRecord | undefined> {
    return await this.#parts.servers.find(id);
  }

  /** The machine behind a console as it is now; undefined once the server is deleted. */
  async consoleTarget(id: string): Promise<ReturnType<typeof consoleTarget> | undefined> {
    const server = await this.find(id);
    return server && consoleTarget(server);
  }

  /** Changes what is only written down: names, addresses people note, metadata, tags. */
  async update(
    context: Context,
    id: string,
    change: ServerChanges | ((server: ServerRecord, trx: Transaction) => ServerChanges | Promise<ServerChanges>),
  ): Promise<ServerRecord> {
    return await this.#parts.database.transaction(async (trx) => {
      const before = await this.get(context, id, trx);
      const changes = typeof change === 'function' ? await change(before, trx) : change;
      const server = (await this.#parts.servers.update(trx, id, changes)) ?? before;
      await this.#parts.journal.record(trx, context, server, 'update', { changed: Object.keys(changes) });
      const { hostId, name } = server;
      if (hostId !== null && name !== before.name) {
        const { orders, database } = this.#parts;
        database.afterCommit(trx, () => orders.cast(hostId, agentMethods.rename, { id, name }, context));
      }
      return server;
    });
  }

  /**
   * Stops work that goes on with the server and queues its removal. Asking again while it is on its way is fine;
   * with `isForced` it does not wait for a host that is away.
   */
  async delete(
    context: Context,
    id: string,
    options: { isForced: boolean; onlyWhen?: (server: ServerRecord) => boolean },
  ): Promise<void> {
    const { database, tasks, servers, actions, journal } = this.#parts;
    await database.transaction(async (trx) => {
      const server = await this.get(context, id, trx);
      if (options.onlyWhen?.(server) === false) return;
      assertUnlocked(context, server);
      const unfinished = await tasks.unfinishedOf(trx, id);
      if (unfinished.some(({ kind }) => kind === 'server.delete') && !options.isForced) return;
      for (const task of unfinished) await tasks.requestAbort(trx, task.id);
      const deleting = await servers.update(trx, id, { taskState: 'deleting' });
      await tasks.enqueue(trx, context, {
        kind: 'server.delete',
        subject: { type: 'server', id, name: server.name },
        projectId: server.projectId,
        args: { serverId: id, isForced: options.isForced },
      });
      await actions.begin(trx, context, id, options.isForced ? 'forceDelete' : 'delete');
      await actions.beginEvent(trx, context.requestId, id, 'compute_terminate_instance');
      if (deleting) await journal.record(trx, context, deleting, 'delete.start');
    });
  }
}

function isVisible(context: Context, server: ServerRecord): boolean {
  return context.isAdmin || server.projectId === context.projectId;
}

function notFound(id: string): UserError {
  return new UserError('not_found', `Instance ${id} could not be found.`);
}
