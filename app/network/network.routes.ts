import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { versionListSchema } from '../http/link.schema.ts';
import { route, type ServiceDefinition } from '../http/route.ts';
import { collectionQuery, selectFromCollection, urlOf, withFields } from './collection.ts';
import {
  extensionAnswer,
  extensionListAnswer,
  networkSchema,
  networksAnswer,
  quotaAnswer,
  resourceListAnswer,
  subnetSchema,
  subnetsAnswer,
} from './network.schema.ts';
import { networkTarget, subnetTarget } from './network.target.ts';
import { networkView, subnetView } from './network.view.ts';
import { type PortRouteParts, portRoutes } from './port.routes.ts';

/** What clients ask for before they use a feature; names and aliases as in Neutron. */
const EXTENSIONS = [
  ['binding', 'Port Binding'],
  ['default-subnetpools', 'Default Subnetpools'],
  ['net-mtu', 'Network MTU'],
  ['pagination', 'Pagination support'],
  ['project-id', 'project_id field enabled'],
  ['provider', 'Provider Network'],
  ['sorting', 'Sorting support'],
].map(([alias, name]) => ({ alias, name, description: name, links: [], updated: '2026-01-01T00:00:00-00:00' }));

/** The Networking API v2.0, as far as one default network needs it. */
export function networkRoutes(parts: PortRouteParts): ServiceDefinition {
  const { networks, quotas } = parts;
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
          resources: ['network', 'subnet', 'port', 'extension'].map((name) => ({
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
          if (!extension) throw new UserError('not_found', 'The resource could not be found.');
          return { extension };
        },
      }),
      route({
        method: 'GET',
        path: '/v2.0/quotas/:projectId',
        rule: 'get_quota',
        answer: quotaAnswer,
        target: async ({ params }) => ({ project_id: params.projectId }),
        handler: async ({ params }) => {
          const { ports: port } = await quotas.limits(params.projectId ?? '');
          // Networks and subnets are made by the cloud alone: there is nothing to limit.
          return { quota: { network: -1, subnet: -1, port } };
        },
      }),
      route({
        method: 'GET',
        path: '/v2.0/networks',
        rule: 'get_network',
        query: collectionQuery,
        answer: networksAnswer,
        selectsFields: true,
        handler: async ({ context, query, origin, raw, allows }) => {
          const list = await networks.listNetworks(context);
          const views = list
            .filter(({ network }) => allows('get_network', networkTarget(network)))
            .map(({ network, subnetIds }) => networkView(network, subnetIds, allows));
          return selectFromCollection(views, query, 'networks', urlOf(origin, raw));
        },
      }),
      route({
        method: 'GET',
        path: '/v2.0/networks/:id',
        rule: 'get_network',
        query: collectionQuery,
        answer: z.strictObject({ network: networkSchema }),
        selectsFields: true,
        target: async ({ context, params }) => networkTarget(await networks.findNetwork(context, params.id ?? '')),
        handler: async ({ context, params, query, allows }) => {
          const found = (await networks.listNetworks(context)).find(({ network }) => network.id === params.id);
          if (!found) throw new UserError('not_found', `Network ${params.id} could not be found.`);
          return { network: withFields(networkView(found.network, found.subnetIds, allows), query) };
        },
      }),
      route({
        method: 'GET',
        path: '/v2.0/subnets',
        rule: 'get_subnet',
        query: collectionQuery,
        answer: subnetsAnswer,
        selectsFields: true,
        handler: async ({ context, query, origin, raw, allows }) => {
          const list = await Promise.all(
            (await networks.listSubnets(context)).map(async (subnet) => ({
              subnet,
              target: subnetTarget(subnet, await networks.findNetwork(context, subnet.network_id)),
            })),
          );
          const views = list
            .filter(({ target }) => allows('get_subnet', target))
            .map(({ subnet }) => subnetView(subnet));
          return selectFromCollection(views, query, 'subnets', urlOf(origin, raw));
        },
      }),
      route({
        method: 'GET',
        path: '/v2.0/subnets/:id',
        rule: 'get_subnet',
        query: collectionQuery,
        answer: z.strictObject({ subnet: subnetSchema }),
        selectsFields: true,
        target: async ({ context, params }) => {
          const subnet = (await networks.listSubnets(context)).find(({ id }) => id === params.id);
          return subnetTarget(subnet, subnet && (await networks.findNetwork(context, subnet.network_id)));
        },
        handler: async ({ context, params, query }) => {
          const subnet = (await networks.listSubnets(context)).find(({ id }) => id === params.id);
          if (!subnet) throw new UserError('not_found', `Subnet ${params.id} could not be found.`);
          return { subnet: withFields(subnetView(subnet), query) };
        },
      }),
      ...portRoutes(parts),
    ],
  };
}
