import type { RuleName } from '../../../app/contract/generated/rules.ts';
import type { CurrentUser } from '../../api/session.ts';
import { no, type Verdict } from '../../design/verdict.ts';
import { t } from '../../i18n/i18n.ts';
import { mayDo } from '../../session/rights.ts';

/**
 * Users and groups of an LDAP server have Keystone's public ids: SHA-256, in hexadecimal. Those of the cloud's own have
 * half as many digits.
 */
export function isFromLdap({ id }: { id: string }): boolean {
  return /^[0-9a-f]{64}$/.test(id);
}

/** Whether one may change the user or group; what lives in an LDAP server is changed there. */
export function mayChange(rule: RuleName, thing: { id: string }, user: CurrentUser): Verdict {
  return isFromLdap(thing) ? no(t('people:reason.fromLdap')) : mayDo(rule, user);
}
