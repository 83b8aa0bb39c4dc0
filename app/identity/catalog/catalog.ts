import { createHash } from 'node:crypto';
import type { CatalogService } from '../../contract/openstack.ts';

export const REGION = 'RegionOne';
const INTERFACES = ['public', 'internal', 'admin'] as const;

interface Service {
  type: string;
  description: string;
  /** Below the one origin. Unversioned where clients find the version by discovery. */
  path: string;
}

/** The services there are. All listen on one origin, so an endpoint's address follows from the caller's request. */
const SERVICES: readonly Service[] = [
  { type: 'identity', description: 'Users, projects and tokens', path: '/identity' },
  { type: 'compute', description: 'Machines', path: '/compute/v2.1' },
  { type: 'image', description: 'Images', path: '/image' },
  { type: 'network', description: 'Networks', path: '/network' },
];

/** The catalogue as tokens carry it, for a client that came by `origin`. */
export function serviceCatalog(origin: string): CatalogService[] {
  return SERVICES.map((service) => ({
    id: stableId(service.type),
    type: service.type,
    name: service.type,
    endpoints: INTERFACES.map((name) => ({
      id: stableId(service.type, name),
      interface: name,
      region: REGION,
      region_id: REGION,
      url: origin + service.path,
    })),
  }));
}

export interface ServiceView {
  id: string;
  type: string;
  name: string;
  description: string;
  enabled: boolean;
  links: { self: string };
}

export function listServices(origin: string): ServiceView[] {
  return SERVICES.map(({ type, description }) => {
    const id = stableId(type);
    const links = { self: `${origin}/identity/v3/services/${id}` };
    return { id, type, name: type, description, enabled: true, links };
  });
}

export interface EndpointView {
  id: string;
  interface: string;
  region: string;
  region_id: string;
  service_id: string;
  url: string;
  enabled: boolean;
  links: { self: string };
}

export function listEndpoints(origin: string): EndpointView[] {
  return serviceCatalog(origin).flatMap((service) =>
    service.endpoints.map((endpoint) => ({
      ...endpoint,
      service_id: service.id,
      enabled: true,
      links: { self: `${origin}/identity/v3/endpoints/${endpoint.id}` },
    })),
  );
}

export function listRegions(origin: string) {
  const links = { self: `${origin}/identity/v3/regions/${REGION}` };
  return [{ id: REGION, description: '', parent_region_id: null, links }];
}

/** The same in every cloud and after every start: clients may keep ids. */
function stableId(...parts: string[]): string {
  return createHash('sha256')
    .update(`cumulet/${parts.join('/')}`)
    .digest('hex')
    .slice(0, 32);
}
