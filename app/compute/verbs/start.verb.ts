import { MEMBER } from '../../policy/base.policy.ts';
import { verb } from './verb.ts';

/** Turns on what is off. */
export const start = verb({
  name: 'start',
  action: 'os-start',
  rule: 'os_compute_api:servers:start',
  who: MEMBER,
  notification: 'power_on',
  order: 'start',
  asked: () => ({ allowed: { vm: ['stopped'] }, taskState: 'powering-on' }),
  offers: [{ name: 'start', group: 'power', bulk: 'button', confirms: 'several' }],
});
