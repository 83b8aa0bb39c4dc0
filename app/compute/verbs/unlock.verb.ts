import { MEMBER } from '../../policy/base.policy.ts';
import { changeVerb } from './verb.ts';

/** An administrator's lock is taken off by who has that right. */
export const unlock = changeVerb({
  name: 'unlock',
  action: 'unlock',
  rule: 'os_compute_api:os-lock-server:unlock',
  who: MEMBER,
  passesLock: true,
  change: (server, _value, { enforce }) => {
    if (server.lockedBy === 'admin') enforce('os_compute_api:os-lock-server:unlock:unlock_override');
    return { changes: { lockedBy: null, lockedReason: null }, news: 'unlock' };
  },
  offers: [{ name: 'unlock', group: 'edit', bulk: 'menu', confirms: 'several', isFor: 'locked' }],
});
