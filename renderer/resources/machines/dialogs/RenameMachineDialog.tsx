import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import { updateServer } from '../../../api/compute.api.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { checkMachineName } from '../machine-name.ts';

export function RenameMachineDialog({ server, ...dialog }: DialogProps & { server: ServerView }) {
  const { t } = useTranslation('machines');
  const form = useForm({ initialValues: { name: server.name }, validate: { name: checkMachineName } });
  return (
    <FormDialog
      {...dialog}
      title={t('rename.title', { name: server.name })}
      form={form}
      submitLabel={t('action.rename')}
      onSubmit={({ name }) => updateServer(server.id, { name: name.trim() })}
    >
      <TextInput label={t('name')} description={t('rename.hint')} data-autofocus {...form.getInputProps('name')} />
    </FormDialog>
  );
}
