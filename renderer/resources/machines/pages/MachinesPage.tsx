import { Button } from '@mantine/core';
import { IconDeviceDesktop } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ServerStatus, ServerView } from '../../../../app/contract/openstack.ts';
import { EmptyState } from '../../../design/EmptyState.tsx';
import { TimeAgo } from '../../../design/Figures.tsx';
import { Page, PageHeader } from '../../../design/PageHeader.tsx';
import { StateBadge, type StateTone } from '../../../design/StateBadge.tsx';
import type { Column } from '../../../design/table/column.ts';
import { DataTable } from '../../../design/table/DataTable.tsx';
import { rowProgressOf, useSubjectTasks } from '../../tasks/SubjectTasksProvider.tsx';
import { useServers } from '../hooks/use-servers.ts';

const TONES: Record<ServerStatus, StateTone> = {
  ACTIVE: 'running',
  BUILD: 'busy',
  DELETED: 'stopped',
  ERROR: 'failed',
  HARD_REBOOT: 'busy',
  PAUSED: 'paused',
  REBOOT: 'busy',
  SHUTOFF: 'stopped',
  SUSPENDED: 'paused',
  UNKNOWN: 'warning',
};

export function MachinesPage() {
  const { t } = useTranslation('machines');
  const navigate = useNavigate();
  const servers = useServers();
  const tasks = useSubjectTasks();
  const launch = (
    <Button component={Link} to="/launch">
      {t('launch')}
    </Button>
  );
  const columns = useMemo<Column<ServerView>[]>(
    () => [
      {
        id: 'name',
        header: t('name'),
        value: (server) => server.name,
        cell: (server) => (
          <Link to="/machines/$id" params={{ id: server.id }}>
            {server.name}
          </Link>
        ),
        width: { min: 160, share: 2 },
        isFixed: true,
      },
      {
        id: 'status',
        header: t('state'),
        value: (server) => server.status,
        cell: (server) => <StateBadge tone={TONES[server.status]} label={t(`status.${server.status}`)} />,
        width: 136,
        filter: { label: (status) => t(`status.${status as ServerStatus}`) },
      },
      {
        id: 'address',
        header: t('address'),
        value: (server) =>
          Object.values(server.addresses)
            .flat()
            .map((address) => address.addr)
            .join(', '),
        width: { min: 120, share: 1 },
      },
      { id: 'flavor', header: t('size'), value: (server) => server.flavor.original_name, width: 120, filter: {} },
      {
        id: 'created',
        header: t('age'),
        value: (server) => server.created,
        cell: (server) => <TimeAgo time={server.created} />,
        width: 96,
        align: 'end',
      },
    ],
    [t],
  );
  return (
    <Page>
      <PageHeader title={t('title')} actions={launch} />
      <DataTable
        id="machines"
        label={t('title')}
        columns={columns}
        rows={servers.data}
        error={servers.error}
        onRetry={() => void servers.refetch()}
        countLabel={(count) => t('count', { count })}
        searchLabel={t('search')}
        defaultSort="-created"
        onOpen={(server) => void navigate({ to: '/machines/$id', params: { id: server.id } })}
        rowProgress={(server) => rowProgressOf(tasks.get(server.id))}
        empty={
          <EmptyState
            icon={<IconDeviceDesktop size={32} stroke={1.5} />}
            title={t('none')}
            text={t('noneText')}
            action={launch}
          />
        }
      />
    </Page>
  );
}
