import { IconPlayerPlay } from '@tabler/icons-react';
import type { FlavorView } from '../../../../app/contract/openstack.ts';
import { type Action, no, yes } from '../../../design/actions/action.ts';
import { t } from '../../../i18n/i18n.ts';
import { router } from '../../../shell/router.ts';

/** To the launch page with this size chosen. */
export const launchWithFlavor: Action<FlavorView> = {
  id: 'flavor.launch',
  label: () => t('flavors:action.launch'),
  icon: IconPlayerPlay,
  group: 'use',
  can: (_flavor, user) => (user.isAdmin || user.roles.includes('member') ? yes : no(t('flavors:reason.readOnly'))),
  run: (flavor) => router.navigate({ to: '/launch', search: { flavor: flavor.id } }),
};
