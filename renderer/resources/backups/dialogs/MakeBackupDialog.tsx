import { PasswordInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { makeBackup } from '../../../api/backup.api.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';

/** The work itself is a task, and shows among those. */
export function MakeBackupDialog(props: DialogProps) {
  const { t } = useTranslation('backups');
  const form = useForm({
    initialValues: { passphrase: '', again: '' },
    validate: { again: (again, { passphrase }) => (again === passphrase ? null : t('different')) },
  });
  const isOpen = form.values.passphrase === '';
  return (
    <FormDialog
      {...props}
      title={t('makeTitle')}
      form={form}
      submitLabel={t('make')}
      onSubmit={({ passphrase }) => makeBackup(passphrase === '' ? null : passphrase)}
    >
      <div className="muted">{t('makeText')}</div>
      <div className="muted">{t('notRunning')}</div>
      <PasswordInput
        label={t('passphrase')}
        description={t(isOpen ? 'unencrypted' : 'passphraseHint')}
        data-autofocus
        autoComplete="new-password"
        {...form.getInputProps('passphrase')}
      />
      <PasswordInput
        label={t('again')}
        disabled={isOpen}
        autoComplete="new-password"
        {...form.getInputProps('again')}
      />
    </FormDialog>
  );
}
