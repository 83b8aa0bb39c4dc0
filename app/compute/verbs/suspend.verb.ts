import { MEMBER } from '../../policy/base.policy.ts';
import { verb } from './verb.ts';

/** The guest's memory goes to disk, and frees the host's. */
export const suspend = verb({
  name: 'suspend',
  action: 'suspend',
  rule: 'os_compute_api:os-suspend-server:suspend',
  who: MEMBER,
  notification: 'suspend',
  order: 'suspend',
  asked: () => ({ allowed: { vm: ['active'] }, taskState: 'suspending' }),
  offers: [{ name: 'suspend', group: 'sleep', bulk: 'menu', confirms: 'several' }],
});
