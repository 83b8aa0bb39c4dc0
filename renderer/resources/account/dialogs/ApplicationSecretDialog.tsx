import { Button, Modal } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { CopyText } from '../../../design/CopyText.tsx';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import dialogs from '../../../design/dialogs/dialogs.module.css';
import { Field, FieldList } from '../../../design/PageHeader.tsx';
import { saveFile } from '../../../design/save-file.ts';
import classes from '../account.module.css';
import { cloudsYaml, openrc } from '../client-files.ts';

/** The only time the secret is to be had: nothing but its own buttons close it. */
export function ApplicationSecretDialog(props: DialogProps & { name: string; id: string; secret: string }) {
  const { t } = useTranslation(['account', 'design']);
  const { origin } = window.location;
  const auth = { kind: 'application-credential', id: props.id, secret: props.secret } as const;
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      closeOnClickOutside={false}
      closeOnEscape={false}
      title={t('application.secretTitle', { name: props.name })}
      size={560}
      closeButtonProps={{ 'aria-label': t('design:close') }}
    >
      <p className={classes.text}>{t('application.secretText')}</p>
      <FieldList>
        <Field label={t('application.id')}>
          <CopyText value={props.id} />
        </Field>
        <Field label={t('application.secret')}>
          <CopyText value={props.secret} />
        </Field>
      </FieldList>
      <div className={classes.files}>
        <Button
          data-autofocus
          leftSection={<IconDownload size={16} aria-hidden="true" />}
          onClick={() => void saveFile('clouds.yaml', cloudsYaml(origin, auth))}
        >
          clouds.yaml
        </Button>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden="true" />}
          onClick={() => void saveFile('cumulet-openrc.sh', openrc(origin, auth))}
        >
          openrc
        </Button>
      </div>
      <div className={dialogs.buttons}>
        <Button variant="default" onClick={props.onClose}>
          {t('application.done')}
        </Button>
      </div>
    </Modal>
  );
}
