import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { TaskView } from '../../contract/task.ts';
import type { ActionRequest } from '../../http/action.ts';
import type { ServerService, ServerServiceParts } from '../server.service.ts';
import { assertState, assertUnlocked } from '../server.state.ts';
import type { Asked, ChangeVerb, OrderVerb } from './verb.ts';

/** Does verbs: each checks and writes down; an order is queued as one task. */
export class VerbService {
  readonly #parts: ServerServiceParts;
  readonly #server: ServerService;

  constructor(parts: ServerServiceParts & { server: ServerService }) {
    this.#parts = parts;
    this.#server = parts.server;
  }

  async do(context: Context, id: string, verb: OrderVerb, asked: Asked): Promise<TaskView> {
    const { database, tasks, servers, actions, journal } = this.#parts;
    const kind = `server.${verb.name}`;
    return await database.transaction(async (trx) => {
      const server = await this.#server.get(context, id, trx);
      assertUnlocked(context, server);
      assertState(server, verb.name, asked.allowed);
      if (server.hostId === null) throw new UserError('conflict', `Instance ${id} is not ready`);
      for (const task of asked.replaces ? await tasks.unfinishedOf(trx, id) : []) {
        if (task.kind === kind) await tasks.requestAbort(trx, task.id);
      }
      const generation = await servers.raiseGeneration(trx, id);
      const busy = asked.taskState ? await servers.update(trx, id, { taskState: asked.taskState }) : server;
      const task = await tasks.enqueue(trx, context, {
        kind,
        subject: { type: 'server', id, name: server.name },
        projectId: server.projectId,
        args: { serverId: id, hostId: server.hostId, generation, ...asked.told },
      });
      await actions.begin(trx, context, id, verb.name);
      await actions.beginEvent(trx, context.requestId, id, `compute_${verb.name}_instance`);
      if (busy) await journal.record(trx, context, busy, `${verb.notification}.start`);
      return task;
    });
  }

  /** It is over when this returns. */
  async change<V>(request: ActionRequest, verb: ChangeVerb<V>, value: V): Promise<void> {
    const { context, id } = request;
    const { database, tasks, servers, actions, journal } = this.#parts;
    await database.transaction(async (trx) => {
      const server = await this.#server.get(context, id, trx);
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
