import { Select } from '@mantine/core';
import { IconUserMinus, IconUsers } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { addMember, type GroupView } from '../../api/group.api.ts';
import type { UserView } from '../../api/user.api.ts';
import type { Action } from '../../design/actions/action.ts';
import { EmptyState } from '../../design/EmptyState.tsx';
import { notifyError } from '../../design/notify.tsx';
import type { Column } from '../../design/table/column.ts';
import { DataTable } from '../../design/table/DataTable.tsx';
import { useUsers } from '../../kernel/use-users.ts';
import { useCurrentUser } from '../../session/use-current-user.ts';
import classes from '../access/access.module.css';
import { isFromLdap, mayChange } from '../people/from-ldap.ts';
import { useMembers } from './hooks/use-groups.ts';
import { removeMemberWithUndo } from './remove-member.ts';

const OFFERED = 60;

/** Everybody in a group, to search, add and take out. */
export function MembersTab({ group }: { group: GroupView }) {
  const { t } = useTranslation(['groups', 'people', 'design']);
  const members = useMembers(group.id);
  const users = useUsers().data;
  const mayAdd = mayChange('identity:add_user_to_group', group, useCurrentUser());
  const add = useMutation({
    mutationFn: (id: string) => addMember(group.id, id),
    onError: (error) => notifyError(error, t('addFailed')),
  });
  const offered = useMemo(() => {
    const taken = new Set(members.data?.map(({ id }) => id));
    return (users ?? [])
      .filter((user) => !taken.has(user.id) && !isFromLdap(user))
      .map(({ id, name }) => ({ value: id, label: name }));
  }, [users, members.data]);
  const actions = useMemo<Action<UserView>[]>(
    () => [
      {
        id: 'group.remove-member',
        label: () => t('removeMember'),
        icon: IconUserMinus,
        bulk: 'button',
        can: (_user, me) => mayChange('identity:remove_user_from_group', group, me),
        run: (user) => removeMemberWithUndo(group, user),
      },
    ],
    [group, t],
  );
  const columns = useMemo<Column<UserView>[]>(
    () => [
      {
        id: 'name',
        header: t('people:name'),
        value: (user) => user.name,
        width: { min: 160, share: 2 },
        isFixed: true,
      },
      { id: 'email', header: t('people:email'), value: (user) => user.email, width: { min: 160, share: 3 } },
    ],
    [t],
  );
  return (
    <div className={classes.tab}>
      <div className={classes.tabHead}>
        <p className="muted">{t(isFromLdap(group) ? 'membersFromLdap' : 'membersText')}</p>
        <Select
          aria-label={t('pick')}
          placeholder={t('add')}
          data={offered}
          value={null}
          searchable
          limit={OFFERED}
          disabled={!mayAdd.allowed || add.isPending}
          nothingFoundMessage={t('design:nothingNamed')}
          onChange={(id) => id && add.mutate(id)}
        />
      </div>
      <DataTable
        id="group-members"
        label={t('members')}
        columns={columns}
        rows={members.data}
        error={members.error}
        onRetry={() => void members.refetch()}
        countLabel={(count) => t('people:count', { count })}
        searchLabel={t('people:search')}
        defaultSort="name"
        actions={actions}
        isInAddress={false}
        empty={
          <EmptyState icon={<IconUsers size={32} stroke={1.5} />} title={t('noMembers')} text={t('noMembersText')} />
        }
      />
    </div>
  );
}
