import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { TaskView } from '../../contract/task.ts';
import type { Transaction } from '../../database/database.ts';
import type { ActionRequest } from '../../http/action.ts';
import { assertState, assertUnlocked } from '../server.state.ts';
import type { ServerRecord } from '../server.tables.ts';
import type { Asked, ChangeVerb, LongVerb, OrderVerb, Prepared, TaskVerb, VerbParts } from './verb.ts';

/** Does verbs: each checks and writes down; what goes on afterwards is queued as one task. */
export class VerbService {
  readonly #parts: VerbParts;

  constructor(parts: VerbParts) {
    this.#parts = parts;
  }

  async order(context: Context, id: string, verb: OrderVerb, asked: Asked): Promise<TaskView> {
    const { database, servers, quota } = this.#parts;
    return await database.transaction(async (trx) => {
      const server = await this.#allowed(trx, context, id, verb, asked);
      if (server.hostId === null) throw notReady(id);
      if (verb.takesQuota) {
        const { projectId, userId, vcpus, memoryMib } = server;
        await quota.check(trx, { projectId, userId }, { instances: 1, cores: vcpus, ram: memoryMib });
      }
      const generation = await servers.raiseGeneration(trx, id);
      const args = { hostId: server.hostId, generation, ...asked.told };
      return await this.#enqueue(trx, context, { server, verb, asked, args });
    });
  }

  /** Answers what the action does. */
  async begin(request: ActionRequest, verb: TaskVerb, value: unknown): Promise<unknown> {
    const { context, id } = request;
    const parts = this.#parts;
    const asked = verb.asked(value);
    const { answer } = await parts.database.transaction(async (trx) => {
      const server = await this.#allowed(trx, context, id, verb, asked);
      if (server.hostId === null && !verb.worksWithoutHost) throw notReady(id);
      const prepared = await verb.prepare({ ...request, server, trx, parts }, value);
      await this.#enqueue(trx, context, { server, verb, asked, ...prepared });
      return prepared;
    });
    return await answer?.();
  }

  async #allowed(trx: Transaction, context: Context, id: string, verb: LongVerb, asked: Asked): Promise<ServerRecord> {
    const { server: servers, tasks } = this.#parts;
    const server = await servers.get(context, id, trx);
    assertUnlocked(context, server);
    assertState(server, verb.name, asked.allowed);
    for (const task of asked.replaces ? await tasks.unfinishedOf(trx, id) : []) {
      if (asked.replaces === 'everything' || task.kind === kindOf(verb)) await tasks.requestAbort(trx, task.id);
    }
    return server;
  }

  async #enqueue(trx: Transaction, context: Context, begun: Begun): Promise<TaskView> {
    const { server, verb, asked, changes, args, alsoAbout } = begun;
    const { tasks, servers, actions, journal } = this.#parts;
    const { id, name, projectId } = server;
    const written = { ...changes, ...(asked.taskState && { taskState: asked.taskState }) };
    const busy = Object.keys(written).length > 0 ? await servers.update(trx, id, written) : server;
    const task = await tasks.enqueue(trx, context, {
      kind: kindOf(verb),
      subject: { type: 'server', id, name },
      projectId,
      ...(alsoAbout && { alsoAbout }),
      args: { serverId: id, ...args },
    });
    await actions.begin(trx, context, id, verb.recordedAs ?? verb.name);
    await actions.beginEvent(trx, context.requestId, id, verb.event ?? `compute_${verb.name}_instance`);
    if (busy) await journal.record(trx, context, busy, `${verb.notification}.start`);
    return task;
  }

  /** It is over when this returns. */
  async change<V>(request: ActionRequest, verb: ChangeVerb<V>, value: V): Promise<void> {
    const { context, id } = request;
    const { database, tasks, servers, actions, journal } = this.#parts;
    await database.transaction(async (trx) => {
      const server = await this.#parts.server.get(context, id, trx);
      if (!verb.passesLock) assertUnlocked(context, server);
      const isBusy = (await tasks.unfinishedOf(trx, id)).length > 0;
      const changed = verb.change(server, value, { ...request, isBusy });
      if (!changed) return;
      const after = await servers.update(trx, id, changed.changes);
      await actions.begin(trx, context, id, verb.name);
      await actions.finish(trx, context.requestId, id, null);
      if (after) await journal.record(trx, context, after, changed.news, changed.payload);
    });
  }
}

/** What a verb comes to once it is allowed. */
interface Begun {
  readonly server: ServerRecord;
  readonly verb: LongVerb;
  readonly asked: Asked;
  readonly changes?: Prepared['changes'];
  readonly args?: Prepared['args'];
  readonly alsoAbout?: Prepared['alsoAbout'];
}

function kindOf(verb: LongVerb): string {
  return `server.${verb.name}`;
}

function notReady(id: string): UserError {
  return new UserError('conflict', `Instance ${id} is not ready`);
}
