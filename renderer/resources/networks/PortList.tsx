import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { PortView } from '../../../app/contract/openstack.ts';
import { listPorts } from '../../api/network.api.ts';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { PanelHeading } from '../../design/PanelHeading.tsx';
import { StateBadge } from '../../design/StateBadge.tsx';
import { useServers } from '../../kernel/use-servers.ts';
import { NETWORK_TONES } from './network-state.ts';
import classes from './networks.module.css';

/** The ports on a network and whose they are. */
export function PortList({ networkId }: { networkId: string }) {
  const { t } = useTranslation('networks');
  const ports = useQuery({
    queryKey: ['networks', 'ports', networkId],
    queryFn: ({ signal }) => listPorts({ network_id: networkId }, signal),
  });
  return (
    <>
      <PanelHeading>{t('ports', { count: ports.data?.length ?? 0 })}</PanelHeading>
      {ports.error && <ErrorAlert error={ports.error} onRetry={() => void ports.refetch()} />}
      {ports.data?.length === 0 && <p className="muted">{t('noPorts')}</p>}
      <ul className={classes.ports}>
        {ports.data?.map((port) => (
          <Port key={port.id} port={port} />
        ))}
      </ul>
    </>
  );
}

function Port({ port }: { port: PortView }) {
  const { t } = useTranslation('networks');
  const servers = useServers();
  const server = servers.data?.find((each) => each.id === port.device_id);
  return (
    <li className={classes.port}>
      <StateBadge tone={NETWORK_TONES[port.status]} label={t(`status.${port.status}`)} />
      {server ? (
        <Link to="/machines/$id" params={{ id: server.id }} className="truncate">
          {server.name}
        </Link>
      ) : (
        <span className="muted truncate">{port.device_owner || t('unused')}</span>
      )}
      <span className={`${classes.address} mono`}>
        {port.fixed_ips.map((address) => address.ip_address).join(', ') || '–'}
      </span>
      <span className={`${classes.mac} mono muted`}>{port.mac_address}</span>
    </li>
  );
}
