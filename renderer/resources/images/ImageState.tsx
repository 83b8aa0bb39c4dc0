import { useTranslation } from 'react-i18next';
import type { ImageView } from '../../../app/contract/openstack.ts';
import { StateBadge } from '../../design/StateBadge.tsx';
import { useRunningUpload } from '../tasks/transfers.store.ts';
import { IMAGE_TONES } from './image-state.ts';

/** An image's state; while this window uploads it, how far that is. */
export function ImageState({ image }: { image: ImageView }) {
  const { t } = useTranslation('images');
  const upload = useRunningUpload(image.id);
  if (!upload) return <StateBadge tone={IMAGE_TONES[image.status]} label={t(`status.${image.status}`)} />;
  const percent = upload.size === 0 ? 0 : Math.floor((upload.done / upload.size) * 100);
  return <StateBadge tone="busy" label={percent >= 100 ? t('checking') : t('uploading', { percent })} />;
}
