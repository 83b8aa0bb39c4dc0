import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { DomainView } from '../../../api/domain.api.ts';
import { ActionMenu } from '../../../design/actions/ActionMenu.tsx';
import { CopyText } from '../../../design/CopyText.tsx';
import { DetailPanel } from '../../../design/DetailPanel.tsx';
import { ErrorAlert } from '../../../design/ErrorAlert.tsx';
import { Field, FieldList } from '../../../design/PageHeader.tsx';
import { PanelTabs } from '../../../design/PanelTabs.tsx';
import { StateBadge } from '../../../design/StateBadge.tsx';
import { formatWhere } from '../../../design/table/table-search.ts';
import { useUsers } from '../../../kernel/use-users.ts';
import { AccessTab } from '../../access/AccessTab.tsx';
import { useGroups } from '../../groups/hooks/use-groups.ts';
import { useProjects } from '../../projects/hooks/use-projects.ts';
import { DOMAIN_ACTIONS } from '../actions/domain-actions.tsx';
import { useDomainConfig } from '../hooks/use-domains.ts';
import { LdapTab } from '../LdapTab.tsx';

/** One domain: its people and projects, who has roles on it, and what it configures for itself. */
export function DomainPanel({ domain, onClose }: { domain: DomainView; onClose: () => void }) {
  const { t } = useTranslation(['domains', 'people']);
  const navigate = useNavigate();
  const { tab } = useSearch({ from: '/frame/people/domains' });
  return (
    <DetailPanel
      title={domain.name}
      state={
        <StateBadge
          tone={domain.enabled ? 'running' : 'stopped'}
          label={t(domain.enabled ? 'people:enabled' : 'people:disabled')}
        />
      }
      actions={<ActionMenu actions={DOMAIN_ACTIONS} things={[domain]} />}
      onClose={onClose}
      isWide
    >
      <PanelTabs
        open={tab}
        onOpen={(id) =>
          void navigate({ to: '/people/domains', search: (before) => ({ ...before, tab: id }), replace: true })
        }
        tabs={[
          { id: 'overview', label: t('people:tab.overview'), content: () => <Overview domain={domain} /> },
          {
            id: 'access',
            label: t('people:tab.withAccess'),
            content: () => <AccessTab subject={{ type: 'domain', id: domain.id, name: domain.name }} />,
            isFilling: true,
          },
          { id: 'ldap', label: 'LDAP', content: () => <LdapTab domain={domain} /> },
          { id: 'config', label: t('config.title'), content: () => <Configuration domain={domain} /> },
        ]}
      />
    </DetailPanel>
  );
}

function Overview({ domain }: { domain: DomainView }) {
  const { t } = useTranslation(['domains', 'people']);
  const isIn = ({ domain_id }: { domain_id: string }): boolean => domain_id === domain.id;
  const count = (things: { domain_id: string }[] | undefined): number => things?.filter(isIn).length ?? 0;
  const people = count(useUsers().data);
  const groups = count(useGroups().data);
  const projects = count(useProjects().data);
  const search = { where: formatWhere({ domain: [domain.name] }) };
  return (
    <FieldList>
      <Field label="ID">
        <CopyText value={domain.id} />
      </Field>
      <Field label={t('people:description')}>{domain.description || '–'}</Field>
      <Field label={t('people:page.people')}>
        <Link to="/people" search={search}>
          {t('people:count', { count: people })}
        </Link>
      </Field>
      <Field label={t('people:page.groups')}>
        <Link to="/people/groups" search={search}>
          {t('groupCount', { count: groups })}
        </Link>
      </Field>
      <Field label={t('people:page.projects')}>
        <Link to="/people/projects" search={search}>
          {t('projectCount', { count: projects })}
        </Link>
      </Field>
    </FieldList>
  );
}

function Configuration({ domain }: { domain: DomainView }) {
  const { t } = useTranslation('domains');
  const config = useDomainConfig(domain.id);
  if (config.error) return <ErrorAlert error={config.error} onRetry={() => void config.refetch()} />;
  const groups = Object.entries(config.data ?? {});
  return (
    <>
      <p className="muted">{t(groups.length === 0 ? 'config.none' : 'config.text')}</p>
      {groups.map(([group, options]) => (
        <FieldList key={group}>
          {Object.entries(options).map(([option, value]) => (
            <Field key={option} label={`${group}.${option}`}>
              <span className="mono">{String(value)}</span>
            </Field>
          ))}
        </FieldList>
      ))}
    </>
  );
}
