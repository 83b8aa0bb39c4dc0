import { Checkbox, MultiSelect, SimpleGrid, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { createApplicationCredential } from '../../../api/account.api.ts';
import { queryClient } from '../../../api/query-client.ts';
import { keys } from '../../../api/query-keys.ts';
import type { Session } from '../../../api/session.ts';
import { type DialogProps, openDialog } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { parseAccessRules } from '../access-rules.ts';
import { ApplicationSecretDialog } from './ApplicationSecretDialog.tsx';

/** A credential for the project one works in, with the roles one has there or fewer. */
export function CreateApplicationCredentialDialog({ session, ...props }: DialogProps & { session: Session }) {
  const { t } = useTranslation('account');
  const form = useForm({
    initialValues: { name: '', description: '', expires: '', roles: session.roles, unrestricted: false, rules: '' },
    validate: {
      name: (name) => (name.trim() === '' ? t('application.nameMissing') : null),
      roles: (roles) => (roles.length === 0 ? t('application.rolesMissing') : null),
      expires: (time) => (time !== '' && Date.parse(time) <= Date.now() ? t('application.past') : null),
      rules: (text) => (parseAccessRules(text) ? null : t('application.rulesWrong')),
    },
  });
  return (
    <FormDialog
      {...props}
      title={t('application.create')}
      form={form}
      size={560}
      submitLabel={t('application.submit')}
      onSubmit={async ({ name, description, expires, roles, unrestricted, rules }) => {
        const access_rules = parseAccessRules(rules) ?? [];
        const made = await createApplicationCredential(session.user.id, {
          name: name.trim(),
          ...(description.trim() ? { description: description.trim() } : {}),
          ...(expires ? { expires_at: new Date(expires).toISOString().replace('Z', '') } : {}),
          roles: roles.map((role) => ({ name: role })),
          unrestricted,
          ...(access_rules.length > 0 ? { access_rules } : {}),
        });
        await queryClient.invalidateQueries({ queryKey: keys.account.applicationCredentials });
        openDialog((dialog) => (
          <ApplicationSecretDialog {...dialog} name={made.name} id={made.id} secret={made.secret ?? ''} />
        ));
      }}
    >
      <SimpleGrid cols={2} spacing={12}>
        <TextInput label={t('application.name')} data-autofocus autoComplete="off" {...form.getInputProps('name')} />
        <TextInput
          label={t('application.expires')}
          description={t('application.expiresHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          type="datetime-local"
          {...form.getInputProps('expires')}
        />
      </SimpleGrid>
      <TextInput label={t('application.description')} autoComplete="off" {...form.getInputProps('description')} />
      <MultiSelect label={t('profile.roles')} data={session.roles} {...form.getInputProps('roles')} />
      <Textarea
        label={t('application.rules')}
        description={t('application.rulesHint')}
        placeholder="GET compute /v2.1/servers"
        rows={2}
        classNames={{ input: 'mono' }}
        {...form.getInputProps('rules')}
      />
      <Checkbox
        label={t('application.unrestricted')}
        description={t('application.unrestrictedHint')}
        {...form.getInputProps('unrestricted', { type: 'checkbox' })}
      />
    </FormDialog>
  );
}
