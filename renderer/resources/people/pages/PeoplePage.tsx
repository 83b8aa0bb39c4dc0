import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { UserView } from '../../../api/user.api.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import type { Column } from '../../../design/table/column.ts';
import { useUsers } from '../../../kernel/use-users.ts';
import { useIdentityNames } from '../../access/hooks/use-identity-names.ts';
import { useHomeDomain } from '../../domains/hooks/use-home-domain.ts';
import { PERSON_ACTIONS } from '../actions/person-actions.ts';
import { CreatePersonDialog } from '../dialogs/CreatePersonDialog.tsx';
import { useIdentityColumns } from '../hooks/use-identity-columns.tsx';
import { IdentityPage } from '../IdentityPage.tsx';
import { PasswordExpiry } from '../PasswordExpiry.tsx';
import { PEOPLE_PAGES } from '../people-pages.ts';
import { PersonPanel } from './PersonPanel.tsx';

/** Everybody who may sign in. */
export function PeoplePage() {
  const { t } = useTranslation('people');
  const users = useUsers();
  const names = useIdentityNames();
  const homeDomain = useHomeDomain();
  const shared = useIdentityColumns<UserView>(PEOPLE_PAGES.people);
  const columns = useMemo<Column<UserView>[]>(
    () => [
      shared.name,
      { id: 'email', header: t('email'), value: (user) => user.email, width: { min: 160, share: 3 } },
      shared.domain,
      shared.state,
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
      { ...shared.description, isHidden: true },
      shared.id,
    ],
    [t, names, shared],
  );
  return (
    <IdentityPage
      page={PEOPLE_PAGES.people}
      id="people"
      query={users}
      columns={columns}
      countLabel={(count) => t('count', { count })}
      defaultSort="name"
      actions={PERSON_ACTIONS}
      createRule="identity:create_user"
      onCreate={() => openDialog((props) => <CreatePersonDialog {...props} domainId={homeDomain} />)}
      texts={{
        create: t('create.action'),
        createTitle: t('create.title'),
        search: t('search'),
        none: t('none'),
        noneText: t('noneText'),
      }}
      panel={(user, close) => <PersonPanel user={user} onClose={close} />}
    />
  );
}
