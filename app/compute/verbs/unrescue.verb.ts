import { z } from 'zod';
import type { MachineStatus } from '../../contract/machine.ts';
import { machineOrders } from '../../contract/machine-orders.ts';
import { MEMBER } from '../../policy/base.policy.ts';
import { step, type TaskRun } from '../../tasks/task.definition.ts';
import { changesFrom } from '../server.journal.ts';
import { forgetCopy, requireServer } from '../server-task.parts.ts';
import { awaitHost } from './host-contact.ts';
import { verbEnded, verbFailed } from './verb.tasks.ts';
import { type TaskVerb, taskVerb, type VerbParts, type VerbTask, verbSteps } from './verb.ts';

/** Back to its own disks, from which it starts. */
export const unrescue: TaskVerb = taskVerb({
  name: 'unrescue',
  action: 'unrescue',
  rule: 'os_compute_api:os-unrescue',
  who: MEMBER,
  notification: 'unrescue',
  asked: () => ({ allowed: { vm: ['rescued'] }, taskState: 'unrescuing' }),
  prepare: async ({ server }) => ({ args: { hostId: server.hostId } }),
  task: unrescueTask,
  offers: [{ name: 'unrescue', group: 'repair', bulk: 'menu', confirms: 'each' }],
});

const argsSchema = z.object({ serverId: z.string(), hostId: z.string() });
const memoSchema = z.object({ generation: z.number().default(0) });
type Unrescue = TaskRun<z.infer<typeof argsSchema>, z.infer<typeof memoSchema>>;

function unrescueTask(parts: VerbParts): VerbTask {
  const check = step<Unrescue['args'], Unrescue['memo']>({
    name: 'check',
    run: async (task) => void (await awaitHost(parts, task)),
    commit: async (trx, task) => ({ generation: await parts.servers.raiseGeneration(trx, task.args.serverId) }),
  });

  const unrescueStep = step<Unrescue['args'], Unrescue['memo'], MachineStatus>({
    name: 'unrescue',
    run: async (task) => {
      const { serverId: id, hostId } = task.args;
      const order = { id, generation: task.memo.generation };
      const options = { task, patience: 'forever' } as const;
      return await parts.orders.give(hostId, machineOrders.unrescue.method, order, task.context, options);
    },
    commit: async (trx, task, status) => {
      const server = await requireServer(parts, task.args.serverId, trx);
      await forgetCopy(parts, trx, task.context, { ...server, imageId: server.rescueImageId });
      await verbEnded(parts, unrescue, trx, task, { ...changesFrom(status), fault: null, rescueImageId: null });
    },
  });

  return verbSteps<Unrescue['args'], Unrescue['memo']>({
    args: argsSchema,
    memo: memoSchema,
    steps: [check, unrescueStep],
    onFailed: async (task, error) => async (trx) => await verbFailed(parts, unrescue, trx, task, error),
  });
}
