import { verb } from './verb.ts';

/** The guest's memory goes to disk, and frees the host's. */
export const suspend = verb({
  name: 'suspend',
  action: 'suspend',
  rule: 'os_compute_api:os-suspend-server:suspend',
  notification: 'suspend',
  order: 'suspend',
  asked: () => ({ allowed: { vm: ['active'] }, taskState: 'suspending' }),
});
