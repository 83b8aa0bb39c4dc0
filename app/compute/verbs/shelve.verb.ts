import { z } from 'zod';
import { type MachineStatus, machineStatusSchema } from '../../contract/machine.ts';
import { machineOrders } from '../../contract/machine-orders.ts';
import { MEMBER } from '../../policy/base.policy.ts';
import { step, type TaskRun } from '../../tasks/task.definition.ts';
import { hasTpm, tpmStays } from '../hardware/machine-tpm.ts';
import { changesFrom } from '../server.journal.ts';
import { requireServer } from '../server-task.parts.ts';
import { copyStep, dropImage, imageArgs, prepareImage } from './machine-image.ts';
import { leaveHost, shelveOffload } from './shelve-offload.verb.ts';
import { shutdownSeconds } from './stop.verb.ts';
import { verbEnded, verbFailed } from './verb.tasks.ts';
import { type TaskVerb, taskVerb, verbSteps } from './verb.ts';

const shelveArgs = imageArgs.extend({
  /** Of the order to go off, before the one to copy the disk. */
  stopGeneration: z.number(),
  /** It leaves its host in the same go. */
  offloads: z.boolean(),
});
type ShelveArgs = z.infer<typeof shelveArgs>;
const shelveMemo = z.object({ off: machineStatusSchema.optional() });
type ShelveMemo = z.infer<typeof shelveMemo>;

/** How long orders wait for an agent that is away, milliseconds. */
const PATIENCE = 30_000;
/** Behind the server's name, in that of its image; and how long names of images are. */
const [SHELVED, LONGEST_NAME] = ['-shelved', 255];
const STATES = {
  begins: 'shelving',
  copies: 'shelving_image_pending_upload',
  sends: 'shelving_image_uploading',
} as const;

/** Off, and its root disk an image; whatever else it had on its host goes with the host. */
export const shelve: TaskVerb = taskVerb({
  name: 'shelve',
  action: 'shelve',
  rule: 'os_compute_api:os-shelve:shelve',
  who: MEMBER,
  notification: 'shelve',
  isCancellable: true,
  asked: () => ({ allowed: { vm: ['active', 'stopped', 'paused', 'suspended'] }, taskState: 'shelving' }),
  prepare: async (request) => {
    const { server, trx, parts } = request;
    if (hasTpm(server)) throw tpmStays(server.id, 'shelve');
    const stopGeneration = await parts.servers.raiseGeneration(trx, server.id);
    const name = `${server.name.slice(0, LONGEST_NAME - SHELVED.length).toWellFormed()}${SHELVED}`;
    const { args, alsoAbout } = await prepareImage(request, { name, type: 'snapshot' });
    const offloads = parts.settings.shelved_offload_time === 0;
    return { args: { ...args, stopGeneration, offloads }, alsoAbout };
  },
  task: (parts) =>
    verbSteps<ShelveArgs, ShelveMemo>({
      args: shelveArgs,
      memo: shelveMemo,
      steps: [
        step({
          name: 'power-off',
          run: async (task: TaskRun<ShelveArgs, ShelveMemo>): Promise<MachineStatus> => {
            const { serverId: id, hostId, stopGeneration: generation } = task.args;
            const timeoutSeconds = shutdownSeconds(await requireServer(parts, id));
            const order = { id, generation, graceful: true, timeoutSeconds, force: true };
            const options = { task, patience: PATIENCE };
            return await parts.orders.give(hostId, machineOrders.stop.method, order, task.context, options);
          },
          commit: async (trx, { args }, status: MachineStatus) => {
            const { powerState, stateRevision, forwards } = changesFrom(status);
            await parts.servers.update(trx, args.serverId, { powerState, stateRevision, forwards });
            return { off: status };
          },
        }),
        copyStep(parts, STATES),
        step({
          name: 'end',
          commit: async (trx, task) => {
            const { serverId, imageId, offloads } = task.args;
            const shelved = { shelvedAt: new Date().toISOString(), shelvedImageId: imageId, fault: null };
            await verbEnded(parts, shelve, trx, task, { vmState: 'shelved', ...shelved });
            const server = offloads ? await parts.servers.find(serverId, trx) : undefined;
            if (!server) return;
            await parts.journal.record(trx, task.context, server, `${shelveOffload.notification}.start`);
            const gone = await leaveHost(parts, trx, task.context, server);
            await parts.journal.record(trx, task.context, gone, `${shelveOffload.notification}.end`);
          },
        }),
      ],
      onFailed: async (task, error) => async (trx) => {
        await dropImage(parts, trx, task, task.args.imageId);
        const { off } = task.memo;
        await verbFailed(parts, shelve, trx, task, error, off ? changesFrom(off) : {});
      },
    }),
  offers: [{ name: 'shelve', group: 'sleep', bulk: 'menu', confirms: 'each' }],
});
