import { IconUserMinus } from '@tabler/icons-react';
import { giveRole, takeRole } from '../../../api/assignment.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { notifyWithUndo } from '../../../design/notify.tsx';
import { no } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayDo } from '../../../session/rights.ts';
import { type AccessRow, nameInDomain } from '../access-row.ts';
import { isDirect } from '../assignment-path.ts';

/** Takes a role away where it was given; what follows from another grant says from which. */
export const takeRoles: Action<AccessRow> = {
  id: 'access.take',
  label: () => t('access:action.take'),
  icon: IconUserMinus,
  group: 'delete',
  bulk: 'button',
  isDangerous: true,
  can: (row, user) =>
    isDirect(row.path)
      ? mayDo(row.where.type === 'system' ? 'identity:revoke_system_grant_for_user' : 'identity:revoke_grant', user)
      : no(t('access:reason.indirect', { how: row.how })),
  run: async ({ path: { grant }, role, who, where }) => {
    if (!grant) return;
    await takeRole(grant);
    const text = t('access:taken', { role, who: who.name, where: nameInDomain(where) });
    notifyWithUndo(text, () => giveRole(grant));
  },
};
