import { z } from 'zod';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { Database } from '../database/database.ts';
import { requireProject } from '../http/authorization.ts';
import { versionListSchema } from '../http/link.schema.ts';
import { route, type ServiceDefinition } from '../http/route.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import { all, type CollectionQuery, selectFromCollection, withFields } from './collection.ts';
import {
  extensionAnswer,
  extensionListAnswer,
  networkSchema,
  networksAnswer,
  portSchema,
  portsAnswer,
  quotaAnswer,
  resourceListAnswer,
  subnetSchema,
  subnetsAnswer,
} from './network.schema.ts';
import type { NetworkService } from './network.service.ts';
import { networkView, portView, subnetView } from './network.view.ts';
import { type PortService, visibleTo } from './port.service.ts';

const collectionQuery = z.record(z.string(), z.union([z.string(), z.array(z.string())])) as z.ZodType<CollectionQuery>;
const text = z.string().max(255);
const fixedIps = z
  .array(
    z
      .strictObject({
        subnet_id: z.uuid().optional(),
        ip_address: z.ipv4('Not an IPv4 address').optional(),
      })
      .refine(({ subnet_id, ip_address }) => subnet_id ?? ip_address, 'Needs subnet_id or ip_address')
      .meta({ minProperties: 1 }),
  )
  .max(16);
const portBody = {
  name: text.optional(),
  description: text.optional(),
  admin_state_up: z.boolean().optional(),
  device_id: text.optional(),
  device_owner: text.optional(),
};
const createPort = z.strictObject({
  port: z.strictObject({
    ...portBody,
    network_id: z.uuid(),
    mac_address: z
      .string()
      .regex(/^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/i, 'Not a unicast MAC address')
      .optional(),
    fixed_ips: fixedIps.optional(),
    project_id: text.optional(),
    tenant_id: text.optional(),
  }),
});
const updatePort = z.strictObject({ port: z.strictObject(portBody) });

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

export interface NetworkRouteParts {
  database: Database;
  networks: NetworkService;
  ports: PortService;
  quotas: QuotaService;
}

/** The Networking API v2.0, as far as one default network needs it. */
export function networkRoutes({ database, networks, ports, quotas }: NetworkRouteParts): ServiceDefinition {
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
        handler: async ({ context, params }) => {
          if (!context.isAdmin && params.projectId !== context.projectId) {
            throw new UserError('not_found', 'The resource could not be found.');
          }
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
        handler: async ({ context, query, origin, raw }) => {
          const list = await networks.listNetworks(context);
          const views = list.map(({ network, subnetIds }) => networkView(network, subnetIds, context.isAdmin));
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
        handler: async ({ context, params, query }) => {
          const found = (await networks.listNetworks(context)).find(({ network }) => network.id === params.id);
          if (!found) throw new UserError('not_found', `Network ${params.id} could not be found.`);
          return { network: withFields(networkView(found.network, found.subnetIds, context.isAdmin), query) };
        },
      }),
      route({
        method: 'GET',
        path: '/v2.0/subnets',
        rule: 'get_subnet',
        query: collectionQuery,
        answer: subnetsAnswer,
        selectsFields: true,
        handler: async ({ context, query, origin, raw }) => {
          const views = (await networks.listSubnets(context)).map(subnetView);
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
        handler: async ({ context, params, query }) => {
          const subnet = (await networks.listSubnets(context)).find(({ id }) => id === params.id);
          if (!subnet) throw new UserError('not_found', `Subnet ${params.id} could not be found.`);
          return { subnet: withFields(subnetView(subnet), query) };
        },
      }),
      route({
        method: 'GET',
        path: '/v2.0/ports',
        rule: 'get_port',
        query: collectionQuery,
        answer: portsAnswer,
        selectsFields: true,
        handler: async ({ context, query, origin, raw }) => {
          const list = await ports.list({
            ids: filterOf(query.id),
            deviceIds: filterOf(query.device_id),
            networkIds: filterOf(query.network_id),
            macAddresses: filterOf(query.mac_address)?.map((mac) => mac.toLowerCase()),
            visibleTo: visibleTo(context),
          });
          const { mac_address: _mac, ...rest } = query;
          const views = list.map((port) => portView(port, context.isAdmin));
          return selectFromCollection(views, rest, 'ports', urlOf(origin, raw));
        },
      }),
      route({
        method: 'GET',
        path: '/v2.0/ports/:id',
        rule: 'get_port',
        query: collectionQuery,
        answer: z.strictObject({ port: portSchema }),
        selectsFields: true,
        handler: async ({ context, params, query }) => {
          const port = await ports.find(context, params.id ?? '');
          return { port: withFields(portView(port, context.isAdmin), query) };
        },
      }),
      route({
        method: 'POST',
        path: '/v2.0/ports',
        rule: 'create_port',
        body: createPort,
        status: 201,
        answer: z.strictObject({ port: portSchema }),
        handler: async ({ context, body: { port } }) => {
          const own = requireProject(context);
          assertDevice(context, port);
          const projectId = port.project_id ?? port.tenant_id ?? own;
          if (projectId !== own && !context.isAdmin) {
            throw new UserError(
              'forbidden',
              'Specifying project_id different from the authenticated project in request requires admin privileges.',
              {
                field: 'port.project_id',
              },
            );
          }
          const made = await database.transaction(async (trx) => {
            const network = await networks.findNetwork(context, port.network_id, trx);
            if (!network) throw new UserError('not_found', `Network ${port.network_id} could not be found.`);
            await quotas.check(trx, projectId, { ports: 1 });
            return await ports.create(trx, context, {
              network,
              projectId,
              name: port.name,
              description: port.description,
              macAddress: port.mac_address,
              fixedIps: port.fixed_ips?.map(({ subnet_id, ip_address }) => ({
                subnetId: subnet_id,
                ipAddress: ip_address,
              })),
              deviceId: port.device_id,
              deviceOwner: port.device_owner,
              adminStateUp: port.admin_state_up,
            });
          });
          return { port: portView(made, context.isAdmin) };
        },
      }),
      route({
        method: 'PUT',
        path: '/v2.0/ports/:id',
        rule: 'update_port',
        body: updatePort,
        answer: z.strictObject({ port: portSchema }),
        handler: async ({ context, params, body: { port } }) => {
          assertDevice(context, port);
          const { admin_state_up: up, ...texts } = port;
          const changes = { ...texts, ...(up === undefined ? {} : { admin_state_up: up ? 1 : 0 }) };
          return { port: portView(await ports.update(context, params.id ?? '', changes), context.isAdmin) };
        },
      }),
      route({
        method: 'DELETE',
        path: '/v2.0/ports/:id',
        rule: 'delete_port',
        handler: async ({ context, params }) => {
          await ports.delete(context, params.id ?? '');
        },
      }),
    ],
  };
}

/** Which machine a port is on is compute's to say: a tenant could name another's. */
function assertDevice(
  context: Context,
  port: { device_id?: string | undefined; device_owner?: string | undefined },
): void {
  if (context.isAdmin || (port.device_id === undefined && port.device_owner === undefined)) return;
  throw new UserError('forbidden', 'Setting device_id or device_owner is left to the Compute service.', {
    hint: 'Name the port when you launch the machine.',
    field: 'port.device_id',
  });
}

function filterOf(value: string | string[] | undefined): string[] | undefined {
  return value === undefined ? undefined : all(value);
}

/** The collection's own address: what stands before the path in the request line does not count. */
function urlOf(origin: string, raw: { url: string }): string {
  const { pathname, search } = new URL(raw.url, origin);
  return origin + pathname + search;
}
