import { MEMBER } from '../../policy/base.policy.ts';
import { settleResize } from '../server-task.parts.ts';
import { verb } from './verb.ts';

/** Off and out of sight, and kept for a while. Asked for by `DELETE`, where the cloud is set up so, and by no action. */
export const softDelete = verb({
  name: 'soft_delete',
  action: 'delete',
  rule: 'os_compute_api:servers:delete',
  who: MEMBER,
  notification: 'soft_delete',
  order: 'stop',
  recordedAs: 'delete',
  patience: 'forever',
  waitsItsTurn: true,
  becomes: () => ({
    ...{ vmState: 'soft-delete', softDeletedAt: new Date().toISOString() },
    ...{ shelvedAt: null, shelvedImageId: null, rescueImageId: null },
  }),
  // As in Nova: it keeps the size that it has, and is not shelved any more.
  ends: async (parts, trx, { args, context, id }) => {
    const server = await parts.servers.find(args.serverId, trx);
    await settleResize(parts, trx, args.serverId);
    if (server?.shelvedImageId) await parts.images.snapshots.remove(trx, context, server.shelvedImageId, id);
  },
  asked: () => ({
    allowed: { vm: 'any', task: 'any' },
    taskState: 'soft-deleting',
    told: { graceful: false, timeoutSeconds: 0, force: true },
    replaces: 'everything',
  }),
});
