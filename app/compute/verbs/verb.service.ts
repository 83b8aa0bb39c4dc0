import { markUnfinished } from '../../audit/audited-request.ts';
import type { Context } from '../../contract/context.ts';
import { CumuletError, explain, UserError } from '../../contract/errors.ts';
import type { TaskView } from '../../contract/task.ts';
import type { Transaction } from '../../database/database.ts';
import type { ActionRequest } from '../../http/action.ts';
import { assertState, assertUnlocked } from '../server.state.ts';
import type { ServerRecord } from '../server.tables.ts';
import { prepareSafety } from './safety.ts';
import { SHUTDOWN_SECONDS, shutdownSeconds } from './stop.verb.ts';
import type { Asked, ChangeVerb, LongVerb, OrderVerb, Prepared, TaskVerb, VerbParts } from './verb.ts';

/** Does verbs: each checks and writes down; what goes on afterwards is queued as one task. */
export class VerbService {
  readonly #parts: VerbParts;

  constructor(parts: VerbParts) {
    this.#parts = parts;
  }

  async order(context: Context, id: string, verb: OrderVerb, asked: Asked): Promise<TaskView> {
    return await this.#parts.database.transaction((trx) => this.orderIn(trx, context, id, verb, asked));
  }

  /** As {@link order}, inside a decision of the caller; `parentId` is the task that it is a part of. */
  async orderIn(
    trx: Transaction,
    context: Context,
    id: string,
    verb: OrderVerb,
    asked: Asked,
    parentId?: string,
  ): Promise<TaskView> {
    const { servers, quota } = this.#parts;
    const server = await this.#allowed(trx, context, id, verb, asked);
    if (server.hostId === null) throw notReady(id);
    if (asked.taskState === undefined) await this.#assertFirst(trx, id, verb);
    if (verb.takesQuota) {
      const { projectId, userId, vcpus, memoryMib } = server;
      await quota.check(trx, { projectId, userId }, { instances: 1, cores: vcpus, ram: memoryMib });
    }
    const generation = await servers.raiseGeneration(trx, id);
    const args = { hostId: server.hostId, generation, ...toldOf(server, asked) };
    return await this.#enqueue(trx, context, { server, verb, asked, args, ...(parentId && { parentId }) });
  }

  /** Answers what the action does. `isSafe`: once a snapshot of the machine is made. */
  async begin(request: ActionRequest, verb: TaskVerb, value: unknown, how: { isSafe?: true } = {}): Promise<unknown> {
    const { context, id } = request;
    const parts = this.#parts;
    const asked = verb.asked(value);
    const { task, answer } = await parts.database.transaction(async (trx) => {
      const server = await this.#allowed(trx, context, id, verb, asked);
      if (server.hostId === null && !verb.worksWithoutHost) throw notReady(id);
      const preparing = { ...request, server, trx, parts };
      // Its order is the earlier one.
      const { alsoAbout, ...safety } = how.isSafe ? await prepareSafety(preparing, verb, asked) : {};
      const prepared = await verb.prepare(preparing, value);
      const args = { ...prepared.args, ...safety };
      const task = await this.#enqueue(trx, context, { ...{ server, verb, asked, alsoAbout }, ...prepared, args });
      return { ...prepared, task };
    });
    return await answer?.(task);
  }

  async #allowed(trx: Transaction, context: Context, id: string, verb: LongVerb, asked: Asked): Promise<ServerRecord> {
    const { server: servers, tasks } = this.#parts;
    const server = await servers.get(context, id, trx);
    if (!verb.passesLock) assertUnlocked(context, server);
    assertState(server, verb.name, asked.allowed);
    for (const task of asked.replaces ? await tasks.unfinishedOf(trx, id) : []) {
      if (asked.replaces === 'everything' || task.kind === kindOf(verb)) await tasks.requestAbort(trx, task.id);
    }
    return server;
  }

  /** What sets no task state would be taken any number of times, each of which waits for its host. */
  async #assertFirst(trx: Transaction, id: string, verb: LongVerb): Promise<void> {
    const unfinished = await this.#parts.tasks.unfinishedOf(trx, id);
    if (!unfinished.some(({ kind }) => kind === kindOf(verb))) return;
    throw new UserError('conflict', `Cannot '${verb.name}' instance ${id} while the one before is on its way`, {
      hint: 'Ask again when it is over.',
    });
  }

  async #enqueue(trx: Transaction, context: Context, begun: Begun): Promise<TaskView> {
    const { server, verb, asked, changes, args, alsoAbout, parentId } = begun;
    const { tasks, servers, actions, journal } = this.#parts;
    const { id, name, projectId } = server;
    const written = { ...changes, ...(asked.taskState && { taskState: asked.taskState }) };
    const busy = Object.keys(written).length > 0 ? await servers.update(trx, id, written) : server;
    const task = await tasks.enqueue(trx, context, {
      kind: kindOf(verb),
      subject: { type: 'server', id, name },
      projectId,
      ...(alsoAbout && { alsoAbout }),
      ...(parentId && { parentId }),
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
    await this.#doOnHost(request, verb, value);
    await database.transaction(async (trx) => {
      const server = await this.#parts.server.get(context, id, trx);
      // What is done on its host is so, whatever has come since.
      if (!verb.onHost) assertMayChange(context, server, verb);
      const isBusy = (await tasks.unfinishedOf(trx, id)).length > 0;
      const changed = await verb.change(server, value, { ...request, isBusy, trx, parts: this.#parts });
      if (!changed) return;
      const after = await servers.update(trx, id, changed.changes);
      await actions.begin(trx, context, id, verb.name);
      await actions.finish(trx, context.requestId, id, null);
      if (after) await journal.record(trx, context, after, changed.news, changed.payload);
    });
  }

  async #doOnHost<V>(request: ActionRequest, verb: ChangeVerb<V>, value: V): Promise<void> {
    const { context, id } = request;
    const { database, actions, orders } = this.#parts;
    if (!verb.onHost) return;
    markUnfinished(true);
    const server = await database.transaction(async (trx) => {
      const found = await this.#parts.server.get(context, id, trx);
      assertMayChange(context, found, verb);
      const { hostId } = found;
      if (hostId === null) throw notReady(id);
      await actions.begin(trx, context, id, verb.name);
      await actions.beginEvent(trx, context.requestId, id, verb.event ?? `compute_${verb.name}`);
      return { ...found, hostId };
    });
    try {
      await verb.onHost(server, value, { context, orders });
      markUnfinished(false);
    } catch (error) {
      const why = error instanceof CumuletError ? explain(error) : 'Something went wrong.';
      await database.transaction((trx) => actions.finish(trx, context.requestId, id, why));
      throw error;
    }
  }
}

type Allowing = Pick<ChangeVerb, 'name' | 'passesLock' | 'allowed'>;

function assertMayChange(context: Context, server: ServerRecord, verb: Allowing): void {
  if (!verb.passesLock) assertUnlocked(context, server);
  if (verb.allowed) assertState(server, verb.name, verb.allowed);
}

/** What a verb comes to once it is allowed. */
/** A guest has as long to shut down as its image says, where nobody says otherwise. */
function toldOf(server: ServerRecord, { told }: Asked): Asked['told'] {
  return told?.timeoutSeconds === SHUTDOWN_SECONDS ? { ...told, timeoutSeconds: shutdownSeconds(server) } : told;
}

interface Begun {
  readonly server: ServerRecord;
  readonly verb: LongVerb;
  readonly asked: Asked;
  readonly changes?: Prepared['changes'];
  readonly args?: Prepared['args'];
  readonly alsoAbout?: Prepared['alsoAbout'];
  readonly parentId?: string;
}

function kindOf(verb: LongVerb): string {
  return `server.${verb.name}`;
}

function notReady(id: string): UserError {
  return new UserError('conflict', `Instance ${id} is not ready`);
}
