import type { NetworkView, PortView } from '../../app/contract/openstack.ts';
import { request } from './request.ts';

const BASE = '/network/v2.0';

export interface SubnetView {
  id: string;
  name: string;
  network_id: string;
  cidr: string;
  ip_version: 4 | 6;
  gateway_ip: string | null;
  enable_dhcp: boolean;
  dns_nameservers: string[];
  allocation_pools: { start: string; end: string }[];
  [property: string]: unknown;
}

export async function listNetworks(signal?: AbortSignal): Promise<NetworkView[]> {
  return (await request<{ networks: NetworkView[] }>(`${BASE}/networks`, { signal })).networks;
}

export async function listSubnets(signal?: AbortSignal): Promise<SubnetView[]> {
  return (await request<{ subnets: SubnetView[] }>(`${BASE}/subnets`, { signal })).subnets;
}

export async function listPorts(
  filter: { network_id?: string; device_id?: string },
  signal?: AbortSignal,
): Promise<PortView[]> {
  return (await request<{ ports: PortView[] }>(`${BASE}/ports`, { query: filter, signal })).ports;
}
