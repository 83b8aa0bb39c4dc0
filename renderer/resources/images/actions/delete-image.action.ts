import { IconTrash } from '@tabler/icons-react';
import type { ImageView, ServerView } from '../../../../app/contract/openstack.ts';
import { deleteImage } from '../../../api/image.api.ts';
import { queryClient } from '../../../api/query-client.ts';
import { keys } from '../../../api/query-keys.ts';
import type { Action } from '../../../design/actions/action.ts';
import { formatBytes } from '../../../design/byte-size.ts';
import { t } from '../../../i18n/i18n.ts';
import { cancelTransfer, forgetTransfer } from '../../tasks/transfers.store.ts';
import { mayDeleteImage } from '../image-rights.ts';
import { imageName } from '../image-state.ts';

/** Names in the question before the rest is counted. */
const NAMED = 5;

export const deleteImages: Action<ImageView> = {
  id: 'image.delete',
  label: () => t('images:action.delete'),
  icon: IconTrash,
  group: 'delete',
  bulk: 'button',
  isDangerous: true,
  can: mayDeleteImage,
  confirm: (images) => ({
    title: t('images:confirm.delete.title', { count: images.length, name: imageName(images[0]!) }),
    text: t('images:confirm.delete.text', { count: images.length }),
    consequences: whatGoes(images),
    wayBack: t('images:confirm.delete.wayBack'),
    confirmLabel: t('images:action.delete'),
    isDangerous: true,
  }),
  run: async (image) => {
    cancelTransfer(`up:${image.id}`);
    await deleteImage(image.id);
    forgetTransfer(`up:${image.id}`);
  },
};

/** Which images, how many bytes, and what of it machines still feel. */
function whatGoes(images: readonly ImageView[]): string[] {
  const lines = images.length > 1 ? images.slice(0, NAMED).map(imageName) : [];
  if (images.length > NAMED) lines.push(t('images:confirm.delete.more', { count: images.length - NAMED }));
  const size = images.reduce((sum, image) => sum + (image.size ?? 0), 0);
  if (size > 0) lines.push(t('images:confirm.delete.size', { size: formatBytes(size) }));
  const open = images.filter((image) => image.visibility !== 'private').length;
  if (open > 0) lines.push(t('images:confirm.delete.shared'));
  const ids = new Set(images.map((image) => image.id));
  const servers = queryClient.getQueryData<ServerView[]>(keys.servers.list) ?? [];
  const made = servers.filter((server) => server.image !== '' && ids.has(server.image.id)).length;
  if (made > 0) lines.push(t('images:confirm.delete.machines', { count: made }));
  return lines;
}
