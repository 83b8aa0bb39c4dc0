import { z } from 'zod';
import type { MachineStatus } from '../../contract/machine.ts';
import { machineOrders } from '../../contract/machine-orders.ts';
import { MEMBER } from '../../policy/base.policy.ts';
import { step } from '../../tasks/task.definition.ts';
import { changesFrom } from '../server.journal.ts';
import { resizeOf } from './confirm-resize.verb.ts';
import {
  hasFlavor,
  nextEvent,
  PATIENCE,
  powerOf,
  type ResizeArgs,
  requireMigration,
  resizeArgs,
} from './resize.task.ts';
import { countedAs, moreThan, ownerOf } from './resize.verb.ts';
import { verbEnded, verbFailed } from './verb.tasks.ts';
import { taskVerb, type VerbParts, type VerbTask, verbSteps } from './verb.ts';

/** Back to the flavor and the disks of before; what was written since the resize is gone. */
export const revertResize = taskVerb({
  name: 'revertResize',
  action: 'revertResize',
  rule: 'os_compute_api:servers:revert_resize',
  who: MEMBER,
  notification: 'resize.revert',
  event: 'compute_revert_resize',
  asked: () => ({ allowed: { vm: ['resized'] }, taskState: 'resize_reverting' }),
  prepare: async (request) => {
    const { server, trx, parts } = request;
    const { uuid, destHost, oldFlavor, oldVmState } = await resizeOf(request);
    await parts.quota.check(trx, ownerOf(server), moreThan(server.flavor, oldFlavor));
    await parts.migrations.setStatus(trx, uuid, 'reverting');
    const generation = await parts.servers.raiseGeneration(trx, server.id);
    const args = { hostId: destHost, migration: uuid, wasOn: oldVmState === 'active', generation };
    return { changes: countedAs(server, oldFlavor), args };
  },
  keepsSnapshot: ({ generation }) => generation !== undefined,
  task: revertTask,
  offers: [{ name: 'revert-resize', group: 'edit', bulk: 'menu', confirms: 'each', isDangerous: true }],
});

const argsSchema = resizeArgs.extend({ generation: z.number() });
type RevertArgs = ResizeArgs & z.infer<typeof argsSchema>;
const memoSchema = z.object({
  /** Of the order to start it: it is what it was. */
  generation: z.number().optional(),
});
type RevertMemo = z.infer<typeof memoSchema>;

function revertTask(parts: VerbParts): VerbTask {
  const { servers, claims, migrations, orders } = parts;
  return verbSteps<RevertArgs, RevertMemo>({
    args: argsSchema,
    memo: memoSchema,
    steps: [
      step<RevertArgs, RevertMemo, MachineStatus>({
        name: 'revert',
        run: async (task) => {
          const { serverId: id, hostId, wasOn: _, ...order } = task.args;
          const { method } = machineOrders.revertResize;
          return await orders.give(hostId, method, { id, ...order }, task.context, { task, patience: PATIENCE });
        },
        commit: async (trx, task, status) => {
          const { serverId, migration } = task.args;
          const { oldFlavor, oldDiskGib } = await requireMigration(parts, migration, trx);
          await claims.exchange(trx, serverId, migration);
          await claims.release(trx, migration);
          await migrations.setStatus(trx, migration, 'reverted');
          await servers.update(trx, serverId, { ...hasFlavor(oldFlavor, oldDiskGib), ...powerOf(status) });
          await nextEvent(parts, trx, task, 'compute_finish_revert_resize');
          return { generation: await servers.raiseGeneration(trx, serverId) };
        },
      }),
      step<RevertArgs, RevertMemo, MachineStatus | null>({
        name: 'start',
        run: async (task) => {
          const { serverId: id, hostId, wasOn } = task.args;
          if (!wasOn) return null;
          const order = { id, generation: task.memo.generation ?? 0 };
          const options = { task, patience: PATIENCE };
          return await orders.give(hostId, machineOrders.start.method, order, task.context, options);
        },
        commit: async (trx, task, status) => {
          const changes = status === null ? { vmState: 'stopped' as const } : changesFrom(status);
          await verbEnded(parts, revertResize, trx, task, { ...changes, fault: null });
        },
      }),
    ],
    onFailed: async (task, error) => async (trx) => {
      const { serverId, migration } = task.args;
      // It is what it was before, and does not start.
      if (task.memo.generation !== undefined) {
        return await verbFailed(parts, revertResize, trx, task, error, { vmState: 'stopped' });
      }
      const { newFlavor, newDiskGib } = await requireMigration(parts, migration, trx);
      await migrations.setStatus(trx, migration, 'finished');
      const server = await servers.find(serverId, trx);
      if (server) await verbFailed(parts, revertResize, trx, task, error, hasFlavor(newFlavor, newDiskGib));
    },
  });
}
