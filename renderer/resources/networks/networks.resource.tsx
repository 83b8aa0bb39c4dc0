import { IconPlus, IconSitemap } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { NetworkView } from '../../../app/contract/openstack.ts';
import { getNetwork, listNetworks } from '../../api/network.api.ts';
import { CopyText } from '../../design/CopyText.tsx';
import { Field, FieldList } from '../../design/PageHeader.tsx';
import { StateBadge } from '../../design/StateBadge.tsx';
import { TagList } from '../../design/TagList.tsx';
import type { Column } from '../../design/table/column.ts';
import type { Area } from '../../i18n/texts.ts';
import { defineResource } from '../../kernel/resource.ts';
import { NETWORK_ACTIONS } from './actions/network-actions.tsx';
import { NetworkDialog } from './dialogs/NetworkDialog.tsx';
import { GuestReach } from './GuestReach.tsx';
import { NETWORK_TONES } from './network-state.ts';
import { PortList } from './PortList.tsx';
import { SubnetList } from './SubnetList.tsx';
import { useOpenTo } from './use-open-to.ts';
import { useSubnetsByNetwork } from './use-subnets.ts';

declare module '../../i18n/texts.ts' {
  interface Texts {
    networks: Area<typeof import('../../../assets/locales/en/networks.json')>;
  }
}

export const networks = defineResource<NetworkView>({
  name: 'networks',
  icon: IconSitemap,
  rule: 'get_network',
  place: { group: 'compute', order: 50 },
  api: { page: listNetworks, show: getNetwork, sorts: { name: 'name' } },
  // Ports come and go with machines.
  events: ['network', 'subnet', 'port', 'compute.instance.create', 'compute.instance.delete'],
  label: ({ name, id }) => name || id,
  // Beside a panel in a small window the ranges stay.
  labelWidth: 128,
  columns: useNetworkColumns,
  search: true,
  state: NetworkState,
  panel: NetworkPanel,
  actions: NETWORK_ACTIONS,
  create: [{ id: 'create', icon: IconPlus, rule: 'create_network', dialog: NetworkDialog }],
});

function NetworkState({ thing: { status } }: { thing: NetworkView }) {
  const { t } = useTranslation('networks');
  return <StateBadge tone={NETWORK_TONES[status]} label={t(`status.${status}`)} />;
}

function useNetworkColumns(): readonly Column<NetworkView>[] {
  const { t } = useTranslation('networks');
  const subnets = useSubnetsByNetwork();
  const openTo = useOpenTo();
  return useMemo(() => {
    const cidrs = ({ id }: NetworkView): string => (subnets?.get(id) ?? []).map(({ cidr }) => cidr).join(', ');
    return [
      {
        id: 'status',
        header: t('state'),
        value: ({ status }) => t(`status.${status}`),
        cell: (network) => <NetworkState thing={network} />,
        width: 96,
        filter: {},
      },
      {
        id: 'cidr',
        header: t('ranges'),
        value: cidrs,
        cell: (network) => <span className="mono truncate">{cidrs(network) || '–'}</span>,
        width: { min: 136, share: 2 },
      },
      {
        id: 'shared',
        header: t('sharedWith'),
        value: openTo,
        width: 140,
      },
      {
        id: 'tags',
        header: t('tags'),
        value: ({ tags }) => tags.join(', '),
        cell: ({ tags }) => <TagList tags={tags} isOneLine />,
        width: { min: 120, share: 1 },
        givesWay: 1,
        isHidden: true,
      },
      { id: 'mtu', header: 'MTU', value: ({ mtu }) => mtu, cell: ({ mtu }) => mtu, width: 80, align: 'end' },
      {
        id: 'id',
        header: 'ID',
        value: ({ id }) => id,
        cell: ({ id }) => <span className="mono truncate">{id}</span>,
        width: 280,
        isHidden: true,
      },
    ];
  }, [t, subnets, openTo]);
}

/** A network with its address ranges and the ports on it. */
function NetworkPanel({ thing: network }: { thing: NetworkView }) {
  const { t } = useTranslation('networks');
  const openTo = useOpenTo();
  return (
    <>
      <FieldList>
        <Field label="ID">
          <CopyText value={network.id} />
        </Field>
        <Field label={t('sharedWith')}>{openTo(network)}</Field>
        <Field label="MTU">{network.mtu}</Field>
        {network.description && <Field label={t('description')}>{network.description}</Field>}
        {network.tags.length > 0 && (
          <Field label={t('tags')}>
            <TagList tags={network.tags} />
          </Field>
        )}
      </FieldList>
      <GuestReach />
      <SubnetList network={network} />
      <PortList network={network} />
    </>
  );
}
