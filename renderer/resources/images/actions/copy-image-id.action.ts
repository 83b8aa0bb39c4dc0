import { IconCopy } from '@tabler/icons-react';
import type { ImageView } from '../../../../app/contract/openstack.ts';
import type { Action } from '../../../design/actions/action.ts';
import { copyText } from '../../../design/clipboard.ts';
import { notifyDone } from '../../../design/notify.tsx';
import { yes } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';

export const copyImageId: Action<ImageView> = {
  id: 'image.copy-id',
  label: () => t('images:action.copyId'),
  icon: IconCopy,
  group: 'change',
  can: () => yes,
  run: async (image) => {
    if (await copyText(image.id)) notifyDone(t('design:copied'));
  },
};
