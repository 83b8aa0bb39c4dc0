import { Select, SimpleGrid, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { giveRole } from '../../../api/assignment.api.ts';
import { createUser } from '../../../api/user.api.ts';
import { type DialogProps, openDialog } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { notifyError } from '../../../design/notify.tsx';
import { useProjectChoice } from '../../access/hooks/use-choices.ts';
import { DomainSelect } from '../../domains/DomainSelect.tsx';
import { useDomains } from '../../domains/hooks/use-domains.ts';
import { useRoles } from '../../roles/hooks/use-roles.ts';
import { type ChosenPassword, madePassword, PasswordField } from '../PasswordField.tsx';
import { UserOptionsFields } from '../UserOptionsFields.tsx';
import { changeOfUser, emailProblem, nameProblem, type UserForm, userForm } from '../user-form.ts';
import { PasswordShownDialog } from './PasswordShownDialog.tsx';

interface NewPersonForm extends UserForm {
  domainId: string;
  password: ChosenPassword;
  roleId: string | null;
}

/** What most people need in a project. */
const USUAL_ROLE = 'member';
const OFFERED = 60;

/** A person, with a first password and a first project in one go. */
export function CreatePersonDialog({ domainId, ...props }: DialogProps & { domainId: string }) {
  const { t } = useTranslation('people');
  const domains = useDomains().data ?? [];
  const projects = useProjectChoice();
  const roles = useRoles().data ?? [];
  const form = useForm<NewPersonForm>({
    initialValues: { ...userForm(), domainId, password: madePassword(), roleId: null },
    validate: {
      name: (name) => nameProblem(name),
      email: emailProblem,
      password: ({ text }) => (text === '' ? t('problem.password') : null),
    },
  });
  // Before one is chosen, the role that most people need.
  const roleId = form.values.roleId ?? roles.find(({ name }) => name === USUAL_ROLE)?.id ?? roles[0]?.id ?? null;

  async function create(values: NewPersonForm): Promise<void> {
    const { password, projectId } = values;
    const user = await createUser({
      ...changeOfUser(undefined, values),
      name: values.name.trim(),
      domain_id: values.domainId,
      password: password.text,
    });
    if (projectId && roleId) {
      // The person is there by now: what fails from here on must not look as if they were not.
      await giveRole({
        actor: { type: 'user', id: user.id },
        target: { type: 'project', id: projectId },
        roleId,
        isInherited: false,
      }).catch((error: unknown) => notifyError(error, t('create.roleFailed', { name: user.name })));
    }
    if (password.kind === 'made') {
      const domain = domains.find(({ id }) => id === user.domain_id)?.name ?? '';
      openDialog((shown) => (
        <PasswordShownDialog {...shown} name={user.name} domain={domain} password={password.text} />
      ));
    }
  }

  return (
    <FormDialog
      {...props}
      title={t('create.title')}
      form={form}
      size={600}
      submitLabel={t('create.submit')}
      onSubmit={create}
    >
      <SimpleGrid cols={2} spacing={12}>
        <TextInput label={t('name')} data-autofocus autoComplete="off" {...form.getInputProps('name')} />
        <TextInput label={t('email')} type="email" autoComplete="off" {...form.getInputProps('email')} />
      </SimpleGrid>
      <DomainSelect {...form.getInputProps('domainId')} />
      <PasswordField {...form.getInputProps('password')} value={form.values.password} />
      <SimpleGrid cols={2} spacing={12}>
        <Select
          label={t('defaultProject')}
          description={t('create.projectHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          placeholder={t('noProject')}
          data={projects}
          searchable
          clearable
          limit={OFFERED}
          {...form.getInputProps('projectId')}
        />
        <Select
          label={t('create.role')}
          data={roles.map(({ id, name }) => ({ value: id, label: name }))}
          disabled={form.values.projectId === null}
          value={roleId}
          onChange={(value) => form.setFieldValue('roleId', value)}
        />
      </SimpleGrid>
      <Textarea label={t('description')} rows={2} autosize {...form.getInputProps('description')} />
      <UserOptionsFields form={form} />
    </FormDialog>
  );
}
