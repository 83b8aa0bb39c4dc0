import { sql } from 'kysely';
import { z } from 'zod';
import type { Context } from '../contract/context.ts';
import type { Database } from '../database/database.ts';
import { integerWithin } from '../http/field.schema.ts';
import type { Scope } from '../resource/collection-query.ts';
import { Resource, type ResourceParts } from '../resource/resource.ts';
import type { NetworkRepository } from './network.repository.ts';
import { networkSchema } from './network.schema.ts';
import { type NetworkRecord, networks, type SubnetRecord } from './network.tables.ts';
import { networkTarget, onceEach } from './network.target.ts';
import { networkView, ZONE } from './network.view.ts';
import { neutronFault, noNetwork } from './neutron.errors.ts';
import { changesOf, flagField, type NeutronKind, newOf, none, only } from './neutron.kind.ts';

/** What QEMU's user-mode network carries, and the least that every host of the internet takes. */
const [LEAST_MTU, MOST_MTU] = [576, 1500];

export type Networks = Resource<NetworkRecord>;

export function networkResource(
  parts: ResourceParts & { repository: NetworkRepository; subnets: Resource<SubnetRecord> },
): Networks {
  const { repository, subnets } = parts;
  return new Resource<NetworkRecord>(
    {
      table: networks,
      notFound: (id) => noNetwork(id),
      events: { created: 'network.create.end', updated: 'network.update.end', deleted: 'network.delete.end' },
      told: ({ name, project_id, shared }) => ({ projectId: shared ? '*' : project_id, payload: { name } }),
      quota: {
        resource: 'networks',
        scope: ({ project_id }) => ({ projectId: project_id, userId: null }),
        counted: ({ projectId }) => ({ is: { project_id: projectId } }),
      },
      check: async (trx, network, stored) => {
        if (!stored) return;
        const isUsed = (which: { ofMachines?: boolean; notOf?: string }) =>
          repository.isNetworkUsed(trx, network.id, which);
        if (stored.shared && !network.shared && (await isUsed({ notOf: network.project_id }))) {
          throw neutronFault(
            'conflict',
            'InvalidSharedSetting',
            `Unable to reconfigure sharing settings for network ${network.id}. Multiple tenants are using it.`,
          );
        }
        const isOther = stored.mtu !== network.mtu || (stored.admin_state_up && !network.admin_state_up);
        if (isOther && (await isUsed({ ofMachines: true }))) throw inUse(network.id, 'Machines are plugged into it.');
      },
      checkDelete: async (trx, network) => {
        if (network.is_default) {
          throw inUse(network.id, 'It is the default network, for machines that are launched without naming one.');
        }
        if (await repository.isNetworkUsed(trx, network.id)) {
          throw inUse(network.id, 'There are one or more ports still in use on the network.');
        }
      },
      deleting: async (trx, network, context) => {
        const own = await repository.subnets([network.id], trx);
        for (const subnet of own.get(network.id) ?? []) await subnets.remove(trx, context, subnet);
      },
    },
    parts,
  );
}

function inUse(id: string, why: string) {
  return neutronFault('conflict', 'NetworkInUse', `Unable to complete operation on network ${id}. ${why}`);
}

/** Own and shared ones; administrators see all. */
export function networksFor({ isAdmin, projectId }: Context): Scope<NetworkRecord> {
  return isAdmin ? {} : { also: [sql`(project_id = ${projectId ?? ''} OR shared = 1)`] };
}

const NOT_EXTERNAL = 'Machines reach out from every network here: there are no external networks and routers';
const ONLY_LOCAL = 'Each machine has a network of its own on its host: there are only networks of the type local';
const NO_FILTER = 'Nothing is filtered on ports here: there is no port security';

const mtu = integerWithin(LEAST_MTU, MOST_MTU, /^(?:57[6-9]|5[89][0-9]|[6-9][0-9]{2}|1[0-4][0-9]{2}|1500)$/);
const alike = {
  admin_state_up: flagField.optional(),
  shared: flagField.optional(),
  mtu: mtu.optional(),
  'router:external': only(false, NOT_EXTERNAL),
  port_security_enabled: only(false, NO_FILTER),
  dns_domain: only('', 'Names of machines are not answered on networks here'),
  qos_policy_id: only(null, 'There are no QoS policies here'),
};
const post = newOf({
  ...alike,
  is_default: only(false, 'The cloud makes its default network itself'),
  'provider:network_type': only('local', ONLY_LOCAL),
  'provider:physical_network': only(null, ONLY_LOCAL),
  'provider:segmentation_id': only(null, ONLY_LOCAL),
  vlan_transparent: only(false, ONLY_LOCAL),
  segments: none(ONLY_LOCAL),
  availability_zone_hints: z
    .array(z.literal(ZONE, `There is one zone of networks: ${ZONE}`))
    .max(1)
    .optional(),
});
const put = changesOf(alike);

/** `/v2.0/networks` */
export function networkKind(parts: {
  database: Database;
  networks: Networks;
  repository: NetworkRepository;
}): NeutronKind<NetworkRecord, z.infer<typeof post>, z.infer<typeof put>> {
  const { repository } = parts;
  return {
    database: parts.database,
    records: parts.networks,
    one: 'network',
    many: 'networks',
    schema: networkSchema,
    post,
    put,
    defaults: { shared: false, 'router:external': false, is_default: false, port_security_enabled: false },
    constants: {
      'router:external': false,
      port_security_enabled: false,
      'provider:network_type': 'local',
      'provider:physical_network': null,
      'provider:segmentation_id': null,
    },
    filters: {
      status: (values) => ({
        attribute: 'admin_state_up',
        is: 'in',
        value: values.flatMap((value) => (value === 'ACTIVE' ? [true] : value === 'DOWN' ? [false] : [])),
      }),
    },
    scope: networksFor,
    revisedBy: ['name', 'description', 'admin_state_up', 'mtu', 'port_security_enabled'],
    targets: async () => onceEach<NetworkRecord>(networkTarget),
    planned: async (_asked, projectId) => ({ project_id: projectId, tenant_id: projectId }),
    views: async (records, on) => {
      const subnets = await repository.subnets(
        records.map(({ id }) => id),
        on,
      );
      return (network) => networkView(network, subnets.get(network.id) ?? []);
    },
    add: async (trx, { context }, standard, sent) => {
      const network: NetworkRecord = {
        ...standard,
        admin_state_up: sent.admin_state_up ?? true,
        shared: sent.shared ?? false,
        is_default: false,
        mtu: sent.mtu ?? MOST_MTU,
        driver: 'user',
        availability_zone_hints: sent.availability_zone_hints ?? [],
      };
      await parts.networks.add(trx, context, network);
      return network;
    },
    change: async (_trx, _asked, network, { admin_state_up, shared, mtu }) => ({
      ...network,
      admin_state_up: admin_state_up ?? network.admin_state_up,
      shared: shared ?? network.shared,
      mtu: mtu ?? network.mtu,
    }),
  };
}
