// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

import type { Link } from './shared.api.ts';

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

export interface PortsApi {
  'GET /network/v2.0/ports': {
    query: Record<string, string | string[]>;
    answer: { ports: PortView[]; ports_links?: Link[] };
  };
  'POST /network/v2.0/ports': {
    body: {
      port: {
        name?: string;
        description?: string;
        project_id?: string;
        tenant_id?: string;
        tags?: string[];
        admin_state_up?: boolean;
        device_id?: string;
        device_owner?: string;
        mac_address?: string;
        fixed_ips?: { subnet_id?: string; ip_address?: string }[];
        allowed_address_pairs?: { ip_address: string; mac_address?: string }[] | null;
        security_groups?: unknown[] | null;
        port_security_enabled?: false;
        extra_dhcp_opts?: unknown[] | null;
        'binding:vnic_type'?: 'normal';
        'binding:host_id'?: string | null;
        'binding:profile'?: Record<string, never> | null;
        qos_policy_id?: null;
        dns_name?: '';
        dns_domain?: '';
        network_id: string;
      };
    } | {
      ports: {
        name?: string;
        description?: string;
        project_id?: string;
        tenant_id?: string;
        tags?: string[];
        admin_state_up?: boolean;
        device_id?: string;
        device_owner?: string;
        mac_address?: string;
        fixed_ips?: { subnet_id?: string; ip_address?: string }[];
        allowed_address_pairs?: { ip_address: string; mac_address?: string }[] | null;
        security_groups?: unknown[] | null;
        port_security_enabled?: false;
        extra_dhcp_opts?: unknown[] | null;
        'binding:vnic_type'?: 'normal';
        'binding:host_id'?: string | null;
        'binding:profile'?: Record<string, never> | null;
        qos_policy_id?: null;
        dns_name?: '';
        dns_domain?: '';
        network_id: string;
      }[];
    };
    answer: { port: PortView } | { ports: PortView[] };
  };
  'DELETE /network/v2.0/ports/:id': { params: { id: string } };
}
