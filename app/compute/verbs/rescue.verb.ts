import { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import type { MachineStatus } from '../../contract/machine.ts';
import { machineOrders } from '../../contract/machine-orders.ts';
import { MEMBER } from '../../policy/base.policy.ts';
import { randomPassword } from '../../random-password.ts';
import { step, type TaskRun } from '../../tasks/task.definition.ts';
import { machineRescue } from '../machine-spec.ts';
import { changesFrom } from '../server.journal.ts';
import { PASSWORD_LENGTH } from '../server-request.ts';
import { forgetCopy, requireServer } from '../server-task.parts.ts';
import { awaitHost, startAgain } from './host-contact.ts';
import { verbEnded, verbFailed } from './verb.tasks.ts';
import { type TaskVerb, taskVerb, type VerbParts, type VerbTask, verbSteps } from './verb.ts';

const FIELD = 'rescue.rescue_image_ref';
const rescueValue = z
  .strictObject({ adminPass: z.string().max(255).optional(), rescue_image_ref: z.uuid().optional() })
  .nullable();

/** The machine starts from another image, or its own anew, with its root disk as the second one, to be repaired. */
export const rescue: TaskVerb = taskVerb<z.infer<typeof rescueValue>>({
  name: 'rescue',
  action: 'rescue',
  rule: 'os_compute_api:os-rescue',
  who: MEMBER,
  value: rescueValue,
  notification: 'rescue',
  asked: () => ({ allowed: { vm: ['active', 'stopped', 'error'] }, taskState: 'rescuing' }),
  prepare: async ({ context, server, trx, parts }, value) => {
    const imageId = value?.rescue_image_ref ?? server.imageId ?? '';
    const image = await parts.images.imageForLaunch(context, imageId, { field: FIELD, query: trx });
    // Refuses what no machine starts from.
    machineRescue(image, null);
    const adminPass = value?.adminPass ?? randomPassword(PASSWORD_LENGTH);
    return {
      changes: { rescueImageId: image.id, adminPass },
      args: { hostId: server.hostId, wasRunning: server.powerState === 'RUNNING' },
      answer: () => ({ adminPass }),
    };
  },
  task: rescueTask,
  offers: [
    {
      ...{ name: 'rescue', asks: 'rescue_image_ref', group: 'repair', bulk: 'menu', confirms: 'each' },
      value: {},
      isDangerous: true,
    },
  ],
});

const argsSchema = z.object({ serverId: z.string(), hostId: z.string(), wasRunning: z.boolean() });
/** Of the order; one to start the machine again has the next. */
const memoSchema = z.object({ generation: z.number().default(0) });
type Rescue = TaskRun<z.infer<typeof argsSchema>, z.infer<typeof memoSchema>>;

function rescueTask(parts: VerbParts): VerbTask {
  const { servers, orders, claims } = parts;

  const check = step<Rescue['args'], Rescue['memo']>({
    name: 'check',
    run: async (task) => void (await awaitHost(parts, task)),
    commit: async (trx, task) => {
      const { id, generation } = await requireServer(parts, task.args.serverId, trx);
      await servers.update(trx, id, { generation: generation + 2 });
      return { generation: generation + 1 };
    },
  });

  const rescueStep = step<Rescue['args'], Rescue['memo'], MachineStatus>({
    name: 'rescue',
    run: async (task) => {
      const { serverId: id, hostId } = task.args;
      const server = await requireServer(parts, id);
      const [image, ports] = await Promise.all([
        parts.images.imageForLaunch(task.context, server.rescueImageId ?? '', { field: FIELD }),
        parts.networks.machinePorts(id),
      ]);
      const drive = await parts.guests.configDrive(server, ports, claims.zoneOf(hostId));
      const order = { id, generation: task.memo.generation, rescue: machineRescue(image, drive) };
      const options = { task, patience: 'forever' } as const;
      return await orders.give(hostId, machineOrders.rescue.method, order, task.context, options);
    },
    commit: async (trx, task, status) => {
      const changes = { ...changesFrom(status), vmState: 'rescued', fault: null, adminPass: null } as const;
      await verbEnded(parts, rescue, trx, task, changes);
    },
    undo: async (task) => {
      const { serverId: id, wasRunning } = task.args;
      if (wasRunning) await startAgain(parts, task, { id, generation: task.memo.generation + 1 });
    },
  });

  return verbSteps<Rescue['args'], Rescue['memo']>({
    args: argsSchema,
    memo: memoSchema,
    steps: [check, rescueStep],
    onFailed: async (task, error) => async (trx) => {
      const server = await servers.find(task.args.serverId, trx);
      if (server) await forgetCopy(parts, trx, task.context, { ...server, imageId: server.rescueImageId });
      // As in Nova: what fails on its host is an error, what fails before leaves the server as it was.
      const isBroken = task.memo.generation > 0 && !(error instanceof UserError) && error.code !== 'aborted';
      const changes = { rescueImageId: null, adminPass: null, ...(isBroken && { vmState: 'error' as const }) };
      await verbFailed(parts, rescue, trx, task, error, changes);
    },
  });
}
