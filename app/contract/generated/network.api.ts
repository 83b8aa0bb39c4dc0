// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface Link { rel: string; href: string; type?: string }

export interface NetworkView {
  id: string;
  name: string;
  description: string;
  status: 'ACTIVE' | 'DOWN' | 'BUILD' | 'ERROR';
  admin_state_up: boolean;
  shared: boolean;
  is_default: boolean;
  'router:external': boolean;
  project_id: string;
  tenant_id: string;
  subnets: string[];
  mtu: number;
  port_security_enabled: boolean;
  ipv4_address_scope: string | null;
  ipv6_address_scope: string | null;
  availability_zone_hints: string[];
  availability_zones: string[];
  /** Machines on it reach the outside through their host, and not each other. */
  'cumulet:reach': 'outside';
  'provider:network_type'?: string;
  'provider:physical_network'?: string | null;
  'provider:segmentation_id'?: number | null;
  tags: string[];
  revision_number: number;
  created_at: string;
  updated_at: string;
}

export interface PortView {
  id: string;
  name: string;
  description: string;
  network_id: string;
  project_id: string;
  tenant_id: string;
  mac_address: string;
  fixed_ips: { subnet_id: string; ip_address: string }[];
  device_id: string;
  device_owner: string;
  admin_state_up: boolean;
  status: 'ACTIVE' | 'DOWN' | 'BUILD' | 'ERROR';
  security_groups: string[];
  port_security_enabled: boolean;
  allowed_address_pairs: { ip_address: string; mac_address: string }[];
  extra_dhcp_opts: Record<string, unknown>[];
  'binding:vnic_type': string;
  'binding:host_id'?: string;
  'binding:profile'?: Record<string, unknown>;
  'binding:vif_details'?: Record<string, unknown>;
  'binding:vif_type'?: string;
  tags: string[];
  revision_number: number;
  created_at: string;
  updated_at: string;
}

export interface SubnetView {
  id: string;
  name: string;
  description: string;
  network_id: string;
  project_id: string;
  tenant_id: string;
  ip_version: 4 | 6;
  cidr: string;
  gateway_ip: string | null;
  enable_dhcp: boolean;
  dns_nameservers: string[];
  allocation_pools: { start: string; end: string }[];
  host_routes: { destination: string; nexthop: string }[];
  ipv6_address_mode: string | null;
  ipv6_ra_mode: string | null;
  subnetpool_id: string | null;
  service_types: string[];
  tags: string[];
  revision_number: number;
  created_at: string;
  updated_at: string;
}

export interface NetworkApi {
  'GET /network/v2.0/networks': {
    query: Record<string, string | string[]>;
    answer: { networks: NetworkView[]; networks_links?: Link[] };
  };
  'POST /network/v2.0/networks': {
    body: {
      network: {
        name?: string;
        description?: string;
        project_id?: string;
        tenant_id?: string;
        tags?: string[];
        admin_state_up?: boolean;
        shared?: boolean;
        mtu?: number;
        'router:external'?: false;
        port_security_enabled?: false;
        dns_domain?: '';
        qos_policy_id?: null;
        is_default?: false;
        'provider:network_type'?: 'local';
        'provider:physical_network'?: null;
        'provider:segmentation_id'?: null;
        vlan_transparent?: false;
        segments?: unknown[];
        availability_zone_hints?: 'nova'[];
      };
    } | {
      networks: {
        name?: string;
        description?: string;
        project_id?: string;
        tenant_id?: string;
        tags?: string[];
        admin_state_up?: boolean;
        shared?: boolean;
        mtu?: number;
        'router:external'?: false;
        port_security_enabled?: false;
        dns_domain?: '';
        qos_policy_id?: null;
        is_default?: false;
        'provider:network_type'?: 'local';
        'provider:physical_network'?: null;
        'provider:segmentation_id'?: null;
        vlan_transparent?: false;
        segments?: unknown[];
        availability_zone_hints?: 'nova'[];
      }[];
    };
    answer: { network: NetworkView } | { networks: NetworkView[] };
  };
  'GET /network/v2.0/networks/:id': {
    params: { id: string };
    query: Record<string, string | string[]>;
    answer: { network: NetworkView };
  };
  'PUT /network/v2.0/networks/:id': {
    params: { id: string };
    body: {
      network: {
        name?: string;
        description?: string;
        admin_state_up?: boolean;
        shared?: boolean;
        mtu?: number;
        'router:external'?: false;
        port_security_enabled?: false;
        dns_domain?: '';
        qos_policy_id?: null;
      };
    };
    answer: { network: NetworkView };
  };
  'DELETE /network/v2.0/networks/:id': { params: { id: string } };
  'PUT /network/v2.0/networks/:id/tags': {
    params: { id: string };
    body: { tags: string[] };
    answer: { tags: string[] };
  };
  'GET /network/v2.0/subnets': {
    query: Record<string, string | string[]>;
    answer: { subnets: SubnetView[]; subnets_links?: Link[] };
  };
  'POST /network/v2.0/subnets': {
    body: {
      subnet: {
        name?: string;
        description?: string;
        project_id?: string;
        tenant_id?: string;
        tags?: string[];
        gateway_ip?: string | null;
        dns_nameservers?: string[];
        allocation_pools?: { start: string; end: string }[];
        enable_dhcp?: true;
        host_routes?: unknown[];
        service_types?: unknown[];
        dns_publish_fixed_ip?: false;
        segment_id?: null;
        network_id: string;
        ip_version: 4;
        cidr: string;
        prefixlen?: null;
        subnetpool_id?: null;
        use_default_subnetpool?: false;
        ipv6_address_mode?: null;
        ipv6_ra_mode?: null;
      };
    } | {
      subnets: {
        name?: string;
        description?: string;
        project_id?: string;
        tenant_id?: string;
        tags?: string[];
        gateway_ip?: string | null;
        dns_nameservers?: string[];
        allocation_pools?: { start: string; end: string }[];
        enable_dhcp?: true;
        host_routes?: unknown[];
        service_types?: unknown[];
        dns_publish_fixed_ip?: false;
        segment_id?: null;
        network_id: string;
        ip_version: 4;
        cidr: string;
        prefixlen?: null;
        subnetpool_id?: null;
        use_default_subnetpool?: false;
        ipv6_address_mode?: null;
        ipv6_ra_mode?: null;
      }[];
    };
    answer: { subnet: SubnetView } | { subnets: SubnetView[] };
  };
  'PUT /network/v2.0/subnets/:id': {
    params: { id: string };
    body: {
      subnet: {
        name?: string;
        description?: string;
        gateway_ip?: string | null;
        dns_nameservers?: string[];
        allocation_pools?: { start: string; end: string }[];
        enable_dhcp?: true;
        host_routes?: unknown[];
        service_types?: unknown[];
        dns_publish_fixed_ip?: false;
        segment_id?: null;
      };
    };
    answer: { subnet: SubnetView };
  };
  'DELETE /network/v2.0/subnets/:id': { params: { id: string } };
  'PUT /network/v2.0/subnets/:id/tags': {
    params: { id: string };
    body: { tags: string[] };
    answer: { tags: string[] };
  };
  'GET /network/v2.0/ports': {
    query: Record<string, string | string[]>;
    answer: { ports: PortView[]; ports_links?: Link[] };
  };
}
