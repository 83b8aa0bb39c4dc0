import { Button, Checkbox, PasswordInput, SegmentedControl, SimpleGrid, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type DomainConfig, type DomainView, saveDomainConfig } from '../../../api/domain.api.ts';
import { testLdap } from '../../../api/ldap.api.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { applyServerError } from '../../../design/dialogs/server-field-error.ts';
import { ErrorAlert } from '../../../design/ErrorAlert.tsx';
import { type LdapForm, type LdapKind, optionsOfKind, toLdapForm, toLdapOptions } from '../ldap-form.ts';

interface Props extends DialogProps {
  domain: DomainView;
  /** What the domain configures now; null where that is nothing. */
  config: DomainConfig | null;
}

/** Where a domain's people are, and by what account they are read. */
export function LdapDialog({ domain, config, ...props }: Props) {
  const { t } = useTranslation('domains');
  const stored = config?.ldap;
  const form = useForm<LdapForm>({ initialValues: toLdapForm(stored) });
  const kind: LdapKind = form.values.user_enabled_attribute === 'userAccountControl' ? 'activeDirectory' : 'standard';
  const test = useMutation({
    mutationFn: (values: LdapForm) => testLdap(domain.id, toLdapOptions(values, stored)),
    onError: (error) => applyServerError(form, error),
  });
  return (
    <FormDialog
      {...props}
      title={t('ldap.dialog.title', { name: domain.name })}
      form={form}
      size={680}
      submitLabel={t('ldap.dialog.submit')}
      onSubmit={(values) =>
        saveDomainConfig(domain.id, { identity: { driver: 'ldap' }, ldap: toLdapOptions(values, stored) }, config)
      }
    >
      <SegmentedControl
        aria-label={t('ldap.dialog.kind')}
        value={kind}
        onChange={(chosen) => form.setValues(optionsOfKind(chosen as LdapKind))}
        data={[
          { value: 'standard', label: t('ldap.dialog.standard') },
          { value: 'activeDirectory', label: 'Active Directory' },
        ]}
      />
      <TextInput
        label={t('ldap.dialog.url')}
        placeholder="ldaps://ldap.example.com"
        data-autofocus
        autoComplete="off"
        {...form.getInputProps('url')}
      />
      <SimpleGrid cols={2} spacing={12}>
        <TextInput
          label={t('ldap.dialog.user')}
          description={t('ldap.dialog.userHint')}
          placeholder="cn=reader,dc=example,dc=com"
          autoComplete="off"
          {...form.getInputProps('user')}
        />
        <PasswordInput
          label={t('ldap.dialog.password')}
          description={t(stored?.user ? 'ldap.dialog.passwordKept' : 'ldap.dialog.passwordHint')}
          autoComplete="new-password"
          {...form.getInputProps('password')}
        />
        <TextInput
          label={t('ldap.dialog.userTree')}
          placeholder="ou=people,dc=example,dc=com"
          autoComplete="off"
          {...form.getInputProps('user_tree_dn')}
        />
        <TextInput
          label={t('ldap.dialog.groupTree')}
          placeholder="ou=groups,dc=example,dc=com"
          autoComplete="off"
          {...form.getInputProps('group_tree_dn')}
        />
        <TextInput
          label={t('ldap.dialog.userName')}
          autoComplete="off"
          {...form.getInputProps('user_name_attribute')}
        />
        <TextInput label={t('ldap.dialog.userId')} autoComplete="off" {...form.getInputProps('user_id_attribute')} />
        <TextInput
          label={t('ldap.dialog.filter')}
          placeholder="(memberOf=cn=staff,ou=groups,dc=example,dc=com)"
          autoComplete="off"
          {...form.getInputProps('user_filter')}
        />
        <TextInput
          label={t('ldap.dialog.certificates')}
          placeholder="/etc/ssl/company-ca.pem"
          autoComplete="off"
          {...form.getInputProps('tls_cacertfile')}
        />
      </SimpleGrid>
      <Checkbox label={t('ldap.dialog.startTls')} {...form.getInputProps('use_tls', { type: 'checkbox' })} />
      <div>
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate(form.getValues())}>
          {t('ldap.dialog.test')}
        </Button>
      </div>
      {test.error && Object.keys(form.errors).length === 0 && (
        <div ref={bringIntoSight}>
          <ErrorAlert error={test.error} />
        </div>
      )}
      {test.data && (
        <p role="status" ref={bringIntoSight}>
          {t('ldap.dialog.found', { users: test.data.users, groups: test.data.groups })}
          <br />
          <span className="muted">{[...test.data.userNames, ...test.data.groupNames].join(', ')}</span>
        </p>
      )}
    </FormDialog>
  );
}

/** The answer to a test comes below all fields, where a small window does not reach. */
function bringIntoSight(node: HTMLElement | null): void {
  node?.scrollIntoView({ block: 'nearest' });
}
