import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { GroupView } from '../../../api/group.api.ts';
import { ActionMenu } from '../../../design/actions/ActionMenu.tsx';
import { CopyText } from '../../../design/CopyText.tsx';
import { DetailPanel } from '../../../design/DetailPanel.tsx';
import { Field, FieldList } from '../../../design/PageHeader.tsx';
import { PanelTabs } from '../../../design/PanelTabs.tsx';
import { AccessTab } from '../../access/AccessTab.tsx';
import { useIdentityNames } from '../../access/hooks/use-identity-names.ts';
import { GROUP_ACTIONS } from '../actions/group-actions.tsx';
import { MembersTab } from '../MembersTab.tsx';

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
          { id: 'members', label: t('members'), content: () => <MembersTab group={group} />, isFilling: true },
          {
            id: 'access',
            label: t('people:tab.access'),
            content: () => <AccessTab subject={{ type: 'group', id: group.id, name: group.name }} />,
            isFilling: true,
          },
          { id: 'overview', label: t('people:tab.overview'), content: () => <Overview group={group} /> },
        ]}
      />
    </DetailPanel>
  );
}

function Overview({ group }: { group: GroupView }) {
  const { t } = useTranslation('people');
  const names = useIdentityNames();
  return (
    <FieldList>
      <Field label="ID">
        <CopyText value={group.id} />
      </Field>
      <Field label={t('domain')}>{names.domain(group.domain_id) ?? <CopyText value={group.domain_id} />}</Field>
      <Field label={t('description')}>{group.description || '–'}</Field>
    </FieldList>
  );
}
