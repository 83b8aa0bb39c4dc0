// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

import type { Link } from './shared.api.ts';

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

export interface NetworksApi {
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
        mtu?: number | string;
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
        mtu?: number | string;
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
        mtu?: number | string;
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
}
