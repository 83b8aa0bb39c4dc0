import { IconPlayerPause } from '@tabler/icons-react';
import type { ImageView } from '../../../../app/contract/openstack.ts';
import { setImageActive } from '../../../api/image.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { no } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayChangeImage } from '../image-rights.ts';
import { imageName } from '../image-state.ts';

/** Takes it out of use without losing it. */
export const deactivateImage: Action<ImageView> = {
  id: 'image.deactivate',
  label: () => t('images:action.deactivate'),
  icon: IconPlayerPause,
  group: 'change',
  bulk: 'menu',
  can: (image, user) => (image.status === 'active' ? mayChangeImage(image, user) : no(t('images:reason.notActive'))),
  confirm: (images) => ({
    title: t('images:confirm.deactivate.title', { count: images.length, name: imageName(images[0]!) }),
    text: t('images:confirm.deactivate.text'),
    wayBack: t('images:confirm.deactivate.wayBack'),
    confirmLabel: t('images:action.deactivate'),
  }),
  run: (image) => setImageActive(image.id, false),
};
