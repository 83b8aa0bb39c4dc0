import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { MachineNetworks, ProxiedNetwork } from './collaborators.ts';

/** The last microversion that has them. */
const UNTIL = 35;

/** What nova-network had and nothing has now: shown as null, the second list to administrators only. */
const EMPTY = ['cidr', 'netmask', 'gateway', 'broadcast', 'dns1', 'dns2', 'cidr_v6', 'gateway_v6', 'netmask_v6'];
const EMPTY_OF_ADMIN = [
  ...['created_at', 'updated_at', 'deleted_at', 'deleted', 'injected', 'bridge', 'vlan', 'vpn_public_address'],
  ...['vpn_public_port', 'vpn_private_address', 'dhcp_start', 'project_id', 'host', 'bridge_interface', 'multi_host'],
  ...['priority', 'rxtx_base', 'mtu', 'dhcp_server', 'enable_dhcp', 'share_address'],
];
const nothing = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, null]));
const fields = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, z.null()]));
const networkSchema = z
  .strictObject({
    id: z.string(),
    label: z.string(),
    ...fields(EMPTY),
    ...z.object(fields(EMPTY_OF_ADMIN)).partial().shape,
  })
  .meta({ title: 'ProxiedNetworkView' });
const tenantNetworkSchema = z
  .strictObject({ id: z.string(), label: z.string(), cidr: z.string() })
  .meta({ title: 'TenantNetworkView' });

type View = (network: ProxiedNetwork, isAdmin: boolean) => object;
const networkView: View = ({ id, name }, isAdmin) => ({
  id,
  label: name,
  ...nothing(EMPTY),
  ...(isAdmin && nothing(EMPTY_OF_ADMIN)),
});
const tenantNetworkView: View = ({ id, name }) => ({ id, label: name, cidr: 'None' });

/** Neutron's networks, as Nova showed them to the oldest clients: `/os-networks` and `/os-tenant-networks`. */
export function networkProxyRoutes({ networks }: { networks: MachineNetworks }): RouteDefinition[] {
  return [
    ...proxyOf('/os-networks', 'os_compute_api:os-networks', networkSchema, networkView),
    ...proxyOf('/os-tenant-networks', 'os_compute_api:os-tenant-networks', tenantNetworkSchema, tenantNetworkView),
  ];

  function proxyOf(path: string, rule: string, schema: z.ZodType, view: View): RouteDefinition[] {
    return [
      route({
        method: 'GET',
        path,
        until: UNTIL,
        rule: `${rule}:list`,
        answer: z.strictObject({ networks: z.array(schema) }),
        handler: async ({ context }) => ({
          networks: (await networks.listNetworks(context)).map((network) => view(network, context.isAdmin)),
        }),
      }),
      route({
        method: 'GET',
        path: `${path}/:id`,
        until: UNTIL,
        rule: `${rule}:show`,
        answer: z.strictObject({ network: schema }),
        handler: async ({ context, params: { id } }) => {
          const network = await networks.findNetwork(context, id);
          if (!network) throw new UserError('not_found', 'Network not found');
          return { network: view(network, context.isAdmin) };
        },
      }),
    ];
  }
}
