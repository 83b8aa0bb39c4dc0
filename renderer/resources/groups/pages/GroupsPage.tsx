import { IconPlus, IconUsers } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { createGroup, type GroupView } from '../../../api/group.api.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { EmptyState } from '../../../design/EmptyState.tsx';
import { Page } from '../../../design/PageHeader.tsx';
import { ReasonedButton } from '../../../design/ReasonedButton.tsx';
import { useShortcut } from '../../../design/shortcuts.ts';
import type { Column } from '../../../design/table/column.ts';
import { mayDo } from '../../../session/rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { useIdentityNames } from '../../access/hooks/use-identity-names.ts';
import { useHomeDomain } from '../../domains/hooks/use-home-domain.ts';
import { NamedThingDialog } from '../../people/dialogs/NamedThingDialog.tsx';
import { IdentityTable } from '../../people/IdentityTable.tsx';
import { PeopleHeader } from '../../people/PeopleHeader.tsx';
import { GROUP_ACTIONS } from '../actions/group-actions.tsx';
import { useGroups } from '../hooks/use-groups.ts';
import { GroupPanel } from './GroupPanel.tsx';

/** People who are given roles together. */
export function GroupsPage() {
  const { t } = useTranslation(['groups', 'people']);
  const navigate = useNavigate();
  const { panel } = useSearch({ from: '/frame/people/groups' });
  const groups = useGroups();
  const names = useIdentityNames();
  const homeDomain = useHomeDomain();
  const right = mayDo('identity:create_group', useCurrentUser());
  const shown = groups.data?.find((group) => group.id === panel);
  const open = (id: string | undefined) =>
    void navigate({ to: '/people/groups', search: (before) => ({ ...before, panel: id, tab: undefined }) });
  const create = (): void => {
    if (!right.allowed) return;
    openDialog((props) => (
      <NamedThingDialog
        {...props}
        title={t('createTitle')}
        submitLabel={t('people:create.submit')}
        domainId={homeDomain}
        onSubmit={createGroup}
      />
    ));
  };
  useShortcut({ keys: 'N', label: t('createTitle'), group: t('people:area') }, create);

  const columns = useMemo<Column<GroupView>[]>(
    () => [
      {
        id: 'name',
        header: t('people:name'),
        value: (group) => group.name,
        cell: (group) => (
          <Link className="truncate" to="/people/groups" search={(before) => ({ ...before, panel: group.id })}>
            {group.name}
          </Link>
        ),
        width: { min: 160, share: 2 },
        isFixed: true,
      },
      {
        id: 'domain',
        header: t('people:domain'),
        value: (group) => names.domain(group.domain_id),
        width: { min: 112, share: 1 },
        filter: {},
      },
      {
        id: 'description',
        header: t('people:description'),
        value: (group) => group.description,
        width: { min: 160, share: 3 },
      },
      {
        id: 'id',
        header: 'ID',
        value: (group) => group.id,
        cell: (group) => <span className="mono truncate">{group.id}</span>,
        width: 280,
        isHidden: true,
      },
    ],
    [t, names],
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
        id="groups"
        rule="identity:list_groups"
        query={groups}
        label={t('people:page.groups')}
        columns={columns}
        countLabel={(count) => t('count', { count })}
        searchLabel={t('search')}
        defaultSort="name"
        actions={GROUP_ACTIONS}
        onOpen={(group) => open(group.id)}
        empty={
          <EmptyState
            icon={<IconUsers size={32} stroke={1.5} />}
            title={t('none')}
            text={t('noneText')}
            action={button}
          />
        }
      />
      {shown && <GroupPanel key={shown.id} group={shown} onClose={() => open(undefined)} />}
    </Page>
  );
}
