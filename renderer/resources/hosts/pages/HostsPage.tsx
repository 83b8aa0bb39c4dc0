import { Tabs } from '@mantine/core';
import { IconCpu } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { HostView } from '../../../../app/contract/v1.ts';
import { formatBytes, GIB, MIB } from '../../../design/byte-size.ts';
import { EmptyState } from '../../../design/EmptyState.tsx';
import { TimeAgo } from '../../../design/Figures.tsx';
import { Page, PageHeader, PageNote } from '../../../design/PageHeader.tsx';
import { StateBadge } from '../../../design/StateBadge.tsx';
import type { Column } from '../../../design/table/column.ts';
import { DataTable } from '../../../design/table/DataTable.tsx';
import { formatNumber } from '../../../i18n/formatters.ts';
import { useHosts } from '../../../kernel/use-hosts.ts';
import { mayDo } from '../../../session/rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { HOST_ACTIONS } from '../actions/host-actions.ts';
import { useUnclaimed } from '../hooks/use-unclaimed.ts';
import { type Capacity, capacityOf, type HostCapacity } from '../host-capacity.ts';
import { countChecks } from '../host-check.ts';
import { describeHostState } from '../host-state.ts';
import classes from '../hosts.module.css';
import { StaleDatabase } from '../StaleDatabase.tsx';
import { UnclaimedCount } from '../UnclaimedCount.tsx';
import { UnclaimedTab } from '../UnclaimedTab.tsx';
import { HostPanel } from './HostPanel.tsx';

/** The computers that carry machines. */
export function HostsPage() {
  const { t } = useTranslation('hosts');
  const navigate = useNavigate();
  const { tab } = useSearch({ from: '/frame/hosts' });
  const maySeeUnclaimed = mayDo('v1:unclaimed:list', useCurrentUser()).allowed;
  const shown = tab === 'unclaimed' && maySeeUnclaimed ? 'unclaimed' : 'hosts';
  const unclaimed = useUnclaimed().data;
  return (
    <Page>
      <PageHeader title={t('title')} />
      {maySeeUnclaimed && (
        <Tabs
          value={shown}
          onChange={(value) =>
            void navigate({ to: '/hosts', search: value === 'unclaimed' ? { tab: 'unclaimed' } : {} })
          }
          mb={8}
        >
          <Tabs.List>
            <Tabs.Tab value="hosts">{t('title')}</Tabs.Tab>
            <Tabs.Tab value="unclaimed">
              {t('unclaimed.title')} <UnclaimedCount />
            </Tabs.Tab>
          </Tabs.List>
        </Tabs>
      )}
      {shown === 'hosts' && unclaimed?.staleDatabase && <StaleDatabase stale={unclaimed.staleDatabase} />}
      {shown === 'unclaimed' ? <UnclaimedTab /> : <HostTable />}
    </Page>
  );
}

function HostTable() {
  const { t } = useTranslation('hosts');
  const navigate = useNavigate();
  const { panel } = useSearch({ from: '/frame/hosts' });
  const hosts = useHosts();
  const shown = hosts.data?.find((host) => host.id === panel);
  const open = (id: string | undefined) =>
    void navigate({ to: '/hosts', search: (before) => ({ ...before, panel: id }) });

  const columns = useMemo<Column<HostView>[]>(() => {
    const meter = (id: keyof HostCapacity, header: string, format: (value: number) => string): Column<HostView> => ({
      id,
      header,
      value: (host) => share(capacityOf(host)?.[id]),
      cell: (host) => <Meter capacity={capacityOf(host)?.[id]} format={format} />,
      width: { min: 140, share: 1 },
      isUnsearched: true,
    });
    const checks = (host: HostView): string => {
      const { failed, warnings } = countChecks(host.facts);
      if (failed > 0) return t('failedCount', { count: failed });
      if (warnings > 0) return t('warningCount', { count: warnings });
      return host.facts ? t('state.ok') : '';
    };
    return [
      {
        id: 'name',
        header: t('name'),
        value: (host) => host.name,
        cell: (host) => (
          <Link to="/hosts" search={(before) => ({ ...before, panel: host.id })}>
            {host.name}
          </Link>
        ),
        width: { min: 128, share: 1.6 },
        isFixed: true,
      },
      {
        id: 'state',
        header: t('stateLabel'),
        value: (host) => describeHostState(host).label,
        cell: (host) => <StateBadge {...describeHostState(host)} />,
        width: 120,
        filter: {},
      },
      {
        id: 'checks',
        header: t('checks'),
        value: checks,
        cell: (host) => {
          const { failed, warnings } = countChecks(host.facts);
          return host.facts ? (
            <StateBadge tone={failed > 0 ? 'failed' : warnings > 0 ? 'warning' : 'running'} label={checks(host)} />
          ) : (
            <span className="muted">–</span>
          );
        },
        width: 112,
        filter: {},
      },
      {
        id: 'hypervisor',
        header: t('hypervisor'),
        value: (host) =>
          host.facts &&
          [...new Set([host.facts.hypervisorType, host.facts.hypervisorVersion, host.facts.accelerator])]
            .filter(Boolean)
            .join(' '),
        width: { min: 128, share: 1 },
        givesWay: 2,
      },
      { id: 'zone', header: t('zone'), value: ({ zone }) => zone, width: 96, givesWay: 3 },
      {
        id: 'machines',
        header: t('machines'),
        value: (host) => host.allocated.machines,
        width: 104,
        givesWay: 1,
        align: 'end',
        isUnsearched: true,
      },
      meter('vcpus', t('vcpus'), formatNumber),
      meter('memory', t('memory'), (mib) => formatBytes(mib * MIB)),
      meter('disk', t('disk'), (gib) => formatBytes(gib * GIB)),
      {
        id: 'seen',
        header: t('lastSeen'),
        value: (host) => host.lastSeenAt,
        cell: (host) => <TimeAgo time={host.lastSeenAt} />,
        width: 104,
        align: 'end',
        isUnsearched: true,
        isHidden: true,
      },
      {
        id: 'cpu',
        header: t('cpu'),
        value: (host) => host.facts?.cpuModel,
        width: { min: 128, share: 1 },
        isHidden: true,
      },
    ];
  }, [t]);

  return (
    <>
      <PageNote>{t('note')}</PageNote>
      <DataTable
        id="hosts"
        label={t('title')}
        columns={columns}
        rows={hosts.data}
        error={hosts.error}
        onRetry={() => void hosts.refetch()}
        countLabel={(count) => t('count', { count })}
        searchLabel={t('search')}
        defaultSort="name"
        actions={HOST_ACTIONS}
        onOpen={(host) => open(host.id)}
        empty={<EmptyState icon={<IconCpu size={32} stroke={1.5} />} title={t('none')} text={t('noneText')} />}
      />
      {shown && <HostPanel host={shown} onClose={() => open(undefined)} />}
    </>
  );
}

const share = (capacity: Capacity | undefined): number | undefined =>
  capacity && capacity.limit > 0 ? capacity.used / capacity.limit : undefined;

function Meter({ capacity, format }: { capacity: Capacity | undefined; format: (value: number) => string }) {
  if (!capacity) return <span className="muted">–</span>;
  const figures = `${format(capacity.used)} / ${format(capacity.limit)}`;
  return (
    <span className={classes.meter} title={figures}>
      <span className={classes.track}>
        <span
          className={classes.fill}
          style={{ display: 'block', width: `${Math.min(1, share(capacity) ?? 0) * 100}%` }}
        />
      </span>
      <span className={`${classes.figure} numeric truncate`}>{figures}</span>
    </span>
  );
}
