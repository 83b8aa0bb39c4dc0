import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { createRole, type RoleView } from '../../../api/role.api.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import type { Column } from '../../../design/table/column.ts';
import { NamedThingDialog } from '../../people/dialogs/NamedThingDialog.tsx';
import { useIdentityColumns } from '../../people/hooks/use-identity-columns.tsx';
import { IdentityPage } from '../../people/IdentityPage.tsx';
import { PEOPLE_PAGES } from '../../people/people-pages.ts';
import { ROLE_ACTIONS } from '../actions/role-actions.tsx';
import { useRoleInferences, useRoles } from '../hooks/use-roles.ts';
import { describeChain, roleChain } from '../role-chain.ts';
import { RolePanel } from './RolePanel.tsx';

/** The roles, and what comes with each. */
export function RolesPage() {
  const { t } = useTranslation(['roles', 'people']);
  const roles = useRoles();
  const inferences = useRoleInferences().data;
  const shared = useIdentityColumns<RoleView>(PEOPLE_PAGES.roles);
  const columns = useMemo<Column<RoleView>[]>(
    () => [
      shared.name,
      {
        id: 'implies',
        header: t('implies'),
        value: (role) => describeChain(roleChain(inferences ?? [], role.id)),
        width: { min: 200, share: 3 },
      },
      shared.description,
      shared.id,
    ],
    [t, shared, inferences],
  );
  return (
    <IdentityPage
      page={PEOPLE_PAGES.roles}
      id="roles"
      query={roles}
      columns={columns}
      countLabel={(count) => t('count', { count })}
      defaultSort="name"
      actions={ROLE_ACTIONS}
      createRule="identity:create_role"
      onCreate={() =>
        openDialog((props) => (
          <NamedThingDialog
            {...props}
            title={t('createTitle')}
            submitLabel={t('people:create.submit')}
            onSubmit={createRole}
          />
        ))
      }
      texts={{
        create: t('create'),
        createTitle: t('createTitle'),
        search: t('search'),
        none: t('none'),
        noneText: t('noneText'),
      }}
      panel={(role, close) => <RolePanel role={role} onClose={close} />}
    />
  );
}
