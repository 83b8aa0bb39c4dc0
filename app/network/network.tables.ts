import {
  flag,
  integer,
  integerOf,
  json,
  nullable,
  type RecordOf,
  type RowsOf,
  table,
  text,
  textOf,
  time,
} from '../database/table.ts';
import type { AddressRange } from './address-pool.ts';
import type { PortView, SubnetView } from './network.schema.ts';
import type * as declared from './network.tables.ts';

/** A further address, or range of them, that a machine may use on its port. */
export interface AddressPair {
  ip_address: string;
  mac_address: string;
}

/** What all of them have. The attributes of networks, subnets and ports have Neutron's names. */
const standardAttributes = {
  id: text,
  name: text,
  description: text,
  project_id: text,
  tags: json<string[]>(),
  /** Goes up by one with each change. */
  revision_number: integer,
  created_at: time,
  updated_at: time,
};

export const networks = table('network_network', {
  ...standardAttributes,
  admin_state_up: flag,
  shared: flag,
  is_default: flag,
  mtu: integer,
  driver: text,
  availability_zone_hints: json<string[]>(),
});
export type NetworkRecord = RecordOf<typeof networks>;
export type NetworkOwner = Pick<NetworkRecord, 'project_id' | 'shared'>;

export const subnets = table('network_subnet', {
  ...standardAttributes,
  network_id: text,
  ip_version: integerOf<4 | 6>(),
  cidr: text,
  gateway_ip: nullable(text),
  enable_dhcp: flag,
  dns_nameservers: json<string[]>(),
  allocation_pools: json<AddressRange[]>(),
  host_routes: json<SubnetView['host_routes']>(),
});
export type SubnetRecord = RecordOf<typeof subnets>;

export const ports = table('network_port', {
  ...standardAttributes,
  network_id: text,
  mac_address: text,
  device_id: text,
  device_owner: text,
  admin_state_up: flag,
  status: textOf<PortView['status']>(),
  /** The host it is plugged on, '' when on none (`binding:host_id`). */
  host_id: text,
  /** Ports Cumulet made for a server go with the server; those people made stay. */
  made_for_server: flag,
  allowed_address_pairs: json<AddressPair[]>(),
  /** What its machine's guest is to know the card by, and which of its cards it is. */
  device_tag: nullable(text),
  device_index: integer,
});
export type PortValues = RecordOf<typeof ports>;

export const ipAllocations = table('network_ip_allocation', {
  subnet_id: text,
  ip_address: text,
  port_id: text,
});

/** One address of a port. */
export type FixedIp = Omit<RecordOf<typeof ipAllocations>, 'port_id'>;
export type PortRecord = PortValues & { fixed_ips: FixedIp[] };

declare module '../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
