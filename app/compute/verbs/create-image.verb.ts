import { z } from 'zod';
import { MEMBER } from '../../policy/base.policy.ts';
import { metadataField, nameField } from '../request-field.schema.ts';
import { copyStep, dropImage, type ImageArgs, imageArgs, prepareImage, SNAPSHOT_STATES } from './machine-image.ts';
import { verbEnded, verbFailed } from './verb.tasks.ts';
import { type PrepareRequest, type TaskVerb, taskVerb, verbSteps } from './verb.ts';

/** From here on the answer has the image's id, and no header. */
export const ID_IN_BODY = 45;
/** The last microversion whose quota for metadata holds for images too. */
const QUOTA_UNTIL = 38;

const createImageValue = z.strictObject({ name: nameField, metadata: metadataField.optional() });
type CreateImageValue = z.infer<typeof createImageValue>;

/** A copy of the root disk as it is at one moment; a guest that runs goes on meanwhile. */
export const createImage: TaskVerb = taskVerb<CreateImageValue>({
  name: 'createImage',
  action: 'createImage',
  rule: 'os_compute_api:servers:create_image',
  who: MEMBER,
  value: createImageValue,
  notification: 'snapshot',
  event: 'compute_snapshot_instance',
  isCancellable: true,
  // As in Nova: it changes nothing of the server.
  passesLock: true,
  asked: () => ({
    allowed: { vm: ['active', 'stopped', 'paused', 'suspended'] },
    taskState: 'image_snapshot_pending',
  }),
  prepare: async (request, { name, metadata }) => {
    await checkMetadata(request, metadata);
    const prepared = await prepareImage(request, { name, type: 'snapshot', ...(metadata && { properties: metadata }) });
    return { ...prepared, answer: () => answerImage(request, prepared.imageId) };
  },
  task: (parts) =>
    verbSteps<ImageArgs>({
      args: imageArgs,
      steps: [
        copyStep(parts, SNAPSHOT_STATES),
        { name: 'end', commit: async (trx, task) => await verbEnded(parts, createImage, trx, task, {}) },
      ],
      onFailed: async (task, error) => async (trx) => {
        await dropImage(parts, trx, task, task.args.imageId);
        await verbFailed(parts, createImage, trx, task, error);
      },
    }),
  offers: [
    {
      ...{ name: 'snapshot', group: 'copy', bulk: 'menu', confirms: 'each' },
      value: { name: '' },
      fields: [{ name: 'name', kind: 'text' }],
    },
  ],
});

/** Where it is, in the way of that microversion. */
export function answerImage({ reply, origin, version }: PrepareRequest, imageId: string): unknown {
  if (version >= ID_IN_BODY) return reply.code(202).send({ image_id: imageId });
  reply.header('location', `${origin}/image/v2/images/${imageId}`);
  return undefined;
}

export async function checkMetadata(
  { version, parts, trx, context, server }: PrepareRequest,
  metadata: Readonly<Record<string, string>> | undefined,
): Promise<void> {
  if (version > QUOTA_UNTIL) return;
  const scope = { projectId: context.projectId ?? server.projectId, userId: null };
  await parts.quota.check(trx, scope, { metadata_items: Object.keys(metadata ?? {}).length });
}
