import { PasswordInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { doVerb } from '../../../api/compute.api.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { newPassword } from '../../../design/new-password.ts';
import { notifyDone } from '../../../design/notify.tsx';
import { useServerGuest } from '../hooks/use-servers.ts';
import { nameLines } from '../machine-confirmation.ts';
import classes from '../machines.module.css';
import { keepPassword } from '../password.store.ts';
import { verbText } from '../verb-text.ts';
import type { VerbDialogProps } from './verb-dialog.ts';

/** Of the administrator inside; one that is made up is the same for all that were chosen. */
export function ChangePasswordDialog({ offer, servers, ...dialog }: VerbDialogProps) {
  const { t } = useTranslation('machines');
  const [only] = servers;
  const guest = useServerGuest(servers.length === 1 && only ? only : null).data;
  const form = useForm({ initialValues: { adminPass: '' } });
  return (
    <FormDialog
      {...dialog}
      title={verbText(offer, 'title', servers)}
      form={form}
      submitLabel={verbText(offer, 'label')}
      onSubmit={async ({ adminPass: typed }) => {
        const adminPass = typed || newPassword();
        const body = { changePassword: { adminPass } };
        await Promise.all(
          servers.map(async ({ id }) => {
            await doVerb(id, { ...offer, body });
            keepPassword(id, adminPass);
          }),
        );
        notifyDone(verbText(offer, 'begun', servers));
      }}
    >
      <p>{verbText(offer, 'text', servers)}</p>
      {servers.length > 1 && (
        <ul>
          {nameLines(servers).map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {guest?.silence && (
        <div className={classes.guestSilent} role="note">
          <IconAlertTriangle size={16} aria-hidden="true" />
          <span>{t(`guest.silence.${guest.silence}`)}</span>
        </div>
      )}
      <PasswordInput
        label={verbText(offer, 'ask')}
        description={t('adminPassHint')}
        autoComplete="new-password"
        data-autofocus
        {...form.getInputProps('adminPass')}
      />
    </FormDialog>
  );
}
