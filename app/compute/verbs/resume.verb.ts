import { verb } from './verb.ts';

/** From disk, to where it was suspended. */
export const resume = verb({
  name: 'resume',
  action: 'resume',
  rule: 'os_compute_api:os-suspend-server:resume',
  notification: 'resume',
  order: 'resume',
  asked: () => ({ allowed: { vm: ['suspended'] }, taskState: 'resuming' }),
});
