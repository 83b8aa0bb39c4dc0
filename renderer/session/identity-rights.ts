import type { CurrentUser } from '../api/session.ts';
import { no, type Verdict, yes } from '../design/actions/action.ts';
import { t } from '../i18n/i18n.ts';
import { useRightsStore } from './rights.store.ts';

/** Keystone's rules the People area asks about, as its policy names them. */
export type IdentityRule = `identity:${string}`;

/**
 * Whether the controller's rules let a person do something in their own domain or project, with the reason for the
 * disabled button where not. Until the rules are known, and for those the controller does not tell of, administrators
 * may and nobody else.
 */
export function mayDo(rule: IdentityRule, user: CurrentUser): Verdict {
  const right = useRightsStore.getState().rights?.[rule];
  if (right?.allowed ?? user.isAdmin) return yes;
  return no(right?.needs ? t('people:reason.needsRole', { role: right.needs }) : t('people:reason.adminOnly'));
}
