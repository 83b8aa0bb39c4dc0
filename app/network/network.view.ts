import type { Attributes } from '../policy/policy-expression.ts';
import type { NetworkView, PortView, SubnetView } from './network.schema.ts';
import type { NetworkRecord, PortRecord, SubnetRecord } from './network.tables.ts';
import { networkTarget, portTarget } from './network.target.ts';

/** Neutron gives seconds only. */
function seconds(time: string): string {
  return `${time.slice(0, 19)}Z`;
}

/** Whether the caller's rights show an attribute: `get_port:binding:host_id` and the like. */
export type Allows = (rule: string, target: Attributes) => boolean;

/** The attributes with a rule of their own that the caller is allowed to see. */
function shown<T extends object>(attributes: T, prefix: string, allows: Allows, target: Attributes): Partial<T> {
  const entries = Object.entries(attributes).filter(([name]) => allows(`${prefix}:${name}`, target));
  return Object.fromEntries(entries) as Partial<T>;
}

export function networkView(network: NetworkRecord, subnetIds: string[], allows: Allows): NetworkView {
  const provider = {
    'provider:network_type': network.driver,
    'provider:physical_network': null,
    'provider:segmentation_id': null,
  };
  return {
    id: network.id,
    name: network.name,
    description: network.description,
    status: 'ACTIVE',
    admin_state_up: network.admin_state_up,
    shared: network.shared,
    is_default: network.is_default,
    'router:external': false,
    project_id: network.project_id,
    tenant_id: network.project_id,
    subnets: subnetIds,
    mtu: network.mtu,
    port_security_enabled: false,
    ipv4_address_scope: null,
    ipv6_address_scope: null,
    availability_zone_hints: [],
    availability_zones: ['nova'],
    tags: [],
    revision_number: 1,
    created_at: seconds(network.created_at),
    updated_at: seconds(network.updated_at),
    ...shown(provider, 'get_network', allows, networkTarget(network)),
  };
}

export function subnetView(subnet: SubnetRecord): SubnetView {
  return {
    id: subnet.id,
    name: subnet.name,
    description: subnet.description,
    network_id: subnet.network_id,
    project_id: subnet.project_id,
    tenant_id: subnet.project_id,
    ip_version: subnet.ip_version,
    cidr: subnet.cidr,
    gateway_ip: subnet.gateway_ip,
    enable_dhcp: subnet.enable_dhcp,
    dns_nameservers: subnet.dns_nameservers,
    allocation_pools: subnet.allocation_pools,
    host_routes: subnet.host_routes,
    ipv6_address_mode: null,
    ipv6_ra_mode: null,
    subnetpool_id: null,
    service_types: [],
    tags: [],
    revision_number: 1,
    created_at: seconds(subnet.created_at),
    updated_at: seconds(subnet.updated_at),
  };
}

/** `hostName` is what people call the host of that id. */
export function portView(port: PortRecord, allows: Allows, hostName: (hostId: string) => string): PortView {
  const binding = {
    'binding:host_id': port.host_id === '' ? '' : hostName(port.host_id),
    'binding:profile': {},
    'binding:vif_details': {},
    'binding:vif_type': 'other',
  };
  return {
    id: port.id,
    name: port.name,
    description: port.description,
    network_id: port.network_id,
    project_id: port.project_id,
    tenant_id: port.project_id,
    mac_address: port.mac_address,
    fixed_ips: port.fixed_ips,
    device_id: port.device_id,
    device_owner: port.device_owner,
    admin_state_up: port.admin_state_up,
    status: port.status,
    security_groups: [],
    port_security_enabled: false,
    allowed_address_pairs: [],
    extra_dhcp_opts: [],
    tags: [],
    revision_number: 1,
    'binding:vnic_type': 'normal',
    ...shown(binding, 'get_port', allows, portTarget(port, undefined)),
    created_at: seconds(port.created_at),
    updated_at: seconds(port.updated_at),
  };
}
