import { z } from 'zod';
import { MEMBER } from '../../policy/base.policy.ts';
import { verb } from './verb.ts';

/** A non-maskable interrupt: the kernel of the guest writes down what it knows, and dies where it is set up so. */
export const triggerCrashDump = verb({
  name: 'trigger_crash_dump',
  action: 'trigger_crash_dump',
  since: 17,
  rule: 'os_compute_api:servers:trigger_crash_dump',
  who: MEMBER,
  value: z.null(),
  notification: 'trigger_crash_dump',
  order: 'triggerCrashDump',
  event: 'compute_trigger_crash_dump',
  leavesState: true,
  asked: () => ({ allowed: { vm: ['active', 'paused', 'rescued', 'resized', 'error'] } }),
  offers: [{ name: 'crash-dump', group: 'repair', bulk: 'menu', confirms: 'each', isDangerous: true }],
});
