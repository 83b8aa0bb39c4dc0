import { MEMBER } from '../../policy/base.policy.ts';
import { verb } from './verb.ts';

/** The guest goes on. */
export const unpause = verb({
  name: 'unpause',
  action: 'unpause',
  rule: 'os_compute_api:os-pause-server:unpause',
  who: MEMBER,
  notification: 'unpause',
  order: 'unpause',
  asked: () => ({ allowed: { vm: ['paused'] }, taskState: 'unpausing' }),
  offers: [{ name: 'unpause', group: 'sleep', bulk: 'menu', confirms: 'several' }],
});
