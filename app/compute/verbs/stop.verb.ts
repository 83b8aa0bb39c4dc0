import { MEMBER } from '../../policy/base.policy.ts';
import type { ServerRecord } from '../server.tables.ts';
import { type Asked, verb } from './verb.ts';

/** Seconds a guest has to shut down before the power is cut, as Nova's `shutdown_timeout`. */
export const SHUTDOWN_SECONDS = 60;
const LONGEST_SHUTDOWN = 86_400;

/** The same, or what the machine's image says of it. */
export function shutdownSeconds({ imageProperties }: Pick<ServerRecord, 'imageProperties'>): number {
  const asked = imageProperties.os_shutdown_timeout;
  return asked !== undefined && /^\d{1,5}$/.test(asked) ? Math.min(Number(asked), LONGEST_SHUTDOWN) : SHUTDOWN_SECONDS;
}

/** Pulls the plug, also while the guest is still being asked. */
export const ASKED_TO_FORCE_OFF: Asked = {
  allowed: { vm: ['active', 'error', 'paused'], task: [null, 'powering-off'] },
  taskState: 'powering-off',
  told: { graceful: false, timeoutSeconds: 0, force: true },
  replaces: 'the same',
};

const OWN = { rule: 'v1:servers:power_off', path: '/v1/servers/:id/power-off' };

/** The power button, and after a minute the plug. People are offered each of these alone. */
export const stop = verb({
  name: 'stop',
  action: 'os-stop',
  rule: 'os_compute_api:servers:stop',
  who: MEMBER,
  notification: 'power_off',
  order: 'stop',
  asked: () => askedToShutDown({ timeoutSeconds: SHUTDOWN_SECONDS, force: true }),
  offers: [
    {
      ...{ name: 'shut-down', group: 'power', bulk: 'button', confirms: 'each' },
      own: {
        ...OWN,
        body: { graceful: true, timeoutSeconds: SHUTDOWN_SECONDS },
        asked: askedToShutDown({ timeoutSeconds: SHUTDOWN_SECONDS, force: false }),
      },
    },
    {
      ...{ name: 'force-off', group: 'power', bulk: 'menu', confirms: 'each', isDangerous: true },
      own: { ...OWN, body: { graceful: false }, asked: ASKED_TO_FORCE_OFF },
    },
  ],
});

/** Without `force` the task fails when the guest has not obeyed in time, and the machine runs on. */
export function askedToShutDown(how: { timeoutSeconds: number; force: boolean }): Asked {
  return { allowed: { vm: ['active', 'error'] }, taskState: 'powering-off', told: { graceful: true, ...how } };
}
