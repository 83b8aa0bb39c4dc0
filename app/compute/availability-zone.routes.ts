import { INTERNAL_ZONE } from '../contract/availability-zone.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { ComputeHosts, HostService } from './compute-hosts.service.ts';
import { zoneListAnswer } from './host.schema.ts';

/** `/os-availability-zone`: where hosts are, by the aggregates that say so. */
export function availabilityZoneRoutes({ hosts }: { hosts: ComputeHosts }): RouteDefinition[] {
  const path = '/os-availability-zone';
  return [
    route({
      method: 'GET',
      path,
      rule: 'os_compute_api:os-availability-zone:list',
      answer: zoneListAnswer,
      handler: async () => ({ availabilityZoneInfo: zoneViews(await hosts.zones(), () => null) }),
    }),
    route({
      method: 'GET',
      path: `${path}/detail`,
      rule: 'os_compute_api:os-availability-zone:detail',
      answer: zoneListAnswer,
      handler: async () => {
        const enabled = (await hosts.services()).filter(({ disabledReason }) => disabledReason === null);
        const zones = new Map([[INTERNAL_ZONE, true], ...(await hosts.zones())]);
        return {
          availabilityZoneInfo: zoneViews(zones, (zone) =>
            hostsView(enabled.filter((service) => service.zone === zone)),
          ),
        };
      },
    }),
  ];
}

/** Those that take new machines first, as in Nova; the others' hosts are not told. */
function zoneViews(zones: ReadonlyMap<string, boolean>, hostsOf: (zone: string) => object | null) {
  const sorted = [...zones].sort(([a], [b]) => (a < b ? -1 : 1));
  const ordered = [...sorted.filter(([, isOpen]) => isOpen), ...sorted.filter(([, isOpen]) => !isOpen)];
  return ordered.map(([zoneName, available]) => ({
    zoneName,
    zoneState: { available },
    hosts: available ? hostsOf(zoneName) : null,
  }));
}

function hostsView(services: readonly HostService[]): Record<string, Record<string, unknown>> {
  const hosts: Record<string, Record<string, unknown>> = {};
  for (const { host, binary, state, updatedAt } of services) {
    hosts[host] = { ...hosts[host], [binary]: { active: true, available: state === 'up', updated_at: updatedAt } };
  }
  return hosts;
}
