import { useQuery } from '@tanstack/react-query';
import { INTERNAL_ZONE } from '../../../../app/contract/availability-zone.ts';
import { listZones, type Zone } from '../../../api/compute.api.ts';
import { refreshOn } from '../../../api/refreshed-by.ts';
import { mayDo } from '../../../session/rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';

const KEY = ['zones'];
// Not with every report of a host: what it has room for says nothing of its zone.
refreshOn(['aggregate', 'service', 'host.create', 'host.up', 'host.away', 'host.down'], KEY);

export interface ZoneChoice {
  name: string;
  /** A launch may ask for it: not all of its hosts are closed to new machines. */
  isOpen: boolean;
  /** Hosts that are up and take machines; null for who may not see hosts. */
  up: number | null;
}

/** Zones that machines can be in, those that take new ones first. */
export function useZones(): readonly ZoneChoice[] {
  const user = useCurrentUser();
  const withHosts = mayDo('os_compute_api:os-availability-zone:detail', user).allowed;
  return (
    useQuery({
      queryKey: [...KEY, withHosts],
      queryFn: ({ signal }) => listZones(withHosts, signal),
      select: choicesOf,
      enabled: mayDo('os_compute_api:os-availability-zone:list', user).allowed,
    }).data ?? []
  );
}

export function choicesOf(zones: readonly Zone[]): ZoneChoice[] {
  return zones
    .filter(({ zoneName }) => zoneName !== INTERNAL_ZONE)
    .map(({ zoneName: name, zoneState, hosts }) => ({ name, isOpen: zoneState.available, up: hosts && upOf(hosts) }));
}

function upOf(hosts: NonNullable<Zone['hosts']>): number {
  return Object.values(hosts).filter((services) => Object.values(services).every(({ available }) => available)).length;
}
