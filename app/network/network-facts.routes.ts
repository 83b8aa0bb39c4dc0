import { sql } from 'kysely';
import { z } from 'zod';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { KnownHost } from '../contract/v1.ts';
import { linksSchema } from '../http/link.schema.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { NetworkParts } from './network.parts.ts';
import type { NetworkRecord, SubnetRecord } from './network.tables.ts';
import { seconds, ZONE } from './network.view.ts';
import { noNetwork } from './neutron.errors.ts';
import {
  collectionOf,
  cutPage,
  type Filter,
  type ListQuery,
  listQuery,
  urlOf,
  valuesOf,
  withFields,
} from './neutron.list.ts';
import { sizeOf } from './subnet.plan.ts';

const text = z.string();
const whole = z.number().int();
const zone = z.strictObject({ name: text, resource: text, state: text }).meta({ title: 'NetworkZoneView' });
const agent = z
  .strictObject({
    ...{ id: text, agent_type: text, binary: text, topic: text, host: text, availability_zone: text.nullable() },
    ...{
      admin_state_up: z.boolean(),
      alive: z.boolean(),
      description: text.nullable(),
      resources_synced: z.boolean().nullable(),
    },
    ...{ created_at: text, started_at: text, heartbeat_timestamp: text },
    configurations: z.strictObject({ driver: text }),
  })
  .meta({ title: 'NetworkAgentView' });
const availability = z
  .strictObject({
    ...{ network_id: text, network_name: text, project_id: text, tenant_id: text, total_ips: whole, used_ips: whole },
    subnet_ip_availability: z.array(
      z.strictObject({
        ...{ subnet_id: text, subnet_name: text, cidr: text },
        ip_version: whole,
        total_ips: whole,
        used_ips: whole,
      }),
    ),
  })
  .meta({ title: 'NetworkIpAvailabilityView' });
const topology = z.strictObject({ id: text, project_id: text, tenant_id: text });
const topologyAnswer = z.strictObject({ auto_allocated_topology: topology });

/** Networks by what their availabilities say of them. */
const byNetwork = {
  network_id: (values) => ({ attribute: 'id', is: 'in', value: values }),
  network_name: (values) => ({ attribute: 'name', is: 'in', value: values }),
  ip_version: (values) => (values.includes('4') ? sql`id IN (SELECT network_id FROM network_subnet)` : sql`1 = 0`),
} satisfies Record<string, Filter>;
const OF_AVAILABILITIES = new Set([
  ...Object.keys(byNetwork),
  'project_id',
  'tenant_id',
  'limit',
  'marker',
  'page_reverse',
]);

export interface NetworkHosts {
  nameOf(hostId: string): string;
  idOf(name: string): string | undefined;
  listHosts(): Promise<KnownHost[]>;
}

/** What the Networking API only tells: zones, agents, addresses that are left, the network for those who name none. */
export function networkFactRoutes({ parts, hosts }: { parts: NetworkParts; hosts: NetworkHosts }): RouteDefinition[] {
  const { networks, repository, service } = parts;
  const availabilities = async (list: readonly NetworkRecord[]) => {
    const subnets = await repository.subnets(list.map(({ id }) => id));
    const used = await repository.countAddresses([...subnets.values()].flatMap((own) => own.map(({ id }) => id)));
    return list.map((network) => availabilityView(network, subnets.get(network.id) ?? [], used));
  };
  return [
    route({
      method: 'GET',
      path: '/v2.0/availability_zones',
      rule: 'get_availability_zone',
      query: listQuery,
      answer: z.strictObject({ availability_zones: z.array(zone) }),
      selectsFields: true,
      handler: async ({ query }) => ({
        availability_zones: chosen([{ name: ZONE, resource: 'network', state: 'available' }], query),
      }),
    }),
    route({
      method: 'GET',
      path: '/v2.0/agents',
      rule: 'get_agents',
      query: listQuery,
      answer: z.strictObject({ agents: z.array(agent) }),
      selectsFields: true,
      // Whoever may see none is told of none, as by Neutron.
      handler: async ({ query, allows }) => ({
        agents: allows('get_agent') ? chosen((await hosts.listHosts()).map(agentView), query) : [],
      }),
    }),
    route({
      method: 'GET',
      path: '/v2.0/agents/:id',
      rule: 'get_agent',
      query: listQuery,
      answer: z.strictObject({ agent }),
      selectsFields: true,
      handler: async ({ params, query }) => {
        const host = (await hosts.listHosts()).find(({ id }) => id === params.id);
        if (!host)
          throw new UserError('not_found', `Agent ${params.id} could not be found.`, { fault: 'AgentNotFound' });
        return { agent: withFields(agentView(host), query) };
      },
    }),
    route({
      method: 'GET',
      path: '/v2.0/network-ip-availabilities',
      rule: 'get_network_ip_availabilities',
      query: listQuery,
      answer: z.strictObject({
        network_ip_availabilities: z.array(availability),
        network_ip_availabilities_links: linksSchema.optional(),
      }),
      selectsFields: true,
      handler: async ({ query, allows, origin, raw }) => {
        if (!allows('get_network_ip_availability')) return { network_ip_availabilities: [] };
        const asked = Object.fromEntries(Object.entries(query).filter(([name]) => OF_AVAILABILITIES.has(name)));
        const { kind } = networks;
        const found = await networks.list(
          collectionOf(asked, { table: kind.table, constants: {}, filters: byNetwork }),
        );
        const { page, links } = cutPage(found, asked, urlOf(origin, raw));
        return {
          network_ip_availabilities: (await availabilities(page)).map((view) => withFields(view, query)),
          ...(links.length > 0 && { network_ip_availabilities_links: links }),
        };
      },
    }),
    route({
      method: 'GET',
      path: '/v2.0/network-ip-availabilities/:network_id',
      rule: 'get_network_ip_availability',
      query: listQuery,
      answer: z.strictObject({ network_ip_availability: availability }),
      selectsFields: true,
      handler: async ({ params, query }) => {
        const [view] = await availabilities([await networks.get(params.network_id)]);
        return { network_ip_availability: withFields(view ?? {}, query) };
      },
    }),
    route({
      method: 'GET',
      path: '/v2.0/auto-allocated-topology/:project_id',
      rule: 'get_auto_allocated_topology',
      query: listQuery,
      answer: topologyAnswer,
      summary: 'The network of machines that name none: the default network, which is there for every project.',
      target: async ({ context, params }) => ({ project_id: projectIn(context, params) }),
      handler: async ({ context, params, query }) => {
        const project_id = projectIn(context, params);
        const network = await service.defaultNetwork();
        if (!network) throw noNetwork('default');
        const isDryRun = valuesOf(query, 'fields').includes('dry-run');
        return {
          auto_allocated_topology: { id: isDryRun ? 'dry-run=pass' : network.id, project_id, tenant_id: project_id },
        };
      },
    }),
    route({
      method: 'GET',
      path: '/v2.0/security-groups',
      rule: 'get_security_groups',
      query: listQuery,
      summary: 'There are none: nothing is filtered on a port. Clients look here before they act on one of a name.',
      answer: z.strictObject({ security_groups: z.array(z.never()) }),
      handler: async () => ({ security_groups: [] }),
    }),
    route({
      method: 'GET',
      path: '/v2.0/service-providers',
      rule: 'get_service_provider',
      summary: 'There are none: load balancers and the like are not part of this cloud.',
      answer: z.strictObject({ service_providers: z.array(z.never()) }),
      handler: async () => ({ service_providers: [] }),
    }),
  ];
}

/** Clients that mean their own project send `None`. */
function projectIn({ projectId }: Context, { project_id }: { project_id: string }): string {
  return project_id === 'None' ? (projectId ?? '') : project_id;
}

/** A short list that is no table: those that have every attribute asked for, with the fields asked for. */
function chosen(list: readonly Record<string, unknown>[], query: ListQuery): Record<string, unknown>[] {
  const matches = (item: Record<string, unknown>) =>
    Object.keys(query).every((name) => {
      if (name === 'fields' || !Object.hasOwn(item, name)) return true;
      const actual = String(item[name] ?? '').toLowerCase();
      return valuesOf(query, name).some((value) => value.toLowerCase() === actual);
    });
  return list.filter(matches).map((item) => withFields(item, query));
}

function agentView({ id, name, state, since, lastSeenAt }: KnownHost) {
  return {
    ...{ id, host: name, agent_type: 'User-mode network agent', binary: 'cumulet-agent', topic: 'N/A' },
    ...{
      availability_zone: null,
      admin_state_up: true,
      alive: state === 'up',
      description: null,
      resources_synced: null,
    },
    ...{ created_at: seconds(since), started_at: seconds(since), heartbeat_timestamp: seconds(lastSeenAt ?? since) },
    configurations: { driver: 'user' },
  };
}

function availabilityView(network: NetworkRecord, subnets: readonly SubnetRecord[], used: ReadonlyMap<string, number>) {
  const ofSubnets = subnets.map(({ id, name, cidr, ip_version, allocation_pools }) => ({
    ...{ subnet_id: id, subnet_name: name, cidr, ip_version },
    ...{ total_ips: sizeOf(allocation_pools), used_ips: used.get(id) ?? 0 },
  }));
  const sum = (name: 'total_ips' | 'used_ips') => ofSubnets.reduce((total, subnet) => total + subnet[name], 0);
  return {
    ...{
      network_id: network.id,
      network_name: network.name,
      project_id: network.project_id,
      tenant_id: network.project_id,
    },
    ...{ total_ips: sum('total_ips'), used_ips: sum('used_ips') },
    subnet_ip_availability: ofSubnets,
  };
}
