import { MEMBER } from '../../policy/base.policy.ts';
import { verb } from './verb.ts';

/** From disk, to where it was suspended. */
export const resume = verb({
  name: 'resume',
  action: 'resume',
  rule: 'os_compute_api:os-suspend-server:resume',
  who: MEMBER,
  notification: 'resume',
  order: 'resume',
  asked: () => ({ allowed: { vm: ['suspended'] }, taskState: 'resuming' }),
  offers: [{ name: 'resume', group: 'sleep', bulk: 'menu', confirms: 'several' }],
});
