import { IconTrash } from '@tabler/icons-react';
import { deleteServerGroup, type ServerGroupView } from '../../../api/server-group.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayDo } from '../../../session/rights.ts';

const NAMED = 8;

export const deleteServerGroups: Action<ServerGroupView> = {
  id: 'server-group.delete',
  label: () => t('server-groups:action.delete'),
  icon: IconTrash,
  group: 'delete',
  bulk: 'button',
  isDangerous: true,
  can: (_group, user) => mayDo('os_compute_api:os-server-groups:delete', user),
  confirm: (groups) => ({
    title: t('server-groups:confirm.delete.title', { count: groups.length, name: groups[0]?.name ?? '' }),
    text: t('server-groups:confirm.delete.text'),
    consequences: groups.length > 1 ? groups.slice(0, NAMED).map(({ name }) => name) : [],
    confirmLabel: t('server-groups:action.delete'),
    isDangerous: true,
  }),
  run: ({ id }) => deleteServerGroup(id),
};
