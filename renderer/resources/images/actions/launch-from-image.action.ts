import { IconPlayerPlay } from '@tabler/icons-react';
import type { ImageView } from '../../../../app/contract/openstack.ts';
import type { Action } from '../../../design/actions/action.ts';
import { t } from '../../../i18n/i18n.ts';
import { navigate } from '../../../kernel/navigate.ts';
import { mayLaunchFrom } from '../image-rights.ts';

/** To the launch page with this image chosen. */
export const launchFromImage: Action<ImageView> = {
  id: 'image.launch',
  label: () => t('images:action.launch'),
  icon: IconPlayerPlay,
  group: 'use',
  can: mayLaunchFrom,
  run: (image) => navigate({ to: '/launch', search: { image: image.id } }),
};
