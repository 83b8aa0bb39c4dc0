import { IconRobot } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type ApplicationCredential, listApplicationCredentials } from '../../api/account.api.ts';
import { keys } from '../../api/query-keys.ts';
import type { Session } from '../../api/session.ts';
import { openDialog } from '../../design/dialogs/dialog.store.ts';
import { formatDateTime } from '../../design/duration.ts';
import { EmptyState } from '../../design/EmptyState.tsx';
import { ReasonedButton } from '../../design/ReasonedButton.tsx';
import { StateBadge } from '../../design/StateBadge.tsx';
import type { Column } from '../../design/table/column.ts';
import { DataTable } from '../../design/table/DataTable.tsx';
import { t as translate } from '../../i18n/i18n.ts';
import { mayDo } from '../../session/rights.ts';
import { useCurrentUser } from '../../session/use-current-user.ts';
import { useProjectNames } from '../../session/use-own-scopes.ts';
import classes from './account.module.css';
import { deleteApplicationCredentials } from './actions/delete-application-credential.action.ts';
import { CreateApplicationCredentialDialog } from './dialogs/CreateApplicationCredentialDialog.tsx';

const ACTIONS = [deleteApplicationCredentials];

/** Secrets for programs that work in a project instead of the person. */
export function ApplicationCredentialsTab({ session }: { session: Session }) {
  const { t } = useTranslation('account');
  const { id } = session.user;
  const list = useQuery({
    queryKey: keys.account.applicationCredentials,
    queryFn: () => listApplicationCredentials(id),
  });
  const mayCreate = mayDo('identity:create_application_credential', useCurrentUser());
  const projectNames = useProjectNames();
  const columns = useMemo<Column<ApplicationCredential>[]>(
    () => [
      {
        id: 'name',
        header: t('application.name'),
        value: ({ name }) => name,
        width: { min: 140, share: 2 },
        isFixed: true,
      },
      {
        id: 'project',
        header: t('profile.project'),
        value: ({ project_id }) => projectNames.get(project_id) ?? project_id,
        width: { min: 100, share: 1 },
        filter: {},
      },
      {
        id: 'roles',
        header: t('profile.roles'),
        value: ({ roles }) => roles.map(({ name }) => name).join(', '),
        width: { min: 148, share: 1 },
      },
      {
        id: 'may',
        header: t('application.may'),
        value: mayText,
        cell: (credential) => <May credential={credential} />,
        width: { min: 148, share: 1 },
      },
      {
        id: 'expires',
        header: t('application.expires'),
        value: ({ expires_at }) => expires_at,
        cell: ({ expires_at }) => <Expiry at={expires_at} />,
        width: 172,
      },
      {
        id: 'description',
        header: t('application.description'),
        value: ({ description }) => description,
        width: { min: 120, share: 2 },
      },
      { id: 'id', header: 'ID', value: (credential) => credential.id, width: 280, isHidden: true },
    ],
    [t, projectNames],
  );
  const create = session.project && (
    <ReasonedButton
      verdict={mayCreate}
      variant="default"
      onClick={() => openDialog((props) => <CreateApplicationCredentialDialog {...props} session={session} />)}
    >
      {t('application.create')}
    </ReasonedButton>
  );
  return (
    <>
      <div className={classes.tabHead}>
        <p className="muted">{t(session.project ? 'application.text' : 'needsProject')}</p>
        {create}
      </div>
      <DataTable
        id="application-credentials"
        label={t('tab.applicationCredentials')}
        columns={columns}
        rows={list.data}
        error={list.error}
        onRetry={() => void list.refetch()}
        countLabel={(count) => t('application.count', { count })}
        searchLabel={t('application.search')}
        defaultSort="name"
        actions={ACTIONS}
        isInAddress={false}
        empty={<EmptyState icon={<IconRobot size={32} stroke={1.5} />} title={t('application.none')} />}
      />
    </>
  );
}

/** Beyond its roles: all requests, some, or even those that make more credentials. */
function mayText({ unrestricted, access_rules }: ApplicationCredential): string {
  if (access_rules) return translate('account:application.ruleCount', { count: access_rules.length });
  return translate(`account:application.${unrestricted ? 'unrestricted' : 'allRequests'}`);
}

function May({ credential }: { credential: ApplicationCredential }) {
  const text = mayText(credential);
  if (credential.unrestricted) {
    return <StateBadge tone="warning" label={text} title={translate('account:application.unrestrictedHint')} />;
  }
  const rules = credential.access_rules?.map(({ method, service, path }) => `${method} ${service} ${path}`);
  return (
    <span className="truncate" title={rules?.join('\n')}>
      {text}
    </span>
  );
}

/** Keystone's times have no zone and are UTC. */
function Expiry({ at }: { at: string | null }) {
  if (!at) return <span className="muted">{translate('account:application.never')}</span>;
  const time = `${at.replace(/Z$/, '')}Z`;
  return Date.parse(time) <= Date.now() ? (
    <StateBadge tone="warning" label={translate('account:application.expired')} title={formatDateTime(time)} />
  ) : (
    <time className="numeric" dateTime={time}>
      {formatDateTime(time)}
    </time>
  );
}
