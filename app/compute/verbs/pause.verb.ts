import { MEMBER } from '../../policy/base.policy.ts';
import { verb } from './verb.ts';

/** The guest stands still and keeps its memory. */
export const pause = verb({
  name: 'pause',
  action: 'pause',
  rule: 'os_compute_api:os-pause-server:pause',
  who: MEMBER,
  notification: 'pause',
  order: 'pause',
  asked: () => ({ allowed: { vm: ['active'] }, taskState: 'pausing' }),
  offers: [{ name: 'pause', group: 'sleep', bulk: 'menu', confirms: 'several' }],
});
