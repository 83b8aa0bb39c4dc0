import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { UserView } from '../../../api/user.api.ts';
import { ActionMenu } from '../../../design/actions/ActionMenu.tsx';
import { CopyText } from '../../../design/CopyText.tsx';
import { DetailPanel } from '../../../design/DetailPanel.tsx';
import { Field, FieldList } from '../../../design/PageHeader.tsx';
import { PanelTabs } from '../../../design/PanelTabs.tsx';
import { StateBadge } from '../../../design/StateBadge.tsx';
import { useUser } from '../../../kernel/use-users.ts';
import { AccessTab } from '../../access/AccessTab.tsx';
import { useIdentityNames } from '../../access/hooks/use-identity-names.ts';
import { AuditTable } from '../../activity/pages/AuditTable.tsx';
import { PERSON_ACTIONS } from '../actions/person-actions.ts';
import { FederatedSignIns } from '../FederatedSignIns.tsx';
import { isFromLdap } from '../from-ldap.ts';
import { PasswordExpiry } from '../PasswordExpiry.tsx';
import { PersonGroups } from '../PersonGroups.tsx';

/** One person: what they are, what they may do and why, the groups they are in. */
export function PersonPanel({ user, onClose }: { user: UserView; onClose: () => void }) {
  const { t } = useTranslation('people');
  const navigate = useNavigate();
  const { tab } = useSearch({ from: '/frame/people' });
  return (
    <DetailPanel
      title={user.name}
      state={
        <StateBadge tone={user.enabled ? 'running' : 'stopped'} label={t(user.enabled ? 'enabled' : 'disabled')} />
      }
      actions={<ActionMenu actions={PERSON_ACTIONS} things={[user]} />}
      onClose={onClose}
      isWide
    >
      <PanelTabs
        open={tab}
        onOpen={(id) => void navigate({ to: '/people', search: (before) => ({ ...before, tab: id }), replace: true })}
        tabs={[
          { id: 'overview', label: t('tab.overview'), content: () => <Overview user={user} /> },
          {
            id: 'access',
            label: t('tab.access'),
            content: () => <AccessTab subject={{ type: 'user', id: user.id, name: user.name }} />,
            isFilling: true,
          },
          { id: 'groups', label: t('tab.groups'), content: () => <PersonGroups user={user} /> },
          {
            id: 'activity',
            label: t('tab.activity'),
            content: () => <AuditTable filter={{ userId: user.id }} isInAddress={false} />,
            isFilling: true,
          },
        ]}
      />
    </DetailPanel>
  );
}

function Overview({ user }: { user: UserView }) {
  const { t } = useTranslation('people');
  const names = useIdentityNames();
  const whole = useUser(user.id).data ?? user;
  const options = user.options ?? {};
  const yesNo = (value: boolean | null | undefined): string => t(value ? 'yes' : 'no');
  const project = user.default_project_id;
  return (
    <>
      <FieldList>
        <Field label="ID">
          <CopyText value={user.id} />
        </Field>
        <Field label={t('domain')}>{names.domain(user.domain_id) ?? <CopyText value={user.domain_id} />}</Field>
        {isFromLdap(user) && <Field label={t('source')}>{t('sourceLdap')}</Field>}
        <Field label={t('email')}>{user.email || '–'}</Field>
        <Field label={t('description')}>{user.description || '–'}</Field>
        <Field label={t('defaultProject')}>
          {project ? (names.project(project) ?? t('unknownProject')) : t('noProject')}
        </Field>
        <Field label={t('passwordExpires')}>
          <PasswordExpiry at={user.password_expires_at} />
        </Field>
        <Field label={t('option.needsSecondFactor')}>{yesNo(options.multi_factor_auth_enabled)}</Field>
        <Field label={t('option.locksPassword')}>{yesNo(options.lock_password)}</Field>
      </FieldList>
      <FederatedSignIns accounts={whole.federated ?? []} />
    </>
  );
}
