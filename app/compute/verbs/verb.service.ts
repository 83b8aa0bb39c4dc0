import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { TaskView } from '../../contract/task.ts';
import type { ActionRequest } from '../../http/action.ts';
import type { QuotaService } from '../../quota/quota.service.ts';
import type { ServerService, ServerServiceParts } from '../server.service.ts';
import { assertState, assertUnlocked } from '../server.state.ts';
import type { Asked, ChangeVerb, OrderVerb } from './verb.ts';

type VerbServiceParts = ServerServiceParts & { quota: Pick<QuotaService, 'check'> };

/** Does verbs: each checks and writes down; an order is queued as one task. */
export class VerbService {
  readonly #parts: VerbServiceParts;
  readonly #server: ServerService;

  constructor(parts: VerbServiceParts & { server: ServerService }) {
    this.#parts = parts;
    this.#server = parts.server;
  }

  async do(context: Context, id: string, verb: OrderVerb, asked: Asked): Promise<TaskView> {
    const { database, tasks, servers, actions, journal, quota } = this.#parts;
    const kind = `server.${verb.name}`;
    return await database.transaction(async (trx) => {
      const server = await this.#server.get(context, id, trx);
      assertUnlocked(context, server);
      assertState(server, verb.name, asked.allowed);
      if (server.hostId === null) throw new UserError('conflict', `Instance ${id} is not ready`);
      for (const task of asked.replaces ? await tasks.unfinishedOf(trx, id) : []) {
        if (asked.replaces === 'everything' || task.kind === kind) await tasks.requestAbort(trx, task.id);
      }
      if (verb.takesQuota) {
        const { projectId, userId, vcpus, memoryMib } = server;
        await quota.check(trx, { projectId, userId }, { instances: 1, cores: vcpus, ram: memoryMib });
      }
      const generation = await servers.raiseGeneration(trx, id);
      const busy = asked.taskState ? await servers.update(trx, id, { taskState: asked.taskState }) : server;
      const task = await tasks.enqueue(trx, context, {
        kind,
        subject: { type: 'server', id, name: server.name },
        projectId: server.projectId,
        args: { serverId: id, hostId: server.hostId, generation, ...asked.told },
      });
      await actions.begin(trx, context, id, verb.recordedAs ?? verb.name);
      await actions.beginEvent(trx, context.requestId, id, verb.event ?? `compute_${verb.name}_instance`);
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
