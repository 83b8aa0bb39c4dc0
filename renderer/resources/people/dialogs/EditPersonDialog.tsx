import { Select, SimpleGrid, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { type UserView, updateUser } from '../../../api/user.api.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { useProjectChoice } from '../../access/hooks/use-choices.ts';
import { UserOptionsFields } from '../UserOptionsFields.tsx';
import { changeOfUser, emailProblem, nameProblem, type UserForm, userForm } from '../user-form.ts';

const OFFERED = 60;

export function EditPersonDialog({ user, ...props }: DialogProps & { user: UserView }) {
  const { t } = useTranslation('people');
  const projects = useProjectChoice();
  const form = useForm<UserForm>({
    initialValues: userForm(user),
    validate: { name: (name) => nameProblem(name), email: emailProblem },
  });
  return (
    <FormDialog
      {...props}
      title={t('edit.title', { name: user.name })}
      form={form}
      size={600}
      submitLabel={t('save')}
      fieldNames={{ default_project_id: 'projectId' }}
      onSubmit={async (values) => {
        const change = changeOfUser(user, values);
        if (change) await updateUser(user.id, change);
      }}
    >
      <SimpleGrid cols={2} spacing={12}>
        <TextInput label={t('name')} data-autofocus autoComplete="off" {...form.getInputProps('name')} />
        <TextInput label={t('email')} type="email" autoComplete="off" {...form.getInputProps('email')} />
      </SimpleGrid>
      <Select
        label={t('defaultProject')}
        description={t('edit.projectHint')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        placeholder={t('noProject')}
        data={projects}
        searchable
        clearable
        limit={OFFERED}
        {...form.getInputProps('projectId')}
      />
      <Textarea label={t('description')} rows={2} autosize {...form.getInputProps('description')} />
      <UserOptionsFields form={form} />
    </FormDialog>
  );
}
