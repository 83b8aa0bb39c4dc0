import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { createGroup, type GroupView } from '../../../api/group.api.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { useHomeDomain } from '../../domains/hooks/use-home-domain.ts';
import { NamedThingDialog } from '../../people/dialogs/NamedThingDialog.tsx';
import { useIdentityColumns } from '../../people/hooks/use-identity-columns.tsx';
import { IdentityPage } from '../../people/IdentityPage.tsx';
import { PEOPLE_PAGES } from '../../people/people-pages.ts';
import { GROUP_ACTIONS } from '../actions/group-actions.tsx';
import { useGroups } from '../hooks/use-groups.ts';
import { GroupPanel } from './GroupPanel.tsx';

/** People who are given roles together. */
export function GroupsPage() {
  const { t } = useTranslation(['groups', 'people']);
  const groups = useGroups();
  const homeDomain = useHomeDomain();
  const shared = useIdentityColumns<GroupView>(PEOPLE_PAGES.groups);
  const columns = useMemo(() => [shared.name, shared.domain, shared.description, shared.id], [shared]);
  return (
    <IdentityPage
      page={PEOPLE_PAGES.groups}
      id="groups"
      query={groups}
      columns={columns}
      countLabel={(count) => t('count', { count })}
      defaultSort="name"
      actions={GROUP_ACTIONS}
      createRule="identity:create_group"
      onCreate={() =>
        openDialog((props) => (
          <NamedThingDialog
            {...props}
            title={t('createTitle')}
            submitLabel={t('people:create.submit')}
            domainId={homeDomain}
            onSubmit={createGroup}
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
      panel={(group, close) => <GroupPanel group={group} onClose={close} />}
    />
  );
}
