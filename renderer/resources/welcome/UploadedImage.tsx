import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { TransferEntry } from '../tasks/TransferEntry.tsx';
import { useTransfersStore } from '../tasks/transfers.store.ts';
import classes from './welcome.module.css';

/** The file that was dropped, on its way in; once it is there it is what the machine starts from. */
export function UploadedImage({ imageId, onReady }: { imageId: string; onReady: (imageId: string) => void }) {
  const { t } = useTranslation('welcome');
  const transfer = useTransfersStore(({ transfers }) => transfers.find((each) => each.id === `up:${imageId}`));
  const isReady = transfer?.state === 'succeeded';
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the upload is done; what is chosen later stays
  useEffect(() => {
    if (isReady) onReady(imageId);
  }, [isReady, imageId]);
  if (!transfer || transfer.state === 'cancelled') return null;
  return (
    <ul className={classes.upload} aria-label={t('image.uploading')}>
      <TransferEntry transfer={transfer} />
    </ul>
  );
}
