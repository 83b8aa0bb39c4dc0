import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { NetworkView, PortView } from '../../../app/contract/openstack.ts';
import { listPorts } from '../../api/network.api.ts';
import { ActionButton } from '../../design/actions/ActionButton.tsx';
import { ActionMenu } from '../../design/actions/ActionMenu.tsx';
import type { Action } from '../../design/actions/action.ts';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { PanelHeading } from '../../design/PanelHeading.tsx';
import { StateBadge } from '../../design/StateBadge.tsx';
import { TagList } from '../../design/TagList.tsx';
import { useServers } from '../../kernel/use-servers.ts';
import { useCurrentUser } from '../../session/use-current-user.ts';
import { addPort, portActions, portName } from './actions/port-actions.tsx';
import { NETWORK_TONES } from './network-state.ts';
import classes from './networks.module.css';

/** At a time: the default network may have a port of each of ten thousand machines. */
const SHOWN = 50;

/** The ports on a network and whose they are; first those that no machine has, which people made. */
export function PortList({ network }: { network: NetworkView }) {
  const { t } = useTranslation('networks');
  const user = useCurrentUser();
  const servers = useServers().data;
  const names = useMemo(() => new Map(servers?.map(({ id, name }) => [id, name])), [servers]);
  const actions = useMemo(() => portActions(network, user), [network, user]);
  const asked = { network_id: network.id, limit: SHOWN, sort_key: 'device_id' };
  const pages = useInfiniteQuery({
    queryKey: ['networks', 'ports', network.id],
    queryFn: ({ pageParam, signal }) => listPorts({ ...asked, marker: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => (last.length < SHOWN ? undefined : last.at(-1)?.id),
  });
  const ports = pages.data?.pages.flat();
  return (
    <>
      <PanelHeading actions={<ActionButton action={addPort} things={[network]} variant="subtle" />}>
        {t(pages.hasNextPage ? 'firstPorts' : 'ports', { count: ports?.length ?? 0 })}
      </PanelHeading>
      {pages.error && <ErrorAlert error={pages.error} onRetry={() => void pages.refetch()} />}
      {ports?.length === 0 && <p className="muted">{t('noPorts')}</p>}
      <ul className={classes.ports}>
        {ports?.map((port) => (
          <Port key={port.id} port={port} machine={names.get(port.device_id)} actions={actions} />
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

interface PortProps {
  port: PortView;
  machine: string | undefined;
  actions: readonly Action<PortView>[];
}

function Port({ port, machine, actions }: PortProps) {
  const { t } = useTranslation('networks');
  return (
    <li className={classes.port}>
      <StateBadge tone={NETWORK_TONES[port.status]} label={t(`status.${port.status}`)} />
      <div className={classes.about}>
        <div className={classes.line}>
          {machine === undefined ? (
            <span className="truncate" title={port.name}>
              {port.name || <span className="muted">{holderOf(port, t)}</span>}
            </span>
          ) : (
            <Link to="/machines/$id" params={{ id: port.device_id }} className="truncate" title={machine}>
              {machine}
            </Link>
          )}
          <span className={`${classes.address} mono`}>
            {port.fixed_ips.map((address) => address.ip_address).join(', ') || '–'}
          </span>
        </div>
        <div className={`${classes.line} muted`}>
          <span className="truncate">{machine === undefined && port.name !== '' && holderOf(port, t)}</span>
          <span className={`${classes.mac} mono`}>{port.mac_address}</span>
        </div>
        {port.description && <div className={`${classes.description} muted`}>{port.description}</div>}
        {port.tags.length > 0 && <TagList tags={port.tags} />}
      </div>
      <ActionMenu actions={actions} things={[port]} label={t('actionsOf', { name: portName(port) })} />
    </li>
  );
}

/** Of a port that is on none of the project's machines. */
function holderOf({ device_id, device_owner }: PortView, t: (key: 'unused' | 'machineElsewhere') => string): string {
  if (device_owner.startsWith('compute:')) return t('machineElsewhere');
  return device_owner || device_id || t('unused');
}
