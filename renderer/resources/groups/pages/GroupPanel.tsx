import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { addMember, type GroupView } from '../../../api/group.api.ts';
import { ActionMenu } from '../../../design/actions/ActionMenu.tsx';
import { CopyText } from '../../../design/CopyText.tsx';
import { DetailPanel } from '../../../design/DetailPanel.tsx';
import { ErrorAlert } from '../../../design/ErrorAlert.tsx';
import { Field, FieldList } from '../../../design/PageHeader.tsx';
import { PanelTabs } from '../../../design/PanelTabs.tsx';
import { mayDo } from '../../../session/identity-rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { AccessTab } from '../../access/AccessTab.tsx';
import { useIdentityNames } from '../../access/hooks/use-identity-names.ts';
import { useUsers } from '../../people/hooks/use-users.ts';
import { PickList } from '../../people/PickList.tsx';
import { GROUP_ACTIONS } from '../actions/group-actions.tsx';
import { useMembers } from '../hooks/use-groups.ts';
import { removeMemberWithUndo } from '../remove-member.ts';

/** One group: who is in it, and what that gives them. */
export function GroupPanel({ group, onClose }: { group: GroupView; onClose: () => void }) {
  const { t } = useTranslation(['groups', 'people']);
  const navigate = useNavigate();
  const { tab } = useSearch({ from: '/frame/people/groups' });
  return (
    <DetailPanel
      title={group.name}
      actions={<ActionMenu actions={GROUP_ACTIONS} things={[group]} />}
      onClose={onClose}
      isWide
    >
      <PanelTabs
        open={tab}
        onOpen={(id) =>
          void navigate({ to: '/people/groups', search: (before) => ({ ...before, tab: id }), replace: true })
        }
        tabs={[
          { id: 'members', label: t('members'), content: () => <Members group={group} /> },
          {
            id: 'access',
            label: t('people:tab.access'),
            content: () => <AccessTab subject={{ type: 'group', id: group.id, name: group.name }} />,
            isFilling: true,
          },
        ]}
      />
    </DetailPanel>
  );
}

function Members({ group }: { group: GroupView }) {
  const { t } = useTranslation(['groups', 'people']);
  const me = useCurrentUser();
  const names = useIdentityNames();
  const members = useMembers(group.id);
  const users = useUsers().data ?? [];
  return (
    <>
      <FieldList>
        <Field label="ID">
          <CopyText value={group.id} />
        </Field>
        <Field label={t('people:domain')}>
          {names.domain(group.domain_id) ?? <CopyText value={group.domain_id} />}
        </Field>
        <Field label={t('people:description')}>{group.description || '–'}</Field>
      </FieldList>
      {members.error ? (
        <ErrorAlert error={members.error} onRetry={() => void members.refetch()} />
      ) : (
        <PickList
          label={t('pick')}
          addLabel={t('add')}
          removeLabel={(name) => t('remove', { name })}
          emptyText={t('noMembers')}
          things={members.data}
          choices={users}
          add={mayDo('identity:add_user_to_group', me)}
          remove={mayDo('identity:remove_user_from_group', me)}
          onAdd={(id) => addMember(group.id, id)}
          onRemove={(user) => removeMemberWithUndo(group, user)}
        />
      )}
    </>
  );
}
