import { MEMBER } from '../../policy/base.policy.ts';
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
  becomes: () => ({ vmState: 'soft-delete', softDeletedAt: new Date().toISOString() }),
  asked: () => ({
    allowed: { vm: 'any', task: 'any' },
    taskState: 'soft-deleting',
    told: { graceful: false, timeoutSeconds: 0, force: true },
    replaces: 'everything',
  }),
});
