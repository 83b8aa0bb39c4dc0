import type { ImageView } from '../../../app/contract/openstack.ts';
import {
  createImage,
  deleteImage,
  getImage,
  type NewImage,
  updateImage,
  uploadImageFile,
} from '../../api/image.api.ts';
import { queryClient } from '../../api/query-client.ts';
import { keys } from '../../api/query-keys.ts';
import { readSession } from '../../api/session.ts';
import { notifyDone, notifyError } from '../../design/notify.tsx';
import { t } from '../../i18n/i18n.ts';
import { forgetTransfer, runTransfer, type Transfer } from '../tasks/transfers.store.ts';
import { detectFormat, readEnds } from './disk-format.ts';
import { buildImagePatch } from './image-patch.ts';
import { imageName } from './image-state.ts';

/** Another file into an image whose upload failed, which may be of another format. */
export async function sendAnotherFile(imageId: string, file: File): Promise<void> {
  const { format } = detectFormat(file.name, await readEnds(file));
  const image = await getImage(imageId);
  const patch = buildImagePatch(image, { disk_format: format });
  if (patch.length > 0) await updateImage(imageId, patch);
  void sendImageData(image, file, { isNew: true });
}

/** Makes the record and begins to send the file; rejects when the record is refused. */
export async function uploadNewImage(
  image: NewImage,
  file: Blob,
): Promise<{ image: ImageView; end: Promise<Transfer['state']> }> {
  const record = await createImage(image);
  void queryClient.invalidateQueries({ queryKey: keys.images.list });
  return { image: record, end: sendImageData(record, file, { isNew: true }) };
}

/**
 * Sends a file into an image that waits for its data and follows it in the tray. A failed one can be sent again; called
 * off, an image that was made for it goes with it.
 */
export async function sendImageData(
  image: Pick<ImageView, 'id' | 'name'>,
  file: Blob,
  options: { isNew: boolean },
): Promise<Transfer['state']> {
  const name = imageName(image);
  const state = await runTransfer(
    { direction: 'up', imageId: image.id, name, size: file.size },
    {
      run: (tools) => uploadImageFile(image.id, file, tools),
      retry: () => void sendImageData(image, file, options),
    },
  );
  if (state === 'succeeded') notifyDone(t('images:uploaded', { name }), `/images/${image.id}`);
  // Without a session it was a sign-out that ended it: nobody is left who may delete.
  if (state === 'cancelled' && options.isNew && readSession()) {
    await deleteImage(image.id).catch((error: unknown) => notifyError(error, t('images:notRemoved', { name })));
  }
  void queryClient.invalidateQueries({ queryKey: keys.images.all });
  return state;
}

/** The record that a failed upload left, and what the tray says of it. */
export async function removeImage(imageId: string): Promise<void> {
  await deleteImage(imageId);
  forgetTransfer(`up:${imageId}`);
  void queryClient.invalidateQueries({ queryKey: keys.images.all });
}
