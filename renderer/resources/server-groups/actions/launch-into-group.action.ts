import { IconPlayerPlay } from '@tabler/icons-react';
import type { ServerGroupView } from '../../../api/server-group.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { t } from '../../../i18n/i18n.ts';
import { navigate } from '../../../kernel/navigate.ts';
import { mayDo } from '../../../session/rights.ts';

/** To the launch page with this group chosen. */
export const launchIntoGroup: Action<ServerGroupView> = {
  id: 'server-group.launch',
  label: () => t('server-groups:action.launch'),
  icon: IconPlayerPlay,
  group: 'use',
  can: (_group, user) => mayDo('os_compute_api:servers:create', user),
  run: ({ id }) => navigate({ to: '/launch', search: { group: id } }),
};
