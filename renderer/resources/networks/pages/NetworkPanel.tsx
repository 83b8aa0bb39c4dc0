import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { NetworkView, PortView } from '../../../../app/contract/openstack.ts';
import type { SubnetView } from '../../../api/network.api.ts';
import { CopyText } from '../../../design/CopyText.tsx';
import { DetailPanel } from '../../../design/DetailPanel.tsx';
import { ErrorAlert } from '../../../design/ErrorAlert.tsx';
import { Field, FieldList } from '../../../design/PageHeader.tsx';
import { StateBadge } from '../../../design/StateBadge.tsx';
import { useServers } from '../../machines/hooks/use-servers.ts';
import { GuestReach } from '../GuestReach.tsx';
import { usePorts } from '../hooks/use-networks.ts';
import { NETWORK_TONES } from '../network-state.ts';
import classes from '../networks.module.css';

export interface NetworkPanelProps {
  network: NetworkView;
  subnets: SubnetView[];
  onClose: () => void;
}

/** A network with its address ranges and the ports on it. */
export function NetworkPanel({ network, subnets, onClose }: NetworkPanelProps) {
  const { t } = useTranslation('networks');
  const ports = usePorts({ network_id: network.id });
  return (
    <DetailPanel
      title={network.name || network.id}
      state={<StateBadge tone={NETWORK_TONES[network.status]} label={t(`status.${network.status}`)} />}
      onClose={onClose}
    >
      <FieldList>
        <Field label="ID">
          <CopyText value={network.id} />
        </Field>
        <Field label={t('sharedWith')}>{t(network.shared ? 'everyone' : 'project')}</Field>
        <Field label="MTU">{network.mtu}</Field>
        {network.description && <Field label={t('description')}>{network.description}</Field>}
      </FieldList>
      <GuestReach />
      <h3 className={classes.heading}>{t('ranges')}</h3>
      {subnets.map((subnet) => (
        <FieldList key={subnet.id}>
          <Field label={subnet.name || t('range')}>
            <CopyText value={subnet.cidr} />
          </Field>
          <Field label={t('gateway')}>{subnet.gateway_ip && <CopyText value={subnet.gateway_ip} />}</Field>
          <Field label="DNS">{subnet.dns_nameservers.join(', ') || '–'}</Field>
          <Field label="DHCP">{t(subnet.enable_dhcp ? 'on' : 'off')}</Field>
        </FieldList>
      ))}
      <h3 className={classes.heading}>{t('ports', { count: ports.data?.length ?? 0 })}</h3>
      {ports.error && <ErrorAlert error={ports.error} onRetry={() => void ports.refetch()} />}
      {ports.data?.length === 0 && <p className="muted">{t('noPorts')}</p>}
      <ul className={classes.ports}>
        {ports.data?.map((port) => (
          <Port key={port.id} port={port} />
        ))}
      </ul>
    </DetailPanel>
  );
}

function Port({ port }: { port: PortView }) {
  const { t } = useTranslation('networks');
  const servers = useServers();
  const server = servers.data?.find((each) => each.id === port.device_id);
  return (
    <li className={classes.port}>
      <StateBadge tone={NETWORK_TONES[port.status]} label={t(`status.${port.status}`)} />
      <span className="mono">{port.fixed_ips.map((address) => address.ip_address).join(', ') || '–'}</span>
      <span className="mono muted">{port.mac_address}</span>
      {server ? (
        <Link to="/machines/$id" params={{ id: server.id }} className="truncate">
          {server.name}
        </Link>
      ) : (
        <span className="muted truncate">{port.device_owner || t('unused')}</span>
      )}
    </li>
  );
}
