import type { ImageView } from '../../../app/contract/openstack.ts';
import { imageFilePath } from '../../api/image.api.ts';
import { send } from '../../api/request.ts';
import { notifyDone } from '../../design/notify.tsx';
import { t } from '../../i18n/i18n.ts';
import { runTransfer } from '../tasks/transfers.store.ts';
import { imageName } from './image-state.ts';
import { chooseFile, downloadThroughWorker, hasSavePicker, writeStream } from './save-stream.ts';

/** `debian-12.qcow2`: the image's name as a file of its format. */
export function downloadName(image: Pick<ImageView, 'id' | 'name' | 'disk_format'>): string {
  const ending = image.disk_format ?? 'img';
  // Signs that a file system or a shell takes amiss.
  const name = imageName(image)
    .replace(/[\p{Cc}<>:"/\\|?*]+/gu, '-')
    .replace(/^\.+/, '');
  return name.toLowerCase().endsWith(`.${ending}`) ? name : `${name || image.id}.${ending}`;
}

/** Into a file the person chooses, as a stream with its progress in the tray; else through the browser's downloads. */
export async function downloadImage(image: ImageView): Promise<void> {
  const name = downloadName(image);
  if (!hasSavePicker(window)) {
    await downloadThroughWorker(imageFilePath(image.id), name);
    return;
  }
  const file = await chooseFile(window, name);
  if (!file) return;
  const start = async (): Promise<void> => {
    const what = { direction: 'down', imageId: image.id, name, size: image.size ?? 0 } as const;
    const state = await runTransfer(what, {
      run: async ({ signal, onProgress }) => {
        const response = await send(imageFilePath(image.id), {
          signal,
          headers: { accept: 'application/octet-stream, application/json' },
        });
        if (response.body) await writeStream(response.body, file, { signal, onProgress });
      },
      retry: () => void start(),
    });
    if (state === 'succeeded') notifyDone(t('images:downloaded', { name }));
  };
  // The tray follows it: the button is free again at once.
  void start();
}
