import { IconPlayerPlay } from '@tabler/icons-react';
import type { FlavorView } from '../../../../app/contract/openstack.ts';
import type { Action } from '../../../design/actions/action.ts';
import { t } from '../../../i18n/i18n.ts';
import { navigate } from '../../../kernel/navigate.ts';
import { mayDo } from '../../../session/rights.ts';

/** To the launch page with this size chosen. */
export const launchWithFlavor: Action<FlavorView> = {
  id: 'flavor.launch',
  label: () => t('flavors:action.launch'),
  icon: IconPlayerPlay,
  group: 'use',
  can: (_flavor, user) => mayDo('os_compute_api:servers:create', user),
  run: (flavor) => navigate({ to: '/launch', search: { flavor: flavor.id } }),
};
