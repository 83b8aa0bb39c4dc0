import { z } from 'zod';
import { ADMIN } from '../../policy/base.policy.ts';
import { changeVerb } from './verb.ts';

/** Sets right what is wrong in the books. */
export const resetState = changeVerb({
  name: 'reset_state',
  action: 'os-resetState',
  rule: 'os_compute_api:os-admin-actions:reset_state',
  who: ADMIN,
  value: z.strictObject({ state: z.enum(['active', 'error']) }),
  passesLock: true,
  change: (_server, { state }, { isBusy }) => ({
    // The task state of work that goes on is that work's.
    changes: {
      ...{ vmState: state, softDeletedAt: null },
      ...(state === 'active' && { fault: null }),
      ...(!isBusy && { taskState: null }),
    },
    news: 'update',
    payload: { changed: ['state'] },
  }),
});
