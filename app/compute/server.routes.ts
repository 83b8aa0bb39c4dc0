import { z } from 'zod';
import type { Microversion } from '../http/microversion.ts';
import { type ApiRequest, paramOf, type RouteDefinition, route } from '../http/route.ts';
import type { HostClaims, MachineNetworks } from './collaborators.ts';
import { nextLinks } from './collection-page.ts';
import type { HostOrders } from './host-orders.ts';
import {
  accessIpv4Field,
  accessIpv6Field,
  descriptionField,
  diskConfigField,
  fqdnField,
  hostnameField,
  nameField,
} from './request-field.schema.ts';
import type { ServerChanges } from './server.repository.ts';
import {
  createdServerAnswer,
  serverAnswer,
  serverDetailAnswer,
  serverListAnswer,
  updatedServerAnswer,
} from './server.schema.ts';
import type { ServerService } from './server.service.ts';
import type { ServerRecord } from './server.tables.ts';
import { basicView, detailView, serverLinks, showView, updateView, viewFrame } from './server.view.ts';
import { createBodySchema, parseCreate } from './server-create.schema.ts';
import type { ServerCreateService } from './server-create.service.ts';
import type { ServerDeletionService } from './server-deletion.service.ts';
import { parseServerList, queryValues } from './server-list.query.ts';
import type { ServerListRepository } from './server-list.repository.ts';

export interface ServerRouteParts {
  server: ServerService;
  deletion: ServerDeletionService;
  create: ServerCreateService;
  list: ServerListRepository;
  networks: MachineNetworks;
  orders: HostOrders;
  claims: HostClaims;
}

const updateFields = {
  name: nameField.optional(),
  'OS-DCF:diskConfig': diskConfigField.optional(),
  accessIPv4: accessIpv4Field.optional(),
  accessIPv6: accessIpv6Field.optional(),
};
const anyUpdate = z.strictObject({
  ...updateFields,
  description: descriptionField.optional(),
  hostname: fqdnField.optional(),
});
interface UpdateBody {
  server: z.infer<typeof anyUpdate>;
}

function updateSchema(version: Microversion): z.ZodType<UpdateBody> {
  const server = z.strictObject({
    ...updateFields,
    ...(version >= 19 && { description: descriptionField.optional() }),
    ...(version >= 90 && { hostname: version >= 94 ? fqdnField.optional() : hostnameField.optional() }),
  });
  return z.strictObject({ server }) as unknown as z.ZodType<UpdateBody>;
}

type AnyRequest = Pick<ApiRequest<unknown, unknown>, 'context' | 'origin' | 'version' | 'allows' | 'enforce'>;

/** `/servers`: launching, finding, changing, deleting. */
export function serverRoutes(parts: ServerRouteParts): RouteDefinition[] {
  const frameOf = (request: AnyRequest) => viewFrame(parts, request);
  const addressesOf = async (server: ServerRecord) =>
    (await parts.networks.addressesOf([server.id])).get(server.id) ?? {};

  const find = async (request: AnyRequest & { query: z.infer<typeof queryValues> }, url: string) => {
    const verb = url.endsWith('/detail') ? 'detail' : 'index';
    const asked = parseServerList(request.context, request.query, request.version, {
      allFilters: request.allows('os_compute_api:servers:allow_all_filters'),
      hostIdOf: (name) => parts.claims.idOf(name) ?? name,
      zones: () => new Map(parts.claims.ids().map((id) => [id, parts.claims.zoneOf(id)])),
      requireAllTenants: () => request.enforce(`os_compute_api:servers:${verb}:get_all_tenants`),
    });
    const servers = await parts.list.page(asked.filter, asked.sort, asked, (ids) => plainAddressesOf(parts, ids));
    return { servers, links: nextLinks(`${request.origin}${url}`, request.query, servers, asked.limit) };
  };

  return [
    route({
      method: 'GET',
      path: '/servers',
      rule: 'os_compute_api:servers:index',
      query: queryValues,
      answer: serverListAnswer,
      handler: async (request) => {
        const { servers, links } = await find(request, '/compute/v2.1/servers');
        const frame = frameOf(request);
        return { servers: servers.map((server) => basicView(frame, server)), ...(links && { servers_links: links }) };
      },
    }),
    route({
      method: 'GET',
      path: '/servers/detail',
      rule: 'os_compute_api:servers:detail',
      query: queryValues,
      answer: serverDetailAnswer,
      handler: async (request) => {
        const { servers, links } = await find(request, '/compute/v2.1/servers/detail');
        const addresses = await parts.networks.addressesOf(servers.map(({ id }) => id));
        const frame = frameOf(request);
        return {
          servers: servers.map((server) => detailView(frame, server, addresses.get(server.id) ?? {})),
          ...(links && { servers_links: links }),
        };
      },
    }),
    route({
      method: 'POST',
      path: '/servers',
      rule: 'os_compute_api:servers:create',
      status: 202,
      body: createBodySchema,
      answer: createdServerAnswer,
      handler: async (request) => {
        const asked = parseCreate(request.body);
        if (asked.host?.field === 'availability_zone') request.enforce('os_compute_api:servers:create:forced_host');
        else if (asked.host) request.enforce('compute:servers:create:requested_destination');
        if (asked.disks !== null) request.enforce('os_compute_api:servers:create:attach_volume');
        const { servers, adminPass } = await parts.create.create(request.context, asked);
        const [first] = servers;
        if (!first || asked.returnReservationId) return { reservation_id: first?.reservationId ?? '' };
        const links = serverLinks(request.origin, first.id);
        request.reply.header('location', links[0]?.href ?? '');
        return {
          server: {
            id: first.id,
            links,
            'OS-DCF:diskConfig': first.diskConfig,
            security_groups: [{ name: 'default' }],
            adminPass,
          },
        };
      },
    }),
    route({
      method: 'GET',
      path: '/servers/:serverId',
      rule: 'os_compute_api:servers:show',
      answer: serverAnswer,
      handler: async (request) => {
        const server = await parts.server.get(request.context, serverIdOf(request));
        return { server: showView(frameOf(request), server, await addressesOf(server)) };
      },
    }),
    route({
      method: 'PUT',
      path: '/servers/:serverId',
      rule: 'os_compute_api:servers:update',
      body: updateSchema,
      answer: updatedServerAnswer,
      handler: async (request) => {
        const changes = changesOf(request.body);
        const server = await parts.server.update(request.context, serverIdOf(request), changes);
        return { server: updateView(frameOf(request), server, await addressesOf(server)) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/servers/:serverId',
      rule: 'os_compute_api:servers:delete',
      handler: async (request) => {
        await parts.deletion.delete(request.context, serverIdOf(request));
      },
    }),
  ];
}

export function serverIdOf(request: { params: Readonly<Record<string, string>> }): string {
  return paramOf(request, 'serverId');
}

function changesOf({ server }: UpdateBody): ServerChanges {
  return {
    ...(server.name !== undefined && { name: server.name }),
    ...(server.description !== undefined && { description: server.description }),
    ...(server.hostname !== undefined && { hostname: server.hostname }),
    ...(server.accessIPv4 !== undefined && { accessIpv4: server.accessIPv4 }),
    ...(server.accessIPv6 !== undefined && { accessIpv6: server.accessIPv6 }),
    ...(server['OS-DCF:diskConfig'] !== undefined && { diskConfig: server['OS-DCF:diskConfig'] }),
  };
}

async function plainAddressesOf(parts: ServerRouteParts, ids: string[]): Promise<Map<string, string[]>> {
  const addresses = await parts.networks.addressesOf(ids);
  return new Map(
    [...addresses].map(([id, networks]) => [
      id,
      Object.values(networks)
        .flat()
        .map(({ addr }) => addr),
    ]),
  );
}
