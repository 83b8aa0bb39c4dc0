import type { NetworkView, PortView, SubnetView } from './network.schema.ts';
import type { FixedIp, NetworkRecord, PortValues, SubnetRecord } from './network.tables.ts';

/** Neutron gives seconds only. */
export function seconds(time: string): string {
  return `${time.slice(0, 19)}Z`;
}

interface Revised {
  tags: string[];
  revision_number: number;
  created_at: string;
  updated_at: string;
}

function revisionOf({ tags, revision_number, created_at, updated_at }: Revised) {
  return { tags, revision_number, created_at: seconds(created_at), updated_at: seconds(updated_at) };
}

/** The one zone of all networks. */
export const ZONE = 'nova';

export function networkView(network: NetworkRecord, subnets: readonly SubnetRecord[]): NetworkView {
  return {
    id: network.id,
    name: network.name,
    description: network.description,
    status: network.admin_state_up ? 'ACTIVE' : 'DOWN',
    admin_state_up: network.admin_state_up,
    shared: network.shared,
    is_default: network.is_default,
    'router:external': false,
    project_id: network.project_id,
    tenant_id: network.project_id,
    subnets: subnets.map(({ id }) => id),
    mtu: network.mtu,
    port_security_enabled: false,
    ipv4_address_scope: null,
    ipv6_address_scope: null,
    availability_zone_hints: network.availability_zone_hints,
    availability_zones: [ZONE],
    'provider:network_type': 'local',
    'provider:physical_network': null,
    'provider:segmentation_id': null,
    'cumulet:reach': 'outside',
    ...revisionOf(network),
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
    ...revisionOf(subnet),
  };
}

/** `hostName` is what people call the host of that id. */
export function portView(port: PortValues, fixed_ips: FixedIp[], hostName: (hostId: string) => string): PortView {
  return {
    id: port.id,
    name: port.name,
    description: port.description,
    network_id: port.network_id,
    project_id: port.project_id,
    tenant_id: port.project_id,
    mac_address: port.mac_address,
    fixed_ips,
    device_id: port.device_id,
    device_owner: port.device_owner,
    admin_state_up: port.admin_state_up,
    status: port.status,
    security_groups: [],
    port_security_enabled: false,
    allowed_address_pairs: port.allowed_address_pairs,
    extra_dhcp_opts: [],
    'binding:vnic_type': 'normal',
    'binding:host_id': port.host_id === '' ? '' : hostName(port.host_id),
    'binding:profile': {},
    'binding:vif_details': {},
    'binding:vif_type': 'other',
    ...revisionOf(port),
  };
}
