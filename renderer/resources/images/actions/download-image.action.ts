import { IconDownload } from '@tabler/icons-react';
import type { ImageView } from '../../../../app/contract/openstack.ts';
import type { Action } from '../../../design/actions/action.ts';
import { t } from '../../../i18n/i18n.ts';
import { downloadImage } from '../download-image.ts';
import { mayDownloadImage } from '../image-rights.ts';

export const downloadImageFile: Action<ImageView> = {
  id: 'image.download',
  label: () => t('images:action.download'),
  icon: IconDownload,
  group: 'use',
  can: mayDownloadImage,
  run: downloadImage,
};
