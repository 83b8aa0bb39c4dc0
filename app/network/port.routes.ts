import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import type { Database } from '../database/database.ts';
import { type ApiRequest, type RouteDefinition, route } from '../http/route.ts';
import { mapInTurns } from '../pattern/turns.ts';
import { requireProject } from '../policy/authorization.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import { all, collectionQuery, selectFromCollection, urlOf, withFields } from './collection.ts';
import { portSchema, portsAnswer } from './network.schema.ts';
import type { NetworkService } from './network.service.ts';
import { portTarget } from './network.target.ts';
import { portView } from './network.view.ts';
import { type PortService, visibleTo } from './port.service.ts';

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

export interface PortRouteParts {
  database: Database;
  networks: NetworkService;
  ports: PortService;
  hostName: (hostId: string) => string;
  quotas: QuotaService;
}

/** `/v2.0/ports` */
export function portRoutes({ database, networks, ports, quotas, hostName }: PortRouteParts): RouteDefinition[] {
  const target = async ({ context, params }: Pick<ApiRequest<unknown, unknown>, 'context' | 'params'>) => {
    const [port] = await ports.list({ ids: [params.id ?? ''], visibleTo: visibleTo(context) });
    return portTarget(port, port && (await networks.findNetwork(context, port.network_id)));
  };
  return [
    route({
      method: 'GET',
      path: '/v2.0/ports',
      rule: 'get_port',
      query: collectionQuery,
      answer: portsAnswer,
      selectsFields: true,
      handler: async ({ context, query, origin, raw, allows }) => {
        const list = await ports.list({
          ids: filterOf(query.id),
          deviceIds: filterOf(query.device_id),
          networkIds: filterOf(query.network_id),
          macAddresses: filterOf(query.mac_address)?.map((mac) => mac.toLowerCase()),
          visibleTo: visibleTo(context),
        });
        const { mac_address: _mac, ...rest } = query;
        const views = await mapInTurns(list, (port) => portView(port, allows, hostName));
        return selectFromCollection(views, rest, 'ports', urlOf(origin, raw));
      },
    }),
    route({
      method: 'GET',
      path: '/v2.0/ports/:id',
      rule: 'get_port',
      target,
      query: collectionQuery,
      answer: z.strictObject({ port: portSchema }),
      selectsFields: true,
      handler: async ({ context, params, query, allows }) => {
        const port = await ports.find(context, params.id ?? '');
        return { port: withFields(portView(port, allows, hostName), query) };
      },
    }),
    route({
      method: 'POST',
      path: '/v2.0/ports',
      rule: 'create_port',
      target: async ({ context, body: { port } }) => {
        const network = await networks.findNetwork(context, port.network_id);
        if (!network) throw noNetwork(port.network_id);
        const project_id = projectOf(port) ?? context.projectId ?? '';
        return portTarget({ project_id, device_owner: port.device_owner ?? '' }, network);
      },
      body: createPort,
      status: 201,
      answer: z.strictObject({ port: portSchema }),
      handler: async ({ context, body: { port }, allows, enforce }) => {
        const own = requireProject(context);
        const projectId = projectOf(port) ?? own;
        if (projectId !== own && !context.isAdmin) {
          throw new UserError(
            'bad_request',
            "Specifying 'project_id' or 'tenant_id' other than authenticated project in request requires admin privileges",
            { field: 'port.project_id' },
          );
        }
        const made = await database.transaction(async (trx) => {
          const network = await networks.findNetwork(context, port.network_id, trx);
          if (!network) throw noNetwork(port.network_id);
          const target = portTarget({ project_id: projectId, device_owner: port.device_owner ?? '' }, network);
          for (const attribute of attributesOf(port)) enforce(`create_port:${attribute}`, target);
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
        return { port: portView(made, allows, hostName) };
      },
    }),
    route({
      method: 'PUT',
      path: '/v2.0/ports/:id',
      rule: 'update_port',
      target,
      body: updatePort,
      answer: z.strictObject({ port: portSchema }),
      handler: async (request) => {
        const { context, params, body, allows, enforce } = request;
        const asked = attributesOf(body.port);
        if (asked.length > 0) {
          await ports.find(context, params.id ?? '');
          const about = await target(request);
          for (const attribute of asked) enforce(`update_port:${attribute}`, about);
        }
        return { port: portView(await ports.update(context, params.id ?? '', body.port), allows, hostName) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/v2.0/ports/:id',
      rule: 'delete_port',
      target,
      handler: async ({ context, params }) => {
        await ports.delete(context, params.id ?? '');
      },
    }),
  ];
}

interface AskedPort extends z.infer<typeof updatePort.shape.port> {
  mac_address?: string | undefined;
  fixed_ips?: z.infer<typeof fixedIps> | undefined;
}

function noNetwork(id: string): UserError {
  return new UserError('not_found', `Network ${id} could not be found.`);
}

function projectOf({ project_id, tenant_id }: { project_id?: string | undefined; tenant_id?: string | undefined }) {
  return project_id ?? tenant_id;
}

/** Attributes with a rule of their own, of those a request gives. */
function attributesOf({ device_id, device_owner, mac_address, fixed_ips }: AskedPort): string[] {
  return [
    device_id !== undefined && 'device_id',
    device_owner !== undefined && 'device_owner',
    mac_address !== undefined && 'mac_address',
    fixed_ips !== undefined && 'fixed_ips',
    fixed_ips?.some(({ ip_address }) => ip_address !== undefined) && 'fixed_ips:ip_address',
    fixed_ips?.some(({ subnet_id }) => subnet_id !== undefined) && 'fixed_ips:subnet_id',
  ].filter((name) => typeof name === 'string');
}

function filterOf(value: string | string[] | undefined): string[] | undefined {
  return value === undefined ? undefined : all(value);
}
