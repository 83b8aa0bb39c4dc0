import { IconUpload } from '@tabler/icons-react';
import type { ImageView } from '../../../../app/contract/openstack.ts';
import type { Action } from '../../../design/actions/action.ts';
import { no } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';
import { useTransfersStore } from '../../tasks/transfers.store.ts';
import { mayChangeImage } from '../image-rights.ts';
import { sendImageData } from '../upload-image.ts';

/** Fills an image that was made without data, or whose upload broke off. */
export const sendDataIntoImage: Action<ImageView> = {
  id: 'image.send-data',
  label: () => t('images:action.sendData'),
  icon: IconUpload,
  group: 'use',
  can: (image, user) => {
    if (image.status !== 'queued') return no(t('images:reason.notQueued'));
    const { transfers } = useTransfersStore.getState();
    const isRunning = transfers.some((each) => each.id === `up:${image.id}` && each.state === 'running');
    return isRunning ? no(t('images:reason.uploading')) : mayChangeImage(image, user);
  },
  run: (image) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.addEventListener('change', () => {
      const [file] = input.files ?? [];
      if (file) void sendImageData(image, file, { isNew: false });
    });
    input.click();
  },
};
