import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { TaskView } from '../../contract/task.ts';
import type { ServerService, ServerServiceParts } from '../server.service.ts';
import { assertState, assertUnlocked } from '../server.state.ts';
import type { Asked, Verb } from './verb.ts';

/** Does verbs: each checks, writes down and queues one task. */
export class VerbService {
  readonly #parts: ServerServiceParts;
  readonly #server: ServerService;

  constructor(parts: ServerServiceParts & { server: ServerService }) {
    this.#parts = parts;
    this.#server = parts.server;
  }

  async do(context: Context, id: string, verb: Verb, asked: Asked): Promise<TaskView> {
    const { database, tasks, servers, actions, journal } = this.#parts;
    const kind = `server.${verb.order}`;
    return await database.transaction(async (trx) => {
      const server = await this.#server.get(context, id, trx);
      assertUnlocked(context, server);
      assertState(server, verb.name, asked.allowed);
      if (server.hostId === null) throw new UserError('conflict', `Instance ${id} is not ready`);
      for (const task of asked.replaces ? await tasks.unfinishedOf(trx, id) : []) {
        if (task.kind === kind) await tasks.requestAbort(trx, task.id);
      }
      const generation = await servers.raiseGeneration(trx, id);
      const busy = await servers.update(trx, id, { taskState: asked.taskState });
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
}
