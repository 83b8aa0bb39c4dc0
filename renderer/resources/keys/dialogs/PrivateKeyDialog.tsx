import { Button, Modal } from '@mantine/core';
import { IconCheck, IconCopy, IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { desktop } from '../../../api/desktop.ts';
import { CopyText } from '../../../design/CopyText.tsx';
import { useCopy } from '../../../design/clipboard.ts';
import { askToConfirm } from '../../../design/dialogs/confirm.store.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import dialogs from '../../../design/dialogs/dialogs.module.css';
import { notifyError } from '../../../design/notify.tsx';
import { privateKeyFile } from '../../../design/private-key-file.ts';
import classes from '../keys.module.css';
import { savePrivateKey } from '../save-private-key.ts';

export interface PrivateKeyDialogProps extends DialogProps {
  name: string;
  privateKey: string;
}

/** The only time a private key is to be had: closing it unsaved asks first. */
export function PrivateKeyDialog({ name, privateKey, ...props }: PrivateKeyDialogProps) {
  const { t } = useTranslation(['keys', 'design']);
  const clipboard = useCopy();
  const [isKept, setKept] = useState(false);
  const file = privateKeyFile(name);
  const save = async (): Promise<void> => {
    try {
      if (await savePrivateKey(name, privateKey)) setKept(true);
    } catch (error) {
      notifyError(error, t('private.saveFailed'));
    }
  };
  const copy = async (): Promise<void> => {
    if (await clipboard.copy(privateKey)) setKept(true);
  };
  const close = async (): Promise<void> => {
    const isSure =
      isKept ||
      (await askToConfirm({
        title: t('private.unsaved'),
        text: t('private.unsavedText'),
        confirmLabel: t('private.closeAnyway'),
        isDangerous: true,
      }));
    if (isSure) props.onClose();
  };
  return (
    <Modal
      opened={props.opened}
      onClose={() => void close()}
      closeOnClickOutside={false}
      title={t('private.title', { name })}
      size={560}
      closeButtonProps={{ 'aria-label': t('design:close') }}
    >
      <p className={classes.intro}>{t('private.text')}</p>
      <pre className={classes.private}>{privateKey}</pre>
      <div className={classes.saveRow}>
        <Button leftSection={<IconDownload size={16} aria-hidden="true" />} onClick={() => void save()} data-autofocus>
          {t('private.save', { file })}
        </Button>
        <Button
          variant="default"
          leftSection={
            clipboard.copied ? <IconCheck size={16} aria-hidden="true" /> : <IconCopy size={16} aria-hidden="true" />
          }
          onClick={() => void copy()}
        >
          {clipboard.copied ? t('design:copied') : t('design:copy')}
        </Button>
      </div>
      {desktop() ? (
        <p className={classes.note}>{t('private.desktopNote')}</p>
      ) : (
        <div className={classes.note}>
          {t('private.modeNote')}
          <CopyText value={`chmod 600 ${file}`} />
        </div>
      )}
      <div className={dialogs.buttons}>
        <Button variant={isKept ? 'filled' : 'default'} onClick={() => void close()}>
          {t('private.done')}
        </Button>
      </div>
    </Modal>
  );
}
