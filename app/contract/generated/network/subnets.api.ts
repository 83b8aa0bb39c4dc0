// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

import type { Link } from './shared.api.ts';

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

export interface SubnetsApi {
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
}
