import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import type { MachinePort } from '../contract/machine.ts';
import type { ActionRequest } from '../http/action.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { MachineNetworks } from './collaborators.ts';
import { serverIdOf } from './server.routes.ts';
import type { ServerService } from './server.service.ts';
import type { ServerRecord } from './server.tables.ts';
import { plainAddresses } from './server.view.ts';
import {
  addressesAnswer,
  type InterfaceAttachment,
  interfaceAnswer,
  interfaceListAnswer,
  networkAddressesAnswer,
  securityGroupsAnswer,
  topologyAnswer,
  volumeAttachmentsAnswer,
} from './server-parts.schema.ts';
import { attachInterface, attachValue } from './verbs/attach-interface.verb.ts';
import { detachInterface } from './verbs/detach-interface.verb.ts';
import type { VerbService } from './verbs/verb.service.ts';

interface ServerPartParts {
  server: ServerService;
  networks: MachineNetworks;
  verbs: VerbService;
}
type InterfaceRequest = Pick<ActionRequest, 'context' | 'version'>;

/** What belongs to a server: addresses, cards, volumes, groups, processor topology. */
export function serverPartRoutes(parts: ServerPartParts): RouteDefinition[] {
  const { server, networks, verbs } = parts;
  const reader = { method: 'GET' } as const;
  const interfaceOf = async ({ context, version }: InterfaceRequest, id: string, portId: string) => {
    const record = await server.get(context, id);
    const port = (await networks.machinePorts(id)).find((candidate) => candidate.id === portId);
    if (!port) throw new UserError('not_found', `Instance ${id} does not have a port with id ${portId}`);
    return { interfaceAttachment: interfaceView(port, record, version) };
  };
  const addressesOf = async (id: string) => plainAddresses((await networks.addressesOf([id])).get(id) ?? {});
  return [
    route({
      ...reader,
      path: '/servers/:serverId/ips',
      rule: 'os_compute_api:ips:index',
      answer: addressesAnswer,
      handler: async (request) => {
        const { id } = await server.get(request.context, serverIdOf(request));
        return { addresses: await addressesOf(id) };
      },
    }),
    route({
      ...reader,
      path: '/servers/:serverId/ips/:network',
      rule: 'os_compute_api:ips:show',
      answer: networkAddressesAnswer,
      handler: async (request) => {
        const { id } = await server.get(request.context, serverIdOf(request));
        const { network } = request.params;
        const addresses = await addressesOf(id);
        if (!Object.hasOwn(addresses, network))
          throw new UserError('not_found', 'Instance is not a member of specified network');
        return { [network]: addresses[network] };
      },
    }),
    route({
      ...reader,
      path: '/servers/:serverId/os-interface',
      rule: 'os_compute_api:os-attach-interfaces:list',
      answer: interfaceListAnswer,
      handler: async (request) => {
        const record = await server.get(request.context, serverIdOf(request));
        const ports = await networks.machinePorts(record.id);
        return { interfaceAttachments: ports.map((port) => interfaceView(port, record, request.version)) };
      },
    }),
    route({
      ...reader,
      path: '/servers/:serverId/os-interface/:portId',
      rule: 'os_compute_api:os-attach-interfaces:show',
      answer: interfaceAnswer,
      handler: async (request) => await interfaceOf(request, serverIdOf(request), request.params.portId),
    }),
    route({
      method: 'POST',
      path: '/servers/:serverId/os-interface',
      rule: 'os_compute_api:os-attach-interfaces:create',
      body: (version) => z.strictObject({ interfaceAttachment: attachValue(version).optional() }),
      answer: interfaceAnswer,
      handler: async ({ body, ...request }) => {
        const id = serverIdOf(request);
        const value = body.interfaceAttachment ?? {};
        const portId = await verbs.begin({ ...request, id }, attachInterface, value);
        return await interfaceOf(request, id, String(portId));
      },
    }),
    route({
      method: 'DELETE',
      path: '/servers/:serverId/os-interface/:portId',
      rule: 'os_compute_api:os-attach-interfaces:delete',
      status: 202,
      isLongWork: true,
      handler: async (request) =>
        void (await verbs.begin({ ...request, id: serverIdOf(request) }, detachInterface, request.params.portId)),
    }),
    route({
      ...reader,
      path: '/servers/:serverId/os-volume_attachments',
      rule: 'os_compute_api:os-volumes-attachments:index',
      answer: volumeAttachmentsAnswer,
      handler: async (request) => {
        await server.get(request.context, serverIdOf(request));
        return { volumeAttachments: [] };
      },
    }),
    route({
      ...reader,
      path: '/servers/:serverId/os-security-groups',
      rule: 'os_compute_api:os-security-groups:list',
      answer: securityGroupsAnswer,
      handler: async (request) => {
        const { projectId } = await server.get(request.context, serverIdOf(request));
        const group = { id: 'default', name: 'default', description: 'default', rules: [], tenant_id: projectId };
        return { security_groups: [group] };
      },
    }),
    route({
      ...reader,
      path: '/servers/:serverId/topology',
      rule: 'compute:server:topology:index',
      since: 78,
      answer: topologyAnswer,
      handler: async (request) => {
        await server.get(request.context, serverIdOf(request));
        return { nodes: [], pagesize_kb: null };
      },
    }),
  ];
}

/** A card that waits for the next start of its machine is `DOWN` until then. */
function interfaceView(port: MachinePort, { launchedAt, nics }: ServerRecord, version: number): InterfaceAttachment {
  const isWaiting = nics.some((nic) => nic.port === port.id && nic.pending === 'plug');
  const isPlugged = launchedAt !== null && !isWaiting;
  return {
    port_id: port.id,
    net_id: port.networkId,
    mac_addr: port.mac,
    port_state: isPlugged ? 'ACTIVE' : 'DOWN',
    fixed_ips: port.fixedIps.map(({ ipAddress, subnetId }) => ({ ip_address: ipAddress, subnet_id: subnetId ?? null })),
    ...(version >= 70 && { tag: port.tag ?? null }),
  };
}
