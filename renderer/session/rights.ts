import type { RuleName } from '../../app/contract/generated/rules.ts';
import type { CurrentUser } from '../api/session.ts';
import { no, type Verdict, yes } from '../design/verdict.ts';
import { t } from '../i18n/i18n.ts';

/** Whether the controller's policy lets this person do it to what is their own; else which role they lack. */
export function mayDo(rule: RuleName, user: CurrentUser): Verdict {
  const right = user.rights[rule];
  if (right?.allowed) return yes;
  return no(right?.needs ? t('session:reason.needsRole', { role: right.needs }) : t('session:reason.notAllowed'));
}
