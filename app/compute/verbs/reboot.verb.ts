import { z } from 'zod';
import { MEMBER } from '../../policy/base.policy.ts';
import { SHUTDOWN_SECONDS } from './stop.verb.ts';
import { type Asked, verb } from './verb.ts';

/** From inside, or by the plug where it does not obey in time. */
const SOFT: Asked = {
  allowed: { vm: ['active'] },
  taskState: 'rebooting',
  told: { type: 'soft', timeoutSeconds: SHUTDOWN_SECONDS },
};

const HARD: Asked = {
  allowed: {
    vm: ['active', 'stopped', 'paused', 'suspended', 'error'],
    task: [null, 'rebooting', 'rebooting_hard', 'resuming', 'unpausing', 'pausing', 'suspending'],
  },
  taskState: 'rebooting_hard',
  told: { type: 'hard', timeoutSeconds: 0 },
  replaces: 'the same',
};

export const reboot = verb({
  name: 'reboot',
  action: 'reboot',
  rule: 'os_compute_api:servers:reboot',
  who: MEMBER,
  notification: 'reboot',
  order: 'reboot',
  value: z.strictObject({ type: z.enum(['HARD', 'Hard', 'hard', 'SOFT', 'Soft', 'soft']) }),
  asked: ({ type }) => (type.toLowerCase() === 'hard' ? HARD : SOFT),
  offers: [
    { name: 'reboot', value: { type: 'SOFT' }, group: 'power', bulk: 'menu', confirms: 'each' },
    {
      ...{ name: 'hard-reboot', group: 'power', bulk: 'menu', confirms: 'each', isDangerous: true },
      value: { type: 'HARD' },
    },
  ],
});
