import { IconPlayerTrackNext } from '@tabler/icons-react';
import type { ImageView } from '../../../../app/contract/openstack.ts';
import { setImageActive } from '../../../api/image.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { no } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayChangeImage } from '../image-rights.ts';

export const reactivateImage: Action<ImageView> = {
  id: 'image.reactivate',
  label: () => t('images:action.reactivate'),
  icon: IconPlayerTrackNext,
  group: 'change',
  bulk: 'menu',
  can: (image, user) =>
    image.status === 'deactivated' ? mayChangeImage(image, user) : no(t('images:reason.notDeactivated')),
  run: (image) => setImageActive(image.id, true),
};
