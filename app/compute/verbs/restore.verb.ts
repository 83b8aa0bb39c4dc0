import { MEMBER } from '../../policy/base.policy.ts';
import { verb } from './verb.ts';

/** Back from among the deleted, and on. */
export const restore = verb({
  name: 'restore',
  action: 'restore',
  rule: 'os_compute_api:os-deferred-delete:restore',
  who: MEMBER,
  notification: 'restore',
  order: 'start',
  takesQuota: true,
  becomes: () => ({ softDeletedAt: null }),
  asked: () => ({ allowed: { vm: ['soft-delete'] }, taskState: 'restoring' }),
  offers: [{ name: 'restore', group: 'edit', bulk: 'menu', confirms: 'several' }],
});
