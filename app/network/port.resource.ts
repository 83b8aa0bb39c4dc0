import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { z } from 'zod';
import type { Context } from '../contract/context.ts';
import type { Database } from '../database/database.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import { inexact, type Scope } from '../resource/collection-query.ts';
import { pairsOf } from './address-pairs.ts';
import type { NetworkRepository } from './network.repository.ts';
import { type Networks, networksFor } from './network.resource.ts';
import { portSchema } from './network.schema.ts';
import type { PortValues } from './network.tables.ts';
import { onceEach, portTarget } from './network.target.ts';
import { portView } from './network.view.ts';
import { badRequest } from './neutron.errors.ts';
import { changesOf, flagField, type NeutronKind, newOf, none, only } from './neutron.kind.ts';
import { type PortService, portInUse } from './port.service.ts';

const MOST_ADDRESSES = 16;
/** Neutron's `max_allowed_address_pair`. */
const MOST_PAIRS = 10;

/** Own ones, and those on own networks; administrators see all. */
function portsFor({ isAdmin, projectId }: Context): Scope<PortValues> {
  const own = projectId ?? '';
  const theirs = sql`SELECT id FROM network_network WHERE project_id = ${own}`;
  return isAdmin ? {} : { also: [sql`(project_id = ${own} OR network_id IN (${theirs}))`] };
}

const NO_FILTER = 'Nothing is filtered on ports here: there are no security groups and no port security';
const mac = z.string().regex(/^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/i, 'Not a unicast MAC address');
const address = z.ipv4('Not an IPv4 address');
const fixedIps = z
  .array(
    z
      .strictObject({ subnet_id: z.uuid().optional(), ip_address: address.optional() })
      .refine(({ subnet_id, ip_address }) => subnet_id ?? ip_address, 'Needs subnet_id or ip_address')
      .meta({ minProperties: 1 }),
  )
  .max(MOST_ADDRESSES);
const range = z.union([address, z.cidrv4('Neither an IPv4 address nor a range of them')]);
const pairs = z
  .array(z.strictObject({ ip_address: range, mac_address: mac.optional() }))
  .max(MOST_PAIRS, `The number of allowed address pair exceeds the maximum ${MOST_PAIRS}`);
const text = z.string().max(255);
const alike = {
  admin_state_up: flagField.optional(),
  device_id: text.optional(),
  device_owner: text.optional(),
  mac_address: mac.optional(),
  fixed_ips: fixedIps.optional(),
  allowed_address_pairs: pairs.nullable().optional(),
  security_groups: none(NO_FILTER).nullable(),
  port_security_enabled: only(false, NO_FILTER),
  extra_dhcp_opts: none('Machines get no DHCP options beside those of their network here').nullable(),
  'binding:vnic_type': only('normal', 'Machines have emulated network cards only'),
  'binding:host_id': text.nullable().optional(),
  'binding:profile': z.strictObject({}, 'Nothing of a port is handed to its host here').nullable().optional(),
  qos_policy_id: only(null, 'There are no QoS policies here'),
  dns_name: only('', 'Names of machines are not answered on networks here'),
  dns_domain: only('', 'Names of machines are not answered on networks here'),
};
const post = newOf({ ...alike, network_id: z.uuid() });
const put = changesOf(alike);

export interface PortKindParts {
  database: Database;
  networks: Networks;
  ports: PortService;
  repository: NetworkRepository;
  quotas: QuotaService;
  hosts: { nameOf(hostId: string): string; idOf(name: string): string | undefined };
}

/** `/v2.0/ports` */
export function portKind(parts: PortKindParts): NeutronKind<PortValues, z.infer<typeof post>, z.infer<typeof put>> {
  const { networks, ports, repository, quotas, hosts } = parts;
  const hostOf = (name: string | null, at: string): string => {
    const id = name ? hosts.idOf(name) : '';
    if (id !== undefined) return id;
    throw badRequest(`${at}.binding:host_id`, `Invalid input for binding:host_id. Host ${name} could not be found.`);
  };
  return {
    database: parts.database,
    records: ports.records,
    one: 'port',
    many: 'ports',
    schema: portSchema,
    post,
    put,
    defaults: { device_id: '', device_owner: '', port_security_enabled: false, 'binding:host_id': '' },
    constants: { 'binding:vnic_type': 'normal', 'binding:vif_type': 'other', port_security_enabled: false },
    filters: {
      mac_address: (values) => ({
        attribute: 'mac_address',
        is: 'in',
        value: values.map((value) => value.toLowerCase()),
      }),
      'binding:host_id': (values) => ({
        attribute: 'host_id',
        is: 'in',
        value: values.map((name) => (name === '' ? '' : (hosts.idOf(name) ?? name))),
      }),
      fixed_ips: byAddress,
      security_groups: () => sql`1 = 0`,
    },
    scope: portsFor,
    revisedBy: ['name', 'description', 'admin_state_up', 'mac_address', 'device_id', 'device_owner'],
    targets: async (records, on) => {
      const found = await repository.networkOwners(
        records.map(({ network_id }) => network_id),
        on,
      );
      return onceEach((port) => portTarget(port, found.get(port.network_id)));
    },
    planned: async ({ context }, project_id, { network_id, device_owner = '' }, on) =>
      portTarget({ project_id, device_owner }, await networks.get(network_id, on, networksFor(context))),
    views: async (records, on) => {
      const addresses = await repository.addresses(
        records.map(({ id }) => id),
        on,
      );
      return (port) => portView(port, addresses.get(port.id) ?? [], (id) => hosts.nameOf(id));
    },
    add: async (trx, { context, at }, standard, sent) => {
      const network = await networks.get(sent.network_id, trx, networksFor(context));
      await quotas.check(trx, standard.project_id, { ports: 1 });
      const { fixed_ips: _addresses, ...port } = await ports.create(trx, context, {
        ...{ at, network, projectId: standard.project_id, id: standard.id },
        ...{ name: standard.name, description: standard.description, tags: standard.tags },
        macAddress: sent.mac_address,
        fixedIps: sent.fixed_ips?.map(wanted),
        addressPairs: sent.allowed_address_pairs ?? [],
        deviceId: sent.device_id,
        deviceOwner: sent.device_owner,
        hostId: hostOf(sent['binding:host_id'] ?? null, at),
        adminStateUp: sent.admin_state_up,
      });
      return port;
    },
    change: async (trx, { at }, port, sent) => {
      const { device_id, device_owner, admin_state_up, mac_address, fixed_ips, allowed_address_pairs } = sent;
      const { 'binding:host_id': host } = sent;
      const isMoved = host !== undefined && (host ?? '') !== hosts.nameOf(port.host_id);
      const isOther = mac_address !== undefined && mac_address.toLowerCase() !== port.mac_address;
      const isOff = port.admin_state_up && admin_state_up === false;
      if (port.device_id !== '' && (isMoved || isOther || isOff)) throw portInUse(port);
      const next: PortValues = {
        ...port,
        device_id: device_id ?? port.device_id,
        device_owner: device_owner ?? port.device_owner,
        admin_state_up: admin_state_up ?? port.admin_state_up,
        ...(isMoved && { host_id: hostOf(host, at) }),
        ...(isOther && { mac_address: await ports.freeMac(trx, port.network_id, mac_address, at) }),
      };
      if (fixed_ips !== undefined && (await ports.readdress(trx, port, fixed_ips.map(wanted), at))) {
        next.revision_number += 1;
      }
      if (allowed_address_pairs === undefined) return next;
      return { ...next, allowed_address_pairs: pairsOf(allowed_address_pairs ?? [], next.mac_address, at) };
    },
  };
}

function wanted({ subnet_id, ip_address }: z.infer<typeof fixedIps>[number]) {
  return { subnetId: subnet_id, ipAddress: ip_address };
}

const ADDRESS_FILTERS = ['ip_address', 'subnet_id', 'ip_address_substr'] as const;

/** `ip_address=10.0.0.4`, `subnet_id=<uuid>`, `ip_address_substr=10.0`: of one address all that are named. */
function byAddress(values: readonly string[]): RawBuilder<SqlBool> {
  const asked: Record<(typeof ADDRESS_FILTERS)[number], string[]> = {
    ip_address: [],
    subnet_id: [],
    ip_address_substr: [],
  };
  for (const value of values) {
    const at = value.indexOf('=');
    const name = ADDRESS_FILTERS.find((each) => each === value.slice(0, at));
    if (!name) {
      throw badRequest(
        'fixed_ips',
        `Invalid input for fixed_ips. '${value.slice(0, 60)}' is not ${ADDRESS_FILTERS.join('=, ')}=.`,
      );
    }
    asked[name].push(value.slice(at + 1));
  }
  const conditions = [
    ...(['ip_address', 'subnet_id'] as const)
      .filter((name) => asked[name].length > 0)
      .map((name) => sql`${sql.ref(name)} IN (${sql.join(asked[name])})`),
    ...asked.ip_address_substr.map((part) => inexact(sql.ref('ip_address'), 'contains', part, false)),
  ];
  return sql`id IN (SELECT port_id FROM network_ip_allocation WHERE ${sql.join(conditions, sql` AND `)})`;
}
