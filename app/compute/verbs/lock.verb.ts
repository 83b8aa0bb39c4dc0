import { z } from 'zod';
import type { Microversion } from '../../http/microversion.ts';
import { MEMBER } from '../../policy/base.policy.ts';
import { changeVerb } from './verb.ts';

type LockValue = { locked_reason?: string | undefined } | null | undefined;
/** Before 2.73 nobody looked at it. */
const lockValue = (version: Microversion): z.ZodType<LockValue> =>
  version >= 73 ? z.strictObject({ locked_reason: z.string().min(1).max(255).optional() }).nullable() : z.any();

/** Against changes by everybody but administrators. */
export const lock = changeVerb({
  name: 'lock',
  action: 'lock',
  rule: 'os_compute_api:os-lock-server:lock',
  who: MEMBER,
  value: lockValue,
  passesLock: true,
  change: (server, value, { context, version }) => {
    const isOwner = context.projectId === server.projectId;
    // As in Nova: nobody of the project weakens a lock that is there, be they administrators.
    if (server.lockedBy !== null && isOwner) return null;
    const lockedBy = isOwner ? 'owner' : 'admin';
    const lockedReason = (version >= 73 && value?.locked_reason) || server.lockedReason;
    return { changes: { lockedBy, lockedReason }, news: 'lock', payload: { locked_reason: lockedReason } };
  },
  offers: [
    {
      name: 'lock',
      value: {},
      asks: 'locked_reason',
      group: 'edit',
      bulk: 'menu',
      confirms: 'each',
      isFor: 'unlocked',
    },
  ],
});
