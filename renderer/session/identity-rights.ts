import type { CurrentUser } from '../api/session.ts';
import { no, type Verdict, yes } from '../design/actions/action.ts';
import { t } from '../i18n/i18n.ts';

/** Keystone's rules the People area asks about, as its policy names them. */
export type IdentityRule = `identity:${string}`;

/** Whether a person may, with the reason for the disabled button where not. */
export function mayDo(_rule: IdentityRule, user: CurrentUser): Verdict {
  return user.isAdmin ? yes : no(t('people:reason.adminOnly'));
}
