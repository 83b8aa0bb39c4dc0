import { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import type { RouteDefinition } from '../../http/route.ts';
import type { IdentityService } from '../identity.service.ts';
import { changing, type KeystoneRoutes, keystoneOf, keystoneRoutes } from '../keystone.routes.ts';
import * as schema from './catalog.schema.ts';
import type { CatalogService } from './catalog.service.ts';
import type {
  EndpointGroupRecord,
  EndpointRecord,
  PolicyRecord,
  RegionRecord,
  ServiceRecord,
} from './catalog.tables.ts';
import { endpointFilterRoutes } from './endpoint-filter.routes.ts';
import { shownUrl } from './endpoint-url.ts';
import { policyAssociationRoutes } from './policy-association.routes.ts';

const nullable = z.string().nullable();

/** Regions, services, endpoints, their groups and filters, and stored policies. */
export function catalogRoutes(identity: IdentityService): RouteDefinition[] {
  const { catalog } = identity;
  const regions: KeystoneRoutes<RegionRecord> = {
    records: catalog.regions,
    thing: 'region',
    things: 'regions',
    filters: ['parent_region_id'],
    create: schema.regionSchema,
    update: changing(schema.regionSchema),
    shape: { parent_region_id: nullable, description: nullable },
    make: (context, sent) => catalog.createRegion(context, sent),
  };
  const services: KeystoneRoutes<ServiceRecord> = {
    records: catalog.services,
    thing: 'service',
    things: 'services',
    filters: ['type', 'name'],
    create: schema.serviceSchema,
    update: changing(schema.serviceChangeSchema),
    shape: { type: z.string(), name: z.string(), enabled: z.boolean() },
  };
  const endpoints = endpointRoutes(catalog);
  const groups: KeystoneRoutes<EndpointGroupRecord> = {
    records: catalog.endpointGroups,
    thing: 'endpoint_group',
    things: 'endpoint_groups',
    filters: ['name'],
    path: 'OS-EP-FILTER/endpoint_groups',
    create: schema.endpointGroupSchema,
    update: changing(schema.endpointGroupChangeSchema),
    shape: { name: z.string(), description: nullable, filters: z.looseObject({}) },
  };
  const policies: KeystoneRoutes<PolicyRecord> = {
    records: catalog.policies,
    thing: 'policy',
    things: 'policies',
    filters: ['type'],
    create: schema.policySchema,
    update: changing(schema.policyChangeSchema),
    shape: { type: z.string(), blob: z.unknown() },
  };
  return [
    ...keystoneRoutes(regions),
    ...keystoneRoutes(services),
    ...keystoneRoutes(endpoints),
    ...keystoneRoutes(groups),
    ...keystoneRoutes(policies),
    putRegion(catalog, regions),
    ...endpointFilterRoutes(identity, endpoints, groups),
    ...policyAssociationRoutes(catalog, endpoints, policies),
  ];
}

function endpointRoutes(catalog: CatalogService): KeystoneRoutes<EndpointRecord> {
  return {
    records: catalog.endpoints,
    thing: 'endpoint',
    things: 'endpoints',
    filters: ['interface', 'service_id', 'region_id'],
    create: schema.endpointSchema,
    update: changing(schema.endpointChangeSchema),
    shape: {
      service_id: z.string(),
      region_id: nullable,
      interface: schema.interfaceSchema,
      url: z.string(),
      enabled: z.boolean(),
      region: nullable,
    },
    prepare: (context, sent) => catalog.withRegion(context, sent),
    toView: (endpoint, origin) => ({
      ...endpoint,
      region: endpoint.region_id,
      url: shownUrl(endpoint.url, origin),
    }),
  };
}

/** `PUT /v3/regions/{region_id}` makes a region with this id; it changes none. */
function putRegion(catalog: CatalogService, regions: KeystoneRoutes<RegionRecord>): RouteDefinition {
  return keystoneOf(regions).put({
    body: schema.regionSchema,
    make: async ({ context }, id, sent) => {
      if (sent.id !== undefined && sent.id !== id) {
        throw new UserError('bad_request', `Conflicting region IDs specified: "${id}" != "${sent.id}"`, {
          field: 'region.id',
        });
      }
      return await catalog.createRegion(context, { ...sent, id });
    },
  });
}
