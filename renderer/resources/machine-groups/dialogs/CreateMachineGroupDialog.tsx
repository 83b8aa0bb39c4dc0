import { MultiSelect, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { addServerTag } from '../../../api/startup.api.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { useServers } from '../../../kernel/use-servers.ts';

/** A group begins with its machines: each gets the name as a tag. */
export function CreateMachineGroupDialog(props: DialogProps) {
  const { t } = useTranslation(['machine-groups', 'design']);
  const servers = useServers().data ?? [];
  const form = useForm<{ name: string; machines: string[] }>({
    initialValues: { name: '', machines: [] },
    validate: {
      name: (name) => (name.trim() === '' || /[,/]/.test(name) ? t('problem.name') : null),
      machines: (machines) => (machines.length === 0 ? t('problem.machines') : null),
    },
  });
  return (
    <FormDialog
      {...props}
      title={t('create.title')}
      form={form}
      submitLabel={t('create.submit')}
      fieldNames={{ tag: 'name' }}
      onSubmit={async ({ name, machines }) => {
        for (const id of machines) await addServerTag(id, name.trim());
      }}
    >
      <TextInput
        label={t('name')}
        description={t('create.nameHelp')}
        data-autofocus
        autoComplete="off"
        maxLength={60}
        {...form.getInputProps('name')}
      />
      <MultiSelect
        label={t('machines')}
        data={servers.map(({ id, name }) => ({ value: id, label: name }))}
        searchable
        nothingFoundMessage={t('design:nothingNamed')}
        {...form.getInputProps('machines')}
      />
    </FormDialog>
  );
}
