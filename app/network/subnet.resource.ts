import { sql } from 'kysely';
import { z } from 'zod';
import type { Context } from '../contract/context.ts';
import type { Database } from '../database/database.ts';
import type { Scope } from '../resource/collection-query.ts';
import { Resource, type ResourceParts } from '../resource/resource.ts';
import type { NetworkRepository } from './network.repository.ts';
import { type Networks, networksFor } from './network.resource.ts';
import { subnetSchema } from './network.schema.ts';
import { type SubnetRecord, subnets } from './network.tables.ts';
import { onceEach, subnetTarget } from './network.target.ts';
import { subnetView } from './network.view.ts';
import { badRequest, neutronFault } from './neutron.errors.ts';
import { changesOf, type NeutronKind, newOf, none, only } from './neutron.kind.ts';
import { overlaps, planSubnet } from './subnet.plan.ts';

export type Subnets = Resource<SubnetRecord>;

export function subnetResource(parts: ResourceParts & { repository: NetworkRepository }): Subnets {
  const { repository } = parts;
  return new Resource<SubnetRecord>(
    {
      table: subnets,
      notFound: (id) => neutronFault('not_found', 'SubnetNotFound', `Subnet ${id} could not be found.`),
      events: { created: 'subnet.create.end', updated: 'subnet.update.end', deleted: 'subnet.delete.end' },
      told: ({ name, project_id, network_id }) => ({ projectId: project_id, payload: { name, network_id } }),
      quota: {
        resource: 'subnets',
        scope: ({ project_id }) => ({ projectId: project_id, userId: null }),
        counted: ({ projectId }) => ({ is: { project_id: projectId } }),
      },
      check: async (trx, subnet, stored) => {
        if (!stored) return;
        const names = ['gateway_ip', 'dns_nameservers'] as const;
        if (names.every((name) => String(subnet[name]) === String(stored[name]))) return;
        if (await repository.isSubnetUsed(trx, subnet.id, { ofMachines: true })) {
          throw inUse(subnet.id, 'Machines have addresses of it, and keep the gateway they were started with.');
        }
      },
      checkDelete: async (trx, { id }) => {
        if (await repository.isSubnetUsed(trx, id, { ofMachines: false })) {
          throw inUse(id, 'One or more ports have an IP allocation from this subnet.');
        }
      },
      // A subnet is news of its network: the revision of that counts it.
      written: async (trx, { network_id }) => await repository.countRevision(trx, network_id),
      deleting: async (trx, { network_id }) => await repository.countRevision(trx, network_id),
    },
    parts,
  );
}

function inUse(id: string, why: string) {
  return neutronFault('conflict', 'SubnetInUse', `Unable to complete operation on subnet ${id}: ${why}`);
}

/** Own ones, and those of networks that are own or shared; administrators see all. */
function subnetsFor({ isAdmin, projectId }: Context): Scope<SubnetRecord> {
  const own = projectId ?? '';
  const theirs = sql`SELECT id FROM network_network WHERE project_id = ${own} OR shared = 1`;
  return isAdmin ? {} : { also: [sql`(project_id = ${own} OR network_id IN (${theirs}))`] };
}

const NO_IPV6 = 'The networks of machines carry IPv4 alone here: there are no IPv6 subnets';
const NO_POOLS = 'There are no subnet pools here: name a range as cidr';
const address = z.ipv4('Not an IPv4 address');
const alike = {
  gateway_ip: address.nullable().optional(),
  dns_nameservers: z.array(z.string().max(255)).max(5).optional(),
  allocation_pools: z
    .array(z.strictObject({ start: address, end: address }))
    .max(64)
    .optional(),
  enable_dhcp: only(true, 'Machines always get their address by DHCP here'),
  host_routes: none('Machines get no routes beside that of the gateway here'),
  service_types: none('Every subnet serves every kind of port here'),
  dns_publish_fixed_ip: only(false, 'Names of machines are not answered on networks here'),
  segment_id: only(null, 'Networks have no segments here'),
};
const post = newOf({
  ...alike,
  network_id: z.uuid(),
  ip_version: z.literal(4, NO_IPV6),
  cidr: z.string({ error: NO_POOLS }).max(64),
  prefixlen: only(null, NO_POOLS),
  subnetpool_id: only(null, NO_POOLS),
  use_default_subnetpool: only(false, NO_POOLS),
  ipv6_address_mode: only(null, NO_IPV6),
  ipv6_ra_mode: only(null, NO_IPV6),
});
const put = changesOf(alike);

/** `/v2.0/subnets` */
export function subnetKind(parts: {
  database: Database;
  networks: Networks;
  subnets: Subnets;
  repository: NetworkRepository;
}): NeutronKind<SubnetRecord, z.infer<typeof post>, z.infer<typeof put>> {
  const { networks, repository } = parts;
  return {
    database: parts.database,
    records: parts.subnets,
    one: 'subnet',
    many: 'subnets',
    schema: subnetSchema,
    post,
    put,
    defaults: {},
    constants: { ipv6_address_mode: null, ipv6_ra_mode: null, subnetpool_id: null, segment_id: null },
    filters: {},
    scope: subnetsFor,
    revisedBy: 'any',
    targets: async (records, on) => {
      const found = await repository.networkOwners(
        records.map(({ network_id }) => network_id),
        on,
      );
      return onceEach((subnet) => subnetTarget(subnet, found.get(subnet.network_id)));
    },
    planned: async ({ context }, project_id, { network_id }, on) =>
      subnetTarget({ project_id }, await networks.get(network_id, on, networksFor(context))),
    views: async () => subnetView,
    add: async (trx, { context, at }, standard, sent) => {
      const plan = planSubnet(sent, at);
      const network = await networks.get(sent.network_id, trx, networksFor(context));
      const others = (await repository.subnets([network.id], trx)).get(network.id) ?? [];
      if (others.some(({ cidr }) => overlaps(cidr, plan.cidr))) {
        throw badRequest(
          `${at}.cidr`,
          `Invalid input for operation: Requested subnet with cidr: ${plan.cidr} for network: ${network.id} overlaps with another subnet.`,
        );
      }
      const rest = { network_id: network.id, ip_version: 4 as const, enable_dhcp: true, host_routes: [] };
      const subnet: SubnetRecord = { ...standard, ...rest, ...plan };
      await parts.subnets.add(trx, context, subnet);
      return subnet;
    },
    change: async (trx, { at }, subnet, sent) => {
      const { gateway_ip = subnet.gateway_ip, dns_nameservers = subnet.dns_nameservers } = sent;
      const { allocation_pools = subnet.allocation_pools } = sent;
      for (const own of [gateway_ip, ...dns_nameservers]) {
        if (own === null || !(await repository.isAddressTaken(trx, subnet.id, own))) continue;
        const message = `Current gateway ip or name server ${own} already in use by a port of the subnet.`;
        throw neutronFault('conflict', 'GatewayIpInUse', message, { field: `${at}.gateway_ip` });
      }
      return { ...subnet, ...planSubnet({ cidr: subnet.cidr, gateway_ip, dns_nameservers, allocation_pools }, at) };
    },
  };
}
