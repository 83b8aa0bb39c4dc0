import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { implyRole, type RoleView, stopImplyingRole } from '../../../api/role.api.ts';
import { ActionMenu } from '../../../design/actions/ActionMenu.tsx';
import { CopyText } from '../../../design/CopyText.tsx';
import { DetailPanel } from '../../../design/DetailPanel.tsx';
import { notifyWithUndo } from '../../../design/notify.tsx';
import { Field, FieldList } from '../../../design/PageHeader.tsx';
import { PanelHeading } from '../../../design/PanelHeading.tsx';
import { PanelTabs } from '../../../design/PanelTabs.tsx';
import { PickList } from '../../../design/PickList.tsx';
import { mayDo } from '../../../session/rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { AccessTab } from '../../access/AccessTab.tsx';
import { ROLE_ACTIONS } from '../actions/role-actions.tsx';
import { useRoleInferences, useRoles } from '../hooks/use-roles.ts';
import { describeChain, roleChain } from '../role-chain.ts';

/** One role: what comes with it, and who has it where. */
export function RolePanel({ role, onClose }: { role: RoleView; onClose: () => void }) {
  const { t } = useTranslation(['roles', 'people']);
  const navigate = useNavigate();
  const { tab } = useSearch({ from: '/frame/people/roles' });
  return (
    <DetailPanel
      title={role.name}
      actions={<ActionMenu actions={ROLE_ACTIONS} things={[role]} />}
      onClose={onClose}
      isWide
    >
      <PanelTabs
        open={tab}
        onOpen={(id) =>
          void navigate({ to: '/people/roles', search: (before) => ({ ...before, tab: id }), replace: true })
        }
        tabs={[
          { id: 'overview', label: t('people:tab.overview'), content: () => <Overview role={role} /> },
          {
            id: 'access',
            label: t('whoHasIt'),
            content: () => <AccessTab subject={{ type: 'role', id: role.id, name: role.name }} />,
            isFilling: true,
          },
        ]}
      />
    </DetailPanel>
  );
}

function Overview({ role }: { role: RoleView }) {
  const { t } = useTranslation(['roles', 'people']);
  const me = useCurrentUser();
  const roles = useRoles().data ?? [];
  const inferences = useRoleInferences().data ?? [];
  const implied = inferences.find(({ prior_role }) => prior_role.id === role.id)?.implies ?? [];
  const chain = describeChain(roleChain(inferences, role.id));
  return (
    <>
      <FieldList>
        <Field label="ID">
          <CopyText value={role.id} />
        </Field>
        <Field label={t('people:description')}>{role.description || '–'}</Field>
        <Field label={t('implies')}>{chain === '' ? t('impliesNone') : `${role.name} → ${chain}`}</Field>
      </FieldList>
      <PanelHeading>{t('impliedDirectly')}</PanelHeading>
      <PickList
        label={t('pick')}
        addLabel={t('add')}
        removeLabel={(name) => t('remove', { name })}
        emptyText={t('impliesNone')}
        things={implied}
        choices={roles.filter(({ id }) => id !== role.id)}
        add={mayDo('identity:create_implied_role', me)}
        remove={mayDo('identity:delete_implied_role', me)}
        onAdd={(id) => implyRole(role.id, id)}
        onRemove={async (other) => {
          await stopImplyingRole(role.id, other.id);
          notifyWithUndo(t('removed', { role: role.name, other: other.name }), () => implyRole(role.id, other.id));
        }}
      />
    </>
  );
}
