import { IconSitemap } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { NetworkView } from '../../../../app/contract/openstack.ts';
import { EmptyState } from '../../../design/EmptyState.tsx';
import { Page, PageHeader, PageNote } from '../../../design/PageHeader.tsx';
import { StateBadge } from '../../../design/StateBadge.tsx';
import type { Column } from '../../../design/table/column.ts';
import { DataTable } from '../../../design/table/DataTable.tsx';
import { useNetworks, useSubnets } from '../hooks/use-networks.ts';
import { NETWORK_TONES } from '../network-state.ts';
import { NetworkPanel } from './NetworkPanel.tsx';

export function NetworksPage() {
  const { t } = useTranslation('networks');
  const navigate = useNavigate();
  const { panel } = useSearch({ from: '/frame/networks' });
  const networks = useNetworks();
  const subnets = useSubnets();
  const shown = networks.data?.find((network) => network.id === panel);
  const open = (id: string | undefined) =>
    void navigate({ to: '/networks', search: (before) => ({ ...before, panel: id }) });

  const columns = useMemo<Column<NetworkView>[]>(() => {
    const cidrs = (network: NetworkView): string =>
      (subnets.data ?? [])
        .filter((subnet) => subnet.network_id === network.id)
        .map((subnet) => subnet.cidr)
        .join(', ');
    return [
      {
        id: 'name',
        header: t('name'),
        value: (network) => network.name,
        cell: (network) => (
          <Link to="/networks" search={(before) => ({ ...before, panel: network.id })}>
            {network.name || network.id}
          </Link>
        ),
        width: { min: 160, share: 2 },
        isFixed: true,
      },
      {
        id: 'status',
        header: t('state'),
        value: (network) => t(`status.${network.status}`),
        cell: (network) => <StateBadge tone={NETWORK_TONES[network.status]} label={t(`status.${network.status}`)} />,
        width: 120,
        filter: {},
      },
      {
        id: 'cidr',
        header: t('ranges'),
        value: cidrs,
        cell: (network) => <span className="mono truncate">{cidrs(network) || '–'}</span>,
        width: { min: 160, share: 2 },
      },
      {
        id: 'shared',
        header: t('sharedWith'),
        value: (network) => t(network.shared ? 'everyone' : 'project'),
        width: 140,
      },
      { id: 'mtu', header: 'MTU', value: (network) => network.mtu, width: 80, align: 'end' },
      {
        id: 'id',
        header: 'ID',
        value: (network) => network.id,
        cell: (network) => <span className="mono truncate">{network.id}</span>,
        width: 280,
        isHidden: true,
      },
    ];
  }, [t, subnets.data]);

  return (
    <Page>
      <PageHeader title={t('title')} />
      <PageNote>{t('readOnly')}</PageNote>
      <DataTable
        id="networks"
        label={t('title')}
        columns={columns}
        rows={networks.data}
        error={networks.error}
        onRetry={() => void networks.refetch()}
        countLabel={(count) => t('count', { count })}
        searchLabel={t('search')}
        defaultSort="name"
        onOpen={(network) => open(network.id)}
        empty={<EmptyState icon={<IconSitemap size={32} stroke={1.5} />} title={t('none')} text={t('noneText')} />}
      />
      {shown && (
        <NetworkPanel
          network={shown}
          subnets={(subnets.data ?? []).filter((subnet) => subnet.network_id === shown.id)}
          onClose={() => open(undefined)}
        />
      )}
    </Page>
  );
}
