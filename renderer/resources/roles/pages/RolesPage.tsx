import { IconPlus, IconShieldCheck } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { createRole, type RoleView } from '../../../api/role.api.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { EmptyState } from '../../../design/EmptyState.tsx';
import { Page } from '../../../design/PageHeader.tsx';
import { ReasonedButton } from '../../../design/ReasonedButton.tsx';
import { useShortcut } from '../../../design/shortcuts.ts';
import type { Column } from '../../../design/table/column.ts';
import { mayDo } from '../../../session/rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { NamedThingDialog } from '../../people/dialogs/NamedThingDialog.tsx';
import { IdentityTable } from '../../people/IdentityTable.tsx';
import { PeopleHeader } from '../../people/PeopleHeader.tsx';
import { ROLE_ACTIONS } from '../actions/role-actions.tsx';
import { useRoleInferences, useRoles } from '../hooks/use-roles.ts';
import { describeChain, roleChain } from '../role-chain.ts';
import { RolePanel } from './RolePanel.tsx';

/** The roles, and what comes with each. */
export function RolesPage() {
  const { t } = useTranslation(['roles', 'people']);
  const navigate = useNavigate();
  const { panel } = useSearch({ from: '/frame/people/roles' });
  const roles = useRoles();
  const inferences = useRoleInferences().data;
  const right = mayDo('identity:create_role', useCurrentUser());
  const shown = roles.data?.find((role) => role.id === panel);
  const open = (id: string | undefined) =>
    void navigate({ to: '/people/roles', search: (before) => ({ ...before, panel: id, tab: undefined }) });
  const create = (): void => {
    if (!right.allowed) return;
    openDialog((props) => (
      <NamedThingDialog
        {...props}
        title={t('createTitle')}
        submitLabel={t('people:create.submit')}
        onSubmit={createRole}
      />
    ));
  };
  useShortcut({ keys: 'N', label: t('createTitle'), group: t('people:area') }, create);

  const columns = useMemo<Column<RoleView>[]>(
    () => [
      {
        id: 'name',
        header: t('people:name'),
        value: (role) => role.name,
        cell: (role) => (
          <Link className="truncate" to="/people/roles" search={(before) => ({ ...before, panel: role.id })}>
            {role.name}
          </Link>
        ),
        width: { min: 160, share: 2 },
        isFixed: true,
      },
      {
        id: 'implies',
        header: t('implies'),
        value: (role) => describeChain(roleChain(inferences ?? [], role.id)),
        width: { min: 200, share: 3 },
      },
      {
        id: 'description',
        header: t('people:description'),
        value: (role) => role.description,
        width: { min: 160, share: 3 },
      },
      {
        id: 'id',
        header: 'ID',
        value: (role) => role.id,
        cell: (role) => <span className="mono truncate">{role.id}</span>,
        width: 280,
        isHidden: true,
      },
    ],
    [t, inferences],
  );
  const button = (
    <ReasonedButton verdict={right} leftSection={<IconPlus size={16} aria-hidden="true" />} onClick={create}>
      {t('create')}
    </ReasonedButton>
  );
  return (
    <Page>
      <PeopleHeader actions={button} />
      <IdentityTable
        id="roles"
        rule="identity:list_roles"
        query={roles}
        label={t('people:page.roles')}
        columns={columns}
        countLabel={(count) => t('count', { count })}
        searchLabel={t('search')}
        defaultSort="name"
        actions={ROLE_ACTIONS}
        onOpen={(role) => open(role.id)}
        empty={
          <EmptyState
            icon={<IconShieldCheck size={32} stroke={1.5} />}
            title={t('none')}
            text={t('noneText')}
            action={button}
          />
        }
      />
      {shown && <RolePanel key={shown.id} role={shown} onClose={() => open(undefined)} />}
    </Page>
  );
}
