import { z } from 'zod';
import { type RouteDefinition, route } from '../http/route.ts';
import { DEFAULT_ZONE, INTERNAL_ZONE } from './availability-zone.ts';
import type { HostClaims } from './collaborators.ts';
import { serviceListAnswer, zoneListAnswer } from './host.schema.ts';
import { hostNumber, hostUuid } from './host-identity.ts';
import { isoMicroseconds } from './nova-time.ts';
import { queryText } from './request-field.schema.ts';

const CONTROLLER_SERVICES = ['nova-scheduler', 'nova-conductor'];
const serviceFields = { host: queryText.optional(), binary: queryText.optional() };
const CONTROLLER_HOST = 'controller';

/** `/os-services` and `/os-availability-zone`: hosts and the controller as the services Nova would run there. */
export function hostServiceRoutes({ claims }: { claims: HostClaims }): RouteDefinition[] {
  return [
    route({
      method: 'GET',
      path: '/os-services',
      rule: 'os_compute_api:os-services:list',
      query: (version) => (version >= 75 ? z.strictObject(serviceFields) : z.object(serviceFields)),
      answer: serviceListAnswer,
      handler: async ({ query, version }) => {
        const { host, binary } = query;
        const services = (await listServices(claims)).filter(
          (service) => (!host || service.host === host) && (!binary || service.binary === binary),
        );
        return {
          services: services.map((service) => ({
            id:
              version >= 53
                ? hostUuid(`${service.binary} ${service.hostId}`)
                : hostNumber(`${service.binary} ${service.hostId}`),
            binary: service.binary,
            host: service.host,
            zone: service.zone,
            status: 'enabled',
            state: service.state,
            updated_at: service.updatedAt,
            disabled_reason: null,
            ...(version >= 11 && { forced_down: false }),
          })),
        };
      },
    }),
    route({
      method: 'GET',
      path: '/os-availability-zone',
      rule: 'os_compute_api:os-availability-zone:list',
      answer: zoneListAnswer,
      handler: async () => ({
        availabilityZoneInfo: [{ zoneName: DEFAULT_ZONE, zoneState: { available: true }, hosts: null }],
      }),
    }),
    route({
      method: 'GET',
      path: '/os-availability-zone/detail',
      rule: 'os_compute_api:os-availability-zone:detail',
      answer: zoneListAnswer,
      handler: async () => {
        const services = await listServices(claims);
        const zone = (zoneName: string) => ({
          zoneName,
          zoneState: { available: true },
          hosts: hostsOf(services, zoneName),
        });
        return { availabilityZoneInfo: [zone(INTERNAL_ZONE), zone(DEFAULT_ZONE)] };
      },
    }),
  ];
}

interface Service {
  binary: string;
  hostId: string;
  host: string;
  zone: string;
  state: 'up' | 'down';
  updatedAt: string | null;
}

async function listServices(claims: HostClaims): Promise<Service[]> {
  const now = isoMicroseconds(new Date().toISOString());
  const own = CONTROLLER_SERVICES.map((binary) => ({
    binary,
    hostId: CONTROLLER_HOST,
    host: CONTROLLER_HOST,
    zone: INTERNAL_ZONE,
    state: 'up' as const,
    updatedAt: now,
  }));
  const hosts = (await claims.listHosts()).map(({ id, name, state, lastSeenAt }) => ({
    binary: 'nova-compute',
    hostId: id,
    host: name,
    zone: DEFAULT_ZONE,
    state,
    // A connected host is seen all the time.
    updatedAt: state === 'up' ? now : lastSeenAt && isoMicroseconds(lastSeenAt),
  }));
  return [...own, ...hosts];
}

function hostsOf(services: Service[], zone: string): Record<string, Record<string, unknown>> {
  const hosts: Record<string, Record<string, unknown>> = {};
  for (const service of services.filter((candidate) => candidate.zone === zone)) {
    const held = hosts[service.host] ?? {};
    hosts[service.host] = held;
    held[service.binary] = { active: true, available: service.state === 'up', updated_at: service.updatedAt };
  }
  return hosts;
}
