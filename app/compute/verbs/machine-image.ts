import { z } from 'zod';
import type { BusProgress } from '../../contract/bus.ts';
import { UserError } from '../../contract/errors.ts';
import { machineOrders } from '../../contract/machine-orders.ts';
import type { Transaction } from '../../database/database.ts';
import { step, type TaskRun, type TaskStepDefinition } from '../../tasks/task.definition.ts';
import type { TaskState } from '../server.values.ts';
import type { Prepared, PrepareRequest, VerbParts, VerbTaskArgs } from './verb.ts';

/** How long the order to copy the disk waits for an agent that is away, milliseconds. */
const PATIENCE = 30_000;

/** Of a task that makes an image of a server's machine; the image is one of the things that it is about. */
export const imageArgs = z.object({
  serverId: z.string(),
  hostId: z.string(),
  generation: z.number(),
  imageId: z.string(),
});
export type ImageArgs = z.infer<typeof imageArgs>;

/** What the server's task state says of the copy: it is about to be made, it is made, it is sent. */
export interface CopyStates {
  readonly begins: TaskState;
  readonly copies: TaskState;
  readonly sends: TaskState;
}

/** Nova's, of images that people ask for. */
export const SNAPSHOT_STATES: CopyStates = {
  begins: 'image_snapshot',
  copies: 'image_pending_upload',
  sends: 'image_uploading',
};

/** Nova's `non_inheritable_image_properties`, by default and for good. */
const NOT_INHERITED = new Set([
  'bittorrent',
  'cache_in_nova',
  'cinder_encryption_key_deletion_policy',
  'cinder_encryption_key_id',
  'img_signature',
  'img_signature_certificate_uuid',
  'img_signature_hash_method',
  'img_signature_key_type',
]);

/** The image that the machine's disk becomes, with all that Nova says of it; what the task is told besides. */
export async function prepareImage(
  { server, trx, parts, context }: PrepareRequest,
  { name, type, properties = {} }: { name: string; type: 'snapshot' | 'backup'; properties?: Record<string, string> },
): Promise<{ imageId: string; args: Record<string, unknown> } & Pick<Prepared, 'alsoAbout'>> {
  const { snapshots } = parts.images;
  const base = server.imageId === null ? undefined : await snapshots.baseOf(trx, server.imageId);
  const inherited = Object.entries(base?.properties ?? server.imageProperties).filter(
    // What an import notes is of that image.
    ([key]) => !NOT_INHERITED.has(key) && !key.startsWith('os_glance'),
  );
  const imageId = await snapshots.create(trx, context, {
    name,
    projectId: server.projectId,
    minDisk: Math.max(base?.minDisk ?? 0, server.flavor.disk),
    minRam: base?.minRam ?? 0,
    properties: {
      ...Object.fromEntries(inherited),
      ...(server.imageId !== null && { base_image_ref: server.imageId }),
      image_location: 'snapshot',
      image_state: 'available',
      owner_id: server.projectId,
      ...(context.userName !== null && { owner_user_name: context.userName }),
      boot_roles: context.roles.join(','),
      instance_uuid: server.id,
      user_id: context.userId ?? '',
      image_type: type,
      ...(context.projectId !== server.projectId && { instance_owner: server.projectId }),
      ...properties,
    },
  });
  const generation = await parts.servers.raiseGeneration(trx, server.id);
  const alsoAbout = [{ type: 'image', id: imageId, name }];
  return { imageId, args: { hostId: server.hostId, generation, imageId }, alsoAbout };
}

/** The host copies the disk and sends it; the server's task state says how far it is. */
export function copyStep<A extends ImageArgs, M>(parts: VerbParts, states: CopyStates): TaskStepDefinition<A, M>;
/** `imageOf`: where the arguments are another task's. */
export function copyStep<A extends VerbTaskArgs, M>(
  parts: VerbParts,
  states: CopyStates,
  imageOf: (args: A) => ImageArgs,
): TaskStepDefinition<A, M>;
export function copyStep<A extends VerbTaskArgs, M>(
  parts: VerbParts,
  states: CopyStates,
  imageOf: (args: A) => ImageArgs = (args) => args as unknown as ImageArgs,
): TaskStepDefinition<A, M> {
  return step<A, M>({
    name: 'snapshot',
    run: async (task) => {
      const { serverId: id, hostId, generation, imageId: image } = imageOf(task.args);
      let said: TaskState = states.begins;
      let saying = say(parts, task, said);
      const progress = (report: BusProgress) => {
        task.progress(report);
        const now = report.stage === 'upload' ? states.sends : states.copies;
        if (now === said) return;
        said = now;
        saying = saying.then(() => say(parts, task, now));
        // What it fails for is told when the host has answered.
        saying.catch(() => undefined);
      };
      const order = { id, generation, image };
      const { signal, closing } = task;
      const heard = { signal, closing, isOwned: () => task.isOwned(), progress };
      await saying;
      const options = { task: heard, patience: PATIENCE };
      await parts.orders.give(hostId, machineOrders.snapshot.method, order, task.context, options);
      await saying;
    },
    commit: async (trx, { args }) => {
      if (await parts.images.snapshots.isActive(trx, imageOf(args).imageId)) return;
      throw new UserError('gone', 'The image was deleted before the snapshot had ended.');
    },
  });
}

/** What came to nothing leaves no image. */
export async function dropImage(
  parts: VerbParts,
  trx: Transaction,
  { id, context }: Pick<TaskRun<unknown>, 'id' | 'context'>,
  imageId: string,
): Promise<void> {
  await parts.images.snapshots.remove(trx, context, imageId, id);
}

async function say(parts: VerbParts, task: TaskRun<VerbTaskArgs, unknown>, taskState: TaskState): Promise<void> {
  await parts.database.transaction(async (trx) => {
    await task.requireOwned(trx);
    const server = await parts.servers.find(task.args.serverId, trx);
    // A delete that waits has set its own.
    if (!server || server.taskState === taskState || server.taskState === 'deleting') return;
    const after = await parts.servers.updateFrom(trx, server, { taskState });
    await parts.journal.record(trx, task.context, after, 'update');
  });
}
