import { verb } from './verb.ts';

/** Turns on what is off. */
export const start = verb({
  name: 'start',
  action: 'os-start',
  rule: 'os_compute_api:servers:start',
  notification: 'power_on',
  order: 'start',
  asked: () => ({ allowed: { vm: ['stopped'] }, taskState: 'powering-on' }),
});
