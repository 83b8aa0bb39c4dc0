import { z } from 'zod';
import { agentMethods } from '../../contract/agent.methods.ts';
import { CumuletError, UserError } from '../../contract/errors.ts';
import { MEMBER } from '../../policy/base.policy.ts';
import type { ServerRecord } from '../server.tables.ts';
import { encryptForKey } from '../ssh-key.ts';
import { changeVerb } from './verb.ts';

/** How long an agent that is away is waited for, milliseconds: somebody waits for the answer. */
const PATIENCE = 3_000;
/** A line of what the guest reads it from. */
const LINE = /^[^\0\r\n]*$/;
const LONGEST_NAME = 255;

const changePasswordValue = z.strictObject({
  adminPass: z.string().max(255).regex(LINE, 'It must be one line'),
});

/**
 * Of the administrator in the guest, by the guest's agent. As in Nova, an owner whose key is an RSA one finds it in
 * os-server-password too, encrypted for that key. Nobody else is told.
 */
export const changePassword = changeVerb<z.infer<typeof changePasswordValue>>({
  name: 'changePassword',
  action: 'changePassword',
  rule: 'os_compute_api:os-admin-password',
  who: MEMBER,
  value: changePasswordValue,
  allowed: { vm: ['active'] },
  emptyStatus: 202,
  event: 'compute_set_admin_password',
  onHost: async ({ id, hostId, imageProperties }, { adminPass: password }, { context, orders }) => {
    const order = { id, user: administratorOf(imageProperties), password };
    try {
      await orders.give(hostId, agentMethods.setPassword, order, context, { patience: PATIENCE });
    } catch (error) {
      if (!(error instanceof CumuletError) || error.code !== 'unknown_method') throw error;
      throw new UserError('conflict', 'The agent of its host is of an earlier version, which cannot do this.');
    }
  },
  change: ({ publicKey }, { adminPass }) => {
    const encrypted = publicKey === null ? null : encryptForKey(publicKey, adminPass);
    return { changes: { ...(encrypted !== null && { guestPassword: encrypted }) }, news: 'change_password' };
  },
  offers: [
    {
      ...{ name: 'change-password', asks: 'adminPass', group: 'edit', bulk: 'menu', confirms: 'each' },
      value: { adminPass: '' },
    },
  ],
});

/** Whose password it is, as in Nova. */
function administratorOf({ os_admin_user: named, os_type: system }: ServerRecord['imageProperties']): string {
  const user = named ?? (system === 'windows' ? 'Administrator' : 'root');
  if (user.length <= LONGEST_NAME) return user;
  throw new UserError('conflict', 'The image property os_admin_user names no user: it is too long.');
}
