import type { RuleName } from '../../../app/contract/generated/rules.ts';
import type { NetworkView } from '../../../app/contract/openstack.ts';
import type { CurrentUser } from '../../api/session.ts';
import { no, type Verdict } from '../../design/verdict.ts';
import { t } from '../../i18n/i18n.ts';
import { mayDo } from '../../session/rights.ts';

/** Everybody sees a shared network and its ranges, but only its project and administrators change them. */
export function mayChange(rule: RuleName, thing: Pick<NetworkView, 'project_id'>, user: CurrentUser): Verdict {
  const right = mayDo(rule, user);
  if (right.allowed && !user.isAdmin && thing.project_id !== user.projectId) return no(t('networks:reason.notOwn'));
  return right;
}
