import { type Asked, verb } from './verb.ts';

/** Seconds a guest has to shut down before the power is cut, as Nova's `shutdown_timeout`. */
export const SHUTDOWN_SECONDS = 60;

/** The power button, and after a minute the plug. */
export const stop = verb({
  name: 'stop',
  action: 'os-stop',
  rule: 'os_compute_api:servers:stop',
  notification: 'power_off',
  order: 'stop',
  asked: () => askedToShutDown({ timeoutSeconds: SHUTDOWN_SECONDS, force: true }),
});

/** Without `force` the task fails when the guest has not obeyed in time, and the machine runs on. */
export function askedToShutDown(how: { timeoutSeconds: number; force: boolean }): Asked {
  return { allowed: { vm: ['active', 'error'] }, taskState: 'powering-off', told: { graceful: true, ...how } };
}

/** Pulls the plug, also while the guest is still being asked. */
export const ASKED_TO_FORCE_OFF: Asked = {
  allowed: { vm: ['active', 'error', 'paused'], task: [null, 'powering-off'] },
  taskState: 'powering-off',
  told: { graceful: false, timeoutSeconds: 0, force: true },
  replaces: true,
};
