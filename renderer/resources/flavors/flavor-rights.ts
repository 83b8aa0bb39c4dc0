import type { CurrentUser } from '../../api/session.ts';
import { no, type Verdict, yes } from '../../design/actions/action.ts';
import { t } from '../../i18n/i18n.ts';

/** Flavors are the whole cloud's: only administrators make, change and delete them. */
export function mayManageFlavors(user: CurrentUser): Verdict {
  return user.isAdmin ? yes : no(t('flavors:reason.adminOnly'));
}
