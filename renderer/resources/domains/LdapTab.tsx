import { Button, Group, Skeleton, Stack } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { CloudError } from '../../api/cloud-error.ts';
import { type DomainView, saveDomainConfig } from '../../api/domain.api.ts';
import { askToConfirm } from '../../design/dialogs/confirm.store.ts';
import { openDialog } from '../../design/dialogs/dialog.store.ts';
import { formatDateTime } from '../../design/duration.ts';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { notifyError } from '../../design/notify.tsx';
import { Field, FieldList } from '../../design/PageHeader.tsx';
import { ReasonedButton } from '../../design/ReasonedButton.tsx';
import { mayDo } from '../../session/rights.ts';
import { useCurrentUser } from '../../session/use-current-user.ts';
import { LdapDialog } from './dialogs/LdapDialog.tsx';
import { useDomainConfig, useLdapServer } from './hooks/use-domains.ts';

/** Whether a domain's people live in an LDAP server, and how that does. */
export function LdapTab({ domain }: { domain: DomainView }) {
  const { t } = useTranslation('domains');
  const config = useDomainConfig(domain.id);
  const state = useLdapServer(domain.id);
  const mayChange = mayDo('identity:update_domain_config', useCurrentUser());
  const error = config.error ?? state.error;
  if (error) return <ErrorAlert error={error} onRetry={() => void Promise.all([config.refetch(), state.refetch()])} />;
  if (config.data === undefined || state.data === undefined) return <Skeleton height={160} />;
  const server = state.data;
  const connect = (): void => openDialog((props) => <LdapDialog {...props} domain={domain} config={config.data} />);
  const disconnect = async (): Promise<void> => {
    const sure = await askToConfirm({
      title: t('ldap.disconnect.title', { name: domain.name }),
      text: t('ldap.disconnect.text'),
      wayBack: t('ldap.disconnect.wayBack'),
      confirmLabel: t('ldap.disconnect.submit'),
      isDangerous: true,
    });
    if (!sure) return;
    await saveDomainConfig(domain.id, { identity: { driver: 'sql' } }, config.data).catch(notifyError);
  };
  if (server === null) {
    return (
      <Stack gap={12} align="flex-start">
        <p className="muted">{t('ldap.none')}</p>
        <ReasonedButton
          verdict={mayChange}
          leftSection={<IconPlugConnected size={16} aria-hidden="true" />}
          onClick={connect}
        >
          {t('ldap.connect')}
        </ReasonedButton>
      </Stack>
    );
  }
  const { people, failure } = server;
  return (
    <Stack gap={12}>
      <p className="muted">{t('ldap.text')}</p>
      {failure && (
        <ErrorAlert
          title={t('ldap.failed')}
          error={new CloudError(failure.message, { status: 503, code: 'unavailable', hint: failure.hint ?? undefined })}
          onRetry={() => void state.refetch()}
        />
      )}
      <FieldList>
        <Field label={t('ldap.server')}>
          <span className="mono">{server.url}</span>
        </Field>
        <Field label={t('ldap.found')}>
          {people ? t('ldap.foundCount', { users: people.users, groups: people.groups }) : '–'}
        </Field>
        <Field label={t('ldap.readAt')}>{people ? formatDateTime(people.at) : t('ldap.never')}</Field>
        {people && people.passedOver.length > 0 && (
          <Field label={t('ldap.passedOver')}>
            {people.passedOver.join(', ')}
            <p className="muted">{t('ldap.passedOverText')}</p>
          </Field>
        )}
      </FieldList>
      <Group gap={8}>
        <ReasonedButton verdict={mayChange} variant="default" onClick={connect}>
          {t('ldap.change')}
        </ReasonedButton>
        <ReasonedButton verdict={mayChange} variant="default" color="red" onClick={() => void disconnect()}>
          {t('ldap.disconnect.action')}
        </ReasonedButton>
        <Button variant="subtle" loading={state.isFetching} onClick={() => void state.refetch()}>
          {t('ldap.checkAgain')}
        </Button>
      </Group>
    </Stack>
  );
}
