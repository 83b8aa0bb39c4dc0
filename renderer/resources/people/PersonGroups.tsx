import { useTranslation } from 'react-i18next';
import { addMember } from '../../api/group.api.ts';
import type { UserView } from '../../api/user.api.ts';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { PickList } from '../../design/PickList.tsx';
import { useGroupsOfUser } from '../../kernel/use-users.ts';
import { useCurrentUser } from '../../session/use-current-user.ts';
import { useGroups } from '../groups/hooks/use-groups.ts';
import { removeMemberWithUndo } from '../groups/remove-member.ts';
import { isFromLdap, mayChange } from './from-ldap.ts';

/** The groups a person is in. */
export function PersonGroups({ user }: { user: UserView }) {
  const { t } = useTranslation('people');
  const me = useCurrentUser();
  const mine = useGroupsOfUser(user.id);
  const all = useGroups().data ?? [];
  if (mine.error) return <ErrorAlert error={mine.error} onRetry={() => void mine.refetch()} />;
  return (
    <PickList
      label={t('groups.pick')}
      addLabel={t('groups.add')}
      removeLabel={(name) => t('groups.remove', { name })}
      emptyText={t('groups.none', { name: user.name })}
      things={mine.data}
      choices={all.filter((group) => !isFromLdap(group))}
      add={mayChange('identity:add_user_to_group', user, me)}
      remove={mayChange('identity:remove_user_from_group', user, me)}
      onAdd={(id) => addMember(id, user.id)}
      onRemove={(group) => removeMemberWithUndo(group, user)}
    />
  );
}
