import type { NetworkView, PortView, SubnetView } from '../../app/contract/generated/network.api.ts';
import { type ListAsked, pageQuery } from './list-page.ts';
import { call } from './request.ts';

export type { SubnetView };

export async function listNetworks({ signal, ...asked }: ListAsked): Promise<NetworkView[]> {
  return (await call('GET /network/v2.0/networks', { query: pageQuery(asked), signal })).networks;
}

export async function getNetwork(id: string, signal?: AbortSignal): Promise<NetworkView> {
  return (await call('GET /network/v2.0/networks/:id', { params: { id }, signal })).network;
}

export async function listSubnets(signal?: AbortSignal): Promise<SubnetView[]> {
  return (await call('GET /network/v2.0/subnets', { signal })).subnets;
}

export async function listPorts(
  filter: { network_id?: string; device_id?: string },
  signal?: AbortSignal,
): Promise<PortView[]> {
  return (await call('GET /network/v2.0/ports', { query: filter, signal })).ports;
}
