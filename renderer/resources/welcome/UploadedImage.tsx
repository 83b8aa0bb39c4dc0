import { useTranslation } from 'react-i18next';
import { TransferEntry } from '../tasks/TransferEntry.tsx';
import { useTransfersStore } from '../tasks/transfers.store.ts';
import classes from './welcome.module.css';

/** The file that was dropped, on its way in. */
export function UploadedImage({ imageId }: { imageId: string }) {
  const { t } = useTranslation('welcome');
  const transfer = useTransfersStore(({ transfers }) => transfers.find((each) => each.id === `up:${imageId}`));
  if (!transfer || transfer.state === 'cancelled') return null;
  return (
    <ul className={classes.upload} aria-label={t('image.uploading')}>
      <TransferEntry transfer={transfer} />
    </ul>
  );
}
