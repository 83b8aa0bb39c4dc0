import { z } from 'zod';
import { MEMBER } from '../../policy/base.policy.ts';
import { step } from '../../tasks/task.definition.ts';
import { metadataField, nameField } from '../request-field.schema.ts';
import { answerImage, checkMetadata, ID_IN_BODY } from './create-image.verb.ts';
import { copyStep, dropImage, imageArgs, prepareImage, SNAPSHOT_STATES } from './machine-image.ts';
import { verbEnded, verbFailed } from './verb.tasks.ts';
import { type TaskVerb, taskVerb, verbSteps } from './verb.ts';

const createBackupValue = z.strictObject({
  name: nameField,
  backup_type: z.string().max(255),
  rotation: z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]).pipe(z.number().int().min(0)),
  metadata: metadataField.optional(),
});
type CreateBackupValue = z.infer<typeof createBackupValue>;

const backupArgs = imageArgs.extend({ projectId: z.string(), backupType: z.string(), rotation: z.number() });
type BackupArgs = z.infer<typeof backupArgs>;

/** As `createImage`; of all backups of the server that are of one type, so many stay, the newest. */
export const createBackup: TaskVerb = taskVerb<CreateBackupValue>({
  name: 'createBackup',
  action: 'createBackup',
  rule: 'os_compute_api:os-create-backup',
  who: MEMBER,
  value: createBackupValue as z.ZodType<CreateBackupValue>,
  notification: 'snapshot',
  event: 'compute_backup_instance',
  isCancellable: true,
  // As in Nova: it changes nothing of the server.
  passesLock: true,
  asked: () => ({ allowed: { vm: ['active', 'stopped', 'paused', 'suspended'] }, taskState: 'image_backup' }),
  prepare: async (request, { name, backup_type: backupType, rotation, metadata }) => {
    await checkMetadata(request, metadata);
    const { imageId, args, alsoAbout } = await prepareImage(request, {
      name,
      type: 'backup',
      properties: { ...metadata, backup_type: backupType },
    });
    const projectId = request.context.projectId ?? request.server.projectId;
    return {
      ...{ args: { ...args, projectId, backupType, rotation }, alsoAbout },
      // What is gone as soon as it is made has no place.
      answer: () => (rotation > 0 || request.version >= ID_IN_BODY ? answerImage(request, imageId) : undefined),
    };
  },
  task: (parts) =>
    verbSteps<BackupArgs>({
      args: backupArgs,
      steps: [
        copyStep(parts, { ...SNAPSHOT_STATES, begins: 'image_backup' }),
        step({
          name: 'rotate',
          commit: async (trx, task) => {
            const { projectId, serverId, backupType, rotation } = task.args;
            const { snapshots } = parts.images;
            const backups = await snapshots.backupsOf(trx, projectId, serverId, backupType);
            for (const { id } of backups.slice(rotation)) await snapshots.remove(trx, task.context, id, task.id);
            await verbEnded(parts, createBackup, trx, task, {});
          },
        }),
      ],
      onFailed: async (task, error) => async (trx) => {
        await dropImage(parts, trx, task, task.args.imageId);
        await verbFailed(parts, createBackup, trx, task, error);
      },
    }),
  offers: [
    {
      ...{ name: 'backup', group: 'copy', bulk: 'menu', confirms: 'each' },
      value: { name: '', backup_type: '', rotation: 1 },
      fields: [
        { name: 'name', kind: 'text' },
        { name: 'backup_type', kind: 'text' },
        { name: 'rotation', kind: 'count' },
      ],
    },
  ],
});
