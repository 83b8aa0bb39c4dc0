import { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import type { MachineStatus } from '../../contract/machine.ts';
import { machineOrders } from '../../contract/machine-orders.ts';
import { MEMBER } from '../../policy/base.policy.ts';
import { step } from '../../tasks/task.definition.ts';
import type { MigrationRecord } from '../migration.tables.ts';
import { changesFrom } from '../server.journal.ts';
import { PATIENCE } from './resize.task.ts';
import { verbEnded, verbFailed } from './verb.tasks.ts';
import { type PrepareRequest, taskVerb, type VerbParts, type VerbTask, verbSteps } from './verb.ts';

/** It keeps its new flavor; the way back and what it took go. The machine runs on. */
export const confirmResize = taskVerb({
  name: 'confirmResize',
  action: 'confirmResize',
  rule: 'os_compute_api:servers:confirm_resize',
  who: MEMBER,
  emptyStatus: 204,
  notification: 'resize.confirm',
  event: 'compute_confirm_resize',
  asked: () => ({ allowed: { vm: ['resized'] } }),
  prepare: async (request) => {
    const { uuid, destHost } = await resizeOf(request);
    await request.parts.migrations.setStatus(request.trx, uuid, 'confirming');
    const generation = await request.parts.servers.raiseGeneration(request.trx, request.server.id);
    return { args: { hostId: destHost, migration: uuid, generation } };
  },
  task: confirmTask,
  offers: [{ name: 'confirm-resize', group: 'edit', bulk: 'menu', confirms: 'each' }],
});

/** The one that waits. */
export async function resizeOf({ server, trx, parts }: PrepareRequest): Promise<MigrationRecord> {
  const migration = await parts.migrations.finishedOf(server.id, trx);
  if (!migration) throw new UserError('bad_request', 'Instance has not been resized.');
  return migration;
}

const argsSchema = z.object({
  serverId: z.string(),
  hostId: z.string(),
  migration: z.string(),
  generation: z.number(),
});
type ConfirmArgs = z.infer<typeof argsSchema>;

function confirmTask(parts: VerbParts): VerbTask {
  const { claims, migrations, orders } = parts;
  return verbSteps<ConfirmArgs>({
    args: argsSchema,
    steps: [
      step<ConfirmArgs, Record<string, unknown>, MachineStatus>({
        name: 'confirm',
        run: async (task) => {
          const { serverId: id, hostId, ...order } = task.args;
          const { method } = machineOrders.confirmResize;
          return await orders.give(hostId, method, { id, ...order }, task.context, { task, patience: PATIENCE });
        },
        commit: async (trx, task, status) => {
          await claims.release(trx, task.args.migration);
          await migrations.setStatus(trx, task.args.migration, 'confirmed');
          await verbEnded(parts, confirmResize, trx, task, { ...changesFrom(status), fault: null });
        },
      }),
    ],
    // It can be asked for again.
    onFailed: async (task, error) => async (trx) => {
      await migrations.setStatus(trx, task.args.migration, 'finished');
      await verbFailed(parts, confirmResize, trx, task, error);
    },
  });
}
