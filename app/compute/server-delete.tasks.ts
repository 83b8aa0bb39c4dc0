import { z } from 'zod';
import { CumuletError, explain } from '../contract/errors.ts';
import { machineOrders } from '../contract/machine-orders.ts';
import { step, type TaskDefinition } from '../tasks/task.definition.ts';
import {
  faultFrom,
  forgetCopy,
  requireServer,
  type ServerTaskParts,
  settleResize,
  taskStateAfter,
} from './server-task.parts.ts';

const argsSchema = z.object({
  serverId: z.string(),
  /** Does not wait for a host that is away: it is told to remove the machine when it reports again. */
  isForced: z.boolean(),
});
type DeleteArgs = z.infer<typeof argsSchema>;

const memoSchema = z.object({
  hostId: z.string().nullable().default(null),
  generation: z.number().default(0),
  /** The host said that the machine is gone. */
  isRemoved: z.boolean().default(false),
});
type DeleteMemo = z.infer<typeof memoSchema>;

/** How long a forced delete waits for a connected host that goes away meanwhile, milliseconds. */
const FORCED_PATIENCE = 5_000;

/** `server.delete`: the machine goes from its host, then all the cloud holds for it. */
export function serverDelete(parts: ServerTaskParts): TaskDefinition<DeleteArgs, DeleteMemo> {
  const { servers, leftovers, orders } = parts;

  const prepare = step<DeleteArgs, DeleteMemo>({
    name: 'prepare',
    commit: async (trx, task) => {
      const server = await requireServer(parts, task.args.serverId, trx);
      await parts.consoles.revoke(trx, server.id);
      return { hostId: server.hostId, generation: await servers.raiseGeneration(trx, server.id) };
    },
  });

  const destroy = step<DeleteArgs, DeleteMemo, boolean>({
    name: 'destroy',
    run: async (task) => {
      const { hostId, generation } = task.memo;
      if (hostId === null) return true;
      const order = { id: task.args.serverId, generation };
      const forced = orders.isUp(hostId) ? FORCED_PATIENCE : 0;
      const patience = task.args.isForced ? forced : 'forever';
      try {
        await orders.give(hostId, machineOrders.destroy.method, order, task.context, { task, patience });
        return true;
      } catch (error) {
        const isAway = error instanceof CumuletError && error.code === 'unavailable';
        if (!isAway || !task.args.isForced) throw error;
        parts.log.warn({ server: order.id, host: hostId }, 'deleted while its host is away; the machine goes later');
        return false;
      }
    },
    commit: async (_trx, _task, isRemoved) => ({ isRemoved }),
  });

  const release = step<DeleteArgs, DeleteMemo>({
    name: 'release',
    commit: async (trx, task) => {
      const server = await requireServer(parts, task.args.serverId, trx);
      const { hostId, generation, isRemoved } = task.memo;
      if (hostId !== null && !isRemoved) {
        await leftovers.add(trx, { host: hostId, kind: 'machine', id: server.id, generation, reason: 'deleted' });
      }
      await forgetCopy(parts, trx, task.context, server);
      await parts.networks.releasePorts(trx, task.context, server.id);
      await parts.claims.release(trx, server.id);
      await settleResize(parts, trx, server.id);
      await parts.consoles.revoke(trx, server.id);
      if (server.shelvedImageId !== null) await parts.images.snapshots.remove(trx, task.context, server.shelvedImageId);
      const now = new Date().toISOString();
      const gone = await servers.update(trx, server.id, {
        vmState: 'deleted',
        taskState: null,
        powerState: 'NOSTATE',
        adminPass: null,
        forwards: [],
        terminatedAt: now,
        deletedAt: now,
      });
      await parts.actions.finish(trx, task.context.requestId, server.id, null);
      if (gone) await parts.journal.record(trx, task.context, gone, 'delete.end');
    },
  });

  return {
    kind: 'server.delete',
    args: argsSchema,
    memo: memoSchema,
    cancellable: false,
    steps: [prepare, destroy, release],
    onFailed: async (task, error) => async (trx) => {
      const server = await servers.find(task.args.serverId, trx);
      if (!server) return;
      await parts.actions.finish(trx, task.context.requestId, server.id, explain(error));
      const taskState = await taskStateAfter(parts, trx, task, server);
      // Aborted by a forced delete that waits behind this one.
      if (error.code === 'aborted') return void (await servers.update(trx, server.id, { taskState }));
      const failed = await servers.update(trx, server.id, { vmState: 'error', taskState, fault: faultFrom(error) });
      if (failed) await parts.journal.record(trx, task.context, failed, 'delete.error', { message: explain(error) });
    },
  };
}
