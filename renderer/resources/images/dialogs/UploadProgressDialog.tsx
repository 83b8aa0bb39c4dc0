import { Button, FileButton, Modal } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import dialogs from '../../../design/dialogs/dialogs.module.css';
import { ErrorAlert } from '../../../design/ErrorAlert.tsx';
import { notifyError } from '../../../design/notify.tsx';
import { StateBadge } from '../../../design/StateBadge.tsx';
import { TransferProgress } from '../../tasks/TransferProgress.tsx';
import { TASK_TONES } from '../../tasks/task-text.ts';
import { cancelTransfer, canRetry, retryTransfer, useTransfersStore } from '../../tasks/transfers.store.ts';
import classes from '../images.module.css';
import { removeImage, sendAnotherFile } from '../upload-image.ts';

/** Follows one upload; closing it leaves the upload running. */
export function UploadProgressDialog({ imageId, name, ...props }: DialogProps & { imageId: string; name: string }) {
  const { t } = useTranslation(['images', 'tasks', 'design']);
  const navigate = useNavigate();
  const transfer = useTransfersStore(({ transfers }) => transfers.find((each) => each.id === `up:${imageId}`));
  const state = transfer?.state ?? 'running';
  const open = (to: '/launch' | '/images/$id'): void => {
    props.onClose();
    if (to === '/launch') void navigate({ to, search: { image: imageId } });
    else void navigate({ to, params: { id: imageId } });
  };
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={t('upload.of', { name })}
      size={480}
      closeButtonProps={{ 'aria-label': t('design:close') }}
    >
      <div className={classes.progressBody}>
        <StateBadge tone={TASK_TONES[state]} label={t(`upload.state.${state}`)} />
        {transfer && state === 'running' && <TransferProgress transfer={transfer} />}
        {state === 'running' && <p className="muted">{t('upload.goesOn')}</p>}
        {state === 'failed' && (
          <ErrorAlert
            error={transfer?.error}
            {...(transfer && canRetry(transfer) ? { onRetry: () => retryTransfer(transfer.id) } : {})}
          />
        )}
        {state === 'failed' && <p className="muted">{t('upload.failedText')}</p>}
      </div>
      <div className={dialogs.buttons}>
        {state === 'running' && (
          <>
            <Button variant="default" onClick={() => cancelTransfer(`up:${imageId}`)}>
              {t('upload.cancel')}
            </Button>
            <Button onClick={props.onClose} data-autofocus>
              {t('upload.background')}
            </Button>
          </>
        )}
        {state === 'succeeded' && (
          <>
            <Button variant="default" onClick={() => open('/images/$id')}>
              {t('upload.show')}
            </Button>
            <Button onClick={() => open('/launch')}>{t('action.launch')}</Button>
          </>
        )}
        {state === 'failed' && <FailedUploadButtons imageId={imageId} name={name} onClose={props.onClose} />}
        {state === 'cancelled' && (
          <Button variant="default" onClick={props.onClose}>
            {t('design:close')}
          </Button>
        )}
      </div>
    </Modal>
  );
}

/** The ways on from a failed upload: the image goes, waits, or takes another file. */
function FailedUploadButtons({ imageId, name, onClose }: { imageId: string; name: string; onClose: () => void }) {
  const { t } = useTranslation(['images', 'design']);
  const [isBusy, setBusy] = useState(false);
  const attempt = async (work: () => Promise<void>, title: string): Promise<void> => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      notifyError(error, title);
    } finally {
      setBusy(false);
    }
  };
  const remove = async (): Promise<void> => {
    await removeImage(imageId);
    onClose();
  };
  return (
    <>
      <Button
        variant="subtle"
        color="red"
        disabled={isBusy}
        onClick={() => void attempt(remove, t('notRemoved', { name }))}
      >
        {t('upload.remove')}
      </Button>
      <FileButton
        onChange={(file) => file && void attempt(() => sendAnotherFile(imageId, file), t('upload.of', { name }))}
      >
        {(button) => (
          <Button variant="default" disabled={isBusy} {...button}>
            {t('upload.otherFile')}
          </Button>
        )}
      </FileButton>
      <Button variant="default" onClick={onClose}>
        {t('design:close')}
      </Button>
    </>
  );
}
