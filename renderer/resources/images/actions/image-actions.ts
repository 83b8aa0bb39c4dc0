import type { ImageView } from '../../../../app/contract/openstack.ts';
import type { Action } from '../../../design/actions/action.ts';
import { copyImageId } from './copy-image-id.action.ts';
import { deactivateImage } from './deactivate-image.action.ts';
import { deleteImages } from './delete-image.action.ts';
import { downloadImageFile } from './download-image.action.ts';
import { editImage } from './edit-image.action.tsx';
import { launchFromImage } from './launch-from-image.action.ts';
import { reactivateImage } from './reactivate-image.action.ts';
import { sendDataIntoImage } from './send-image-data.action.ts';

/** In the order of menus. */
export const IMAGE_ACTIONS: readonly Action<ImageView>[] = [
  launchFromImage,
  downloadImageFile,
  sendDataIntoImage,
  editImage,
  copyImageId,
  deactivateImage,
  reactivateImage,
  deleteImages,
];
