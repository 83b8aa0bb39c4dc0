import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { PortView } from '../../../app/contract/openstack.ts';
import { listPorts } from '../../api/network.api.ts';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { PanelHeading } from '../../design/PanelHeading.tsx';
import { StateBadge } from '../../design/StateBadge.tsx';
import { TagList } from '../../design/TagList.tsx';
import { useServers } from '../../kernel/use-servers.ts';
import { NETWORK_TONES } from './network-state.ts';
import classes from './networks.module.css';

/** At a time: the default network may have a port of each of ten thousand machines. */
const SHOWN = 50;

/** The ports on a network and whose they are. */
export function PortList({ networkId }: { networkId: string }) {
  const { t } = useTranslation('networks');
  const servers = useServers().data;
  const names = useMemo(() => new Map(servers?.map(({ id, name }) => [id, name])), [servers]);
  const pages = useInfiniteQuery({
    queryKey: ['networks', 'ports', networkId],
    queryFn: ({ pageParam, signal }) => listPorts({ network_id: networkId, limit: SHOWN, marker: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => (last.length < SHOWN ? undefined : last.at(-1)?.id),
  });
  const ports = pages.data?.pages.flat();
  return (
    <>
      <PanelHeading>{t(pages.hasNextPage ? 'firstPorts' : 'ports', { count: ports?.length ?? 0 })}</PanelHeading>
      {pages.error && <ErrorAlert error={pages.error} onRetry={() => void pages.refetch()} />}
      {ports?.length === 0 && <p className="muted">{t('noPorts')}</p>}
      <ul className={classes.ports}>
        {ports?.map((port) => (
          <Port key={port.id} port={port} machine={names.get(port.device_id)} />
        ))}
      </ul>
      {pages.hasNextPage && (
        <Button variant="subtle" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {t('morePorts')}
        </Button>
      )}
    </>
  );
}

function Port({ port, machine }: { port: PortView; machine: string | undefined }) {
  const { t } = useTranslation('networks');
  return (
    <li className={classes.port}>
      <StateBadge tone={NETWORK_TONES[port.status]} label={t(`status.${port.status}`)} />
      {machine === undefined ? (
        <span className="muted truncate" title={port.name}>
          {[port.name, holderOf(port, t)].filter(Boolean).join(' · ')}
        </span>
      ) : (
        <Link to="/machines/$id" params={{ id: port.device_id }} className="truncate" title={machine}>
          {machine}
        </Link>
      )}
      <span className={`${classes.address} mono`}>
        {port.fixed_ips.map((address) => address.ip_address).join(', ') || '–'}
      </span>
      <span className={`${classes.mac} mono muted`}>{port.mac_address}</span>
      {port.tags.length > 0 && (
        <span className={classes.portTags}>
          <TagList tags={port.tags} />
        </span>
      )}
    </li>
  );
}

/** Of a port that is on none of the project's machines. */
function holderOf({ device_id, device_owner }: PortView, t: (key: 'unused' | 'machineElsewhere') => string): string {
  if (device_owner.startsWith('compute:')) return t('machineElsewhere');
  return device_owner || device_id || t('unused');
}
