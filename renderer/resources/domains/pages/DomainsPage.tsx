import { IconBuilding, IconPlus } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { createDomain, type DomainView } from '../../../api/domain.api.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { EmptyState } from '../../../design/EmptyState.tsx';
import { Page } from '../../../design/PageHeader.tsx';
import { ReasonedButton } from '../../../design/ReasonedButton.tsx';
import { StateBadge } from '../../../design/StateBadge.tsx';
import { useShortcut } from '../../../design/shortcuts.ts';
import type { Column } from '../../../design/table/column.ts';
import { mayDo } from '../../../session/rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { NamedThingDialog } from '../../people/dialogs/NamedThingDialog.tsx';
import { IdentityTable } from '../../people/IdentityTable.tsx';
import { PeopleHeader } from '../../people/PeopleHeader.tsx';
import { DOMAIN_ACTIONS, LONGEST_DOMAIN_NAME } from '../actions/domain-actions.tsx';
import { useDomains } from '../hooks/use-domains.ts';
import { DomainPanel } from './DomainPanel.tsx';

/** Separate companies or departments on one cloud, each with its own people and projects. */
export function DomainsPage() {
  const { t } = useTranslation(['domains', 'people']);
  const navigate = useNavigate();
  const { panel } = useSearch({ from: '/frame/people/domains' });
  const domains = useDomains();
  const right = mayDo('identity:create_domain', useCurrentUser());
  const shown = domains.data?.find((domain) => domain.id === panel);
  const open = (id: string | undefined) =>
    void navigate({ to: '/people/domains', search: (before) => ({ ...before, panel: id, tab: undefined }) });
  const create = (): void => {
    if (!right.allowed) return;
    openDialog((props) => (
      <NamedThingDialog
        {...props}
        title={t('createTitle')}
        submitLabel={t('people:create.submit')}
        longestName={LONGEST_DOMAIN_NAME}
        onSubmit={createDomain}
      />
    ));
  };
  useShortcut({ keys: 'N', label: t('createTitle'), group: t('people:area') }, create);

  const columns = useMemo<Column<DomainView>[]>(() => {
    const state = (domain: DomainView): string => t(domain.enabled ? 'people:enabled' : 'people:disabled');
    return [
      {
        id: 'name',
        header: t('people:name'),
        value: (domain) => domain.name,
        cell: (domain) => (
          <Link className="truncate" to="/people/domains" search={(before) => ({ ...before, panel: domain.id })}>
            {domain.name}
          </Link>
        ),
        width: { min: 160, share: 2 },
        isFixed: true,
      },
      {
        id: 'state',
        header: t('people:state'),
        value: state,
        cell: (domain) => <StateBadge tone={domain.enabled ? 'running' : 'stopped'} label={state(domain)} />,
        width: 112,
        filter: {},
      },
      {
        id: 'description',
        header: t('people:description'),
        value: (domain) => domain.description,
        width: { min: 160, share: 3 },
      },
      {
        id: 'id',
        header: 'ID',
        value: (domain) => domain.id,
        cell: (domain) => <span className="mono truncate">{domain.id}</span>,
        width: 280,
        isHidden: true,
      },
    ];
  }, [t]);
  const button = (
    <ReasonedButton verdict={right} leftSection={<IconPlus size={16} aria-hidden="true" />} onClick={create}>
      {t('create')}
    </ReasonedButton>
  );
  return (
    <Page>
      <PeopleHeader actions={button} />
      <IdentityTable
        id="domains"
        rule="identity:list_domains"
        query={domains}
        label={t('people:page.domains')}
        columns={columns}
        countLabel={(count) => t('count', { count })}
        searchLabel={t('search')}
        defaultSort="name"
        actions={DOMAIN_ACTIONS}
        onOpen={(domain) => open(domain.id)}
        empty={
          <EmptyState
            icon={<IconBuilding size={32} stroke={1.5} />}
            title={t('none')}
            text={t('noneText')}
            action={button}
          />
        }
      />
      {shown && <DomainPanel key={shown.id} domain={shown} onClose={() => open(undefined)} />}
    </Page>
  );
}
