import { UserError } from '../contract/errors.ts';
import type { Database } from '../database/database.ts';
import { versionListSchema } from '../http/link.schema.ts';
import { route, type ServiceDefinition } from '../http/route.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import type { NetworkParts } from './network.parts.ts';
import { networkKind } from './network.resource.ts';
import { extensionAnswer, extensionListAnswer, resourceListAnswer } from './network.schema.ts';
import { type NetworkHosts, networkFactRoutes } from './network-facts.routes.ts';
import { networkQuotaRoutes } from './network-quota.routes.ts';
import { neutronRoutes } from './neutron.resource.ts';
import { tagRoutes } from './neutron.tags.ts';
import { portKind } from './port.resource.ts';
import { subnetKind } from './subnet.resource.ts';

/** What clients ask for before they use a feature; names and aliases as in Neutron, and only what is there. */
const EXTENSIONS = [
  ['agent', 'agent'],
  ['allowed-address-pairs', 'Allowed Address Pairs'],
  ['auto-allocated-topology', 'Auto Allocated Topology Services'],
  ['availability_zone', 'Availability Zone'],
  ['binding', 'Port Binding'],
  ['cumulet-reach', 'Reach of the machines of a network'],
  ['empty-string-filtering', 'Empty String Filtering Extension'],
  ['ip-substring-filtering', 'IP address substring filtering'],
  ['net-mtu', 'Network MTU'],
  ['net-mtu-writable', 'Network MTU (writable)'],
  ['network_availability_zone', 'Network Availability Zone'],
  ['network-ip-availability', 'Network IP Availability'],
  ['pagination', 'Pagination support'],
  ['project-id', 'project_id field enabled'],
  ['provider', 'Provider Network'],
  ['quota-check-limit', 'Quota engine limit check'],
  ['quota_details', 'Quota details management support'],
  ['quotas', 'Quota management support'],
  ['revision-if-match', 'If-Match constraints based on revision_number'],
  ['service-type', 'Neutron Service Type Management'],
  ['sorting', 'Sorting support'],
  ['standard-attr-description', 'standard-attr-description'],
  ['standard-attr-revisions', 'Resource revision numbers'],
  ['standard-attr-tag', 'Tag support for resources with standard attribute: network, subnet, port'],
  ['standard-attr-timestamp', 'Resource timestamps'],
  ['tag-ports-during-bulk-creation', 'Tag Ports During Bulk Creation'],
].map(([alias, name]) => ({ alias, name, description: name, links: [], updated: '2026-01-01T00:00:00-00:00' }));

export interface NetworkRouteParts {
  database: Database;
  parts: NetworkParts;
  quotas: QuotaService;
  hosts: NetworkHosts;
}

/** The Networking API v2.0, as far as machines have networks of their own on their hosts. */
export function networkRoutes({ database, parts, quotas, hosts }: NetworkRouteParts): ServiceDefinition {
  const { repository, networks, subnets, ports } = parts;
  const needs = { database, repository, networks };
  const kinds = {
    network: networkKind(needs),
    subnet: subnetKind({ ...needs, subnets }),
    port: portKind({ ...needs, ports, quotas, hosts }),
  };
  const versionDocument = (origin: string) => ({
    id: 'v2.0',
    status: 'CURRENT',
    links: [{ rel: 'self', href: `${origin}/network/v2.0/` }],
  });
  return {
    name: 'network',
    prefix: '/network',
    root: '/network',
    faults: 'neutron',
    routes: [
      route({
        method: 'GET',
        path: '/',
        rule: 'get_versions',
        isPublic: true,
        answer: versionListSchema,
        handler: async ({ origin }) => ({ versions: [versionDocument(origin)] }),
      }),
      route({
        method: 'GET',
        path: '/v2.0',
        rule: 'get_version',
        isPublic: true,
        answer: resourceListAnswer,
        handler: async ({ origin }) => ({
          resources: ['network', 'subnet', 'port', 'extension', 'quota', 'agent'].map((name) => ({
            name,
            collection: `${name}s`,
            links: [{ rel: 'self', href: `${origin}/network/v2.0/${name}s` }],
          })),
        }),
      }),
      route({
        method: 'GET',
        path: '/v2.0/extensions',
        rule: 'get_extensions',
        answer: extensionListAnswer,
        handler: async () => ({ extensions: EXTENSIONS }),
      }),
      route({
        method: 'GET',
        path: '/v2.0/extensions/:alias',
        rule: 'get_extension',
        answer: extensionAnswer,
        handler: async ({ params }) => {
          const extension = EXTENSIONS.find(({ alias }) => alias === params.alias);
          if (!extension) {
            const message = `Extension with alias ${params.alias.slice(0, 255)} does not exist`;
            throw new UserError('not_found', message, { fault: 'HTTPNotFound' });
          }
          return { extension };
        },
      }),
      ...neutronRoutes(kinds.network),
      ...tagRoutes(kinds.network),
      ...neutronRoutes(kinds.subnet),
      ...tagRoutes(kinds.subnet),
      ...neutronRoutes(kinds.port),
      ...tagRoutes(kinds.port),
      ...networkQuotaRoutes({ quotas }),
      ...networkFactRoutes({ parts, hosts }),
    ],
  };
}
