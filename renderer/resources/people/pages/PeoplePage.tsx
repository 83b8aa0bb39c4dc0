import { IconPlus, IconUser } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { UserView } from '../../../api/user.api.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { EmptyState } from '../../../design/EmptyState.tsx';
import { Page } from '../../../design/PageHeader.tsx';
import { ReasonedButton } from '../../../design/ReasonedButton.tsx';
import { StateBadge } from '../../../design/StateBadge.tsx';
import { useShortcut } from '../../../design/shortcuts.ts';
import type { Column } from '../../../design/table/column.ts';
import { mayDo } from '../../../session/rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { useIdentityNames } from '../../access/hooks/use-identity-names.ts';
import { useHomeDomain } from '../../domains/hooks/use-home-domain.ts';
import { PERSON_ACTIONS } from '../actions/person-actions.ts';
import { CreatePersonDialog } from '../dialogs/CreatePersonDialog.tsx';
import { useUsers } from '../hooks/use-users.ts';
import { IdentityTable } from '../IdentityTable.tsx';
import { PasswordExpiry } from '../PasswordExpiry.tsx';
import { PeopleHeader } from '../PeopleHeader.tsx';
import { PersonPanel } from './PersonPanel.tsx';

/** Everybody who may sign in. */
export function PeoplePage() {
  const { t } = useTranslation('people');
  const navigate = useNavigate();
  const { panel } = useSearch({ from: '/frame/people' });
  const users = useUsers();
  const names = useIdentityNames();
  const homeDomain = useHomeDomain();
  const right = mayDo('identity:create_user', useCurrentUser());
  const shown = users.data?.find((user) => user.id === panel);
  const open = (id: string | undefined) =>
    void navigate({ to: '/people', search: (before) => ({ ...before, panel: id, tab: undefined }) });
  const create = (): void => {
    if (right.allowed) openDialog((props) => <CreatePersonDialog {...props} domainId={homeDomain} />);
  };
  useShortcut({ keys: 'N', label: t('create.title'), group: t('area') }, create);

  const columns = useMemo<Column<UserView>[]>(() => {
    const state = (user: UserView): string => t(user.enabled ? 'enabled' : 'disabled');
    return [
      {
        id: 'name',
        header: t('name'),
        value: (user) => user.name,
        cell: (user) => (
          <Link className="truncate" to="/people" search={(before) => ({ ...before, panel: user.id })}>
            {user.name}
          </Link>
        ),
        width: { min: 160, share: 2 },
        isFixed: true,
      },
      { id: 'email', header: t('email'), value: (user) => user.email, width: { min: 160, share: 3 } },
      {
        id: 'domain',
        header: t('domain'),
        value: (user) => names.domain(user.domain_id),
        width: { min: 112, share: 1 },
        filter: {},
      },
      {
        id: 'state',
        header: t('state'),
        value: state,
        cell: (user) => <StateBadge tone={user.enabled ? 'running' : 'stopped'} label={state(user)} />,
        width: 112,
        filter: {},
      },
      {
        id: 'expires',
        header: t('passwordExpires'),
        value: (user) => user.password_expires_at,
        cell: (user) => <PasswordExpiry at={user.password_expires_at} />,
        width: 160,
        isUnsearched: true,
      },
      {
        id: 'project',
        header: t('defaultProject'),
        value: (user) => (user.default_project_id ? names.project(user.default_project_id) : null),
        width: { min: 112, share: 1 },
        isHidden: true,
      },
      {
        id: 'description',
        header: t('description'),
        value: (user) => user.description,
        width: { min: 128, share: 2 },
        isHidden: true,
      },
      {
        id: 'id',
        header: 'ID',
        value: (user) => user.id,
        cell: (user) => <span className="mono truncate">{user.id}</span>,
        width: 280,
        isHidden: true,
      },
    ];
  }, [t, names]);

  const button = (
    <ReasonedButton verdict={right} leftSection={<IconPlus size={16} aria-hidden="true" />} onClick={create}>
      {t('create.action')}
    </ReasonedButton>
  );
  return (
    <Page>
      <PeopleHeader actions={button} />
      <IdentityTable
        id="people"
        rule="identity:list_users"
        query={users}
        label={t('page.people')}
        columns={columns}
        countLabel={(count) => t('count', { count })}
        searchLabel={t('search')}
        defaultSort="name"
        actions={PERSON_ACTIONS}
        onOpen={(user) => open(user.id)}
        empty={
          <EmptyState
            icon={<IconUser size={32} stroke={1.5} />}
            title={t('none')}
            text={t('noneText')}
            action={button}
          />
        }
      />
      {shown && <PersonPanel key={shown.id} user={shown} onClose={() => open(undefined)} />}
    </Page>
  );
}
