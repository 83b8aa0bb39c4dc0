import type { NetworkView } from '../../app/contract/generated/network/networks.api.ts';
import type { PortView } from '../../app/contract/generated/network/ports.api.ts';
import type { SubnetView } from '../../app/contract/generated/network/subnets.api.ts';
import { type ListAsked, pageQuery } from './list-page.ts';
import { type BodyOf, call } from './request.ts';

export type { SubnetView };

export async function listNetworks({ signal, ...asked }: ListAsked): Promise<NetworkView[]> {
  return (await call('GET /network/v2.0/networks', { query: pageQuery(asked), signal })).networks;
}

/** As many as one page has: for a choice among them, and for their names. */
export async function listNetworkNames(signal?: AbortSignal): Promise<Pick<NetworkView, 'id' | 'name'>[]> {
  return (await call('GET /network/v2.0/networks', { query: { limit: 1000, sort_key: 'name' }, signal })).networks;
}

export async function getNetwork(id: string, signal?: AbortSignal): Promise<NetworkView> {
  return (await call('GET /network/v2.0/networks/:id', { params: { id }, signal })).network;
}

export async function listSubnets(signal?: AbortSignal): Promise<SubnetView[]> {
  return (await call('GET /network/v2.0/subnets', { signal })).subnets;
}

export async function listPorts(
  asked: { network_id?: string; device_id?: string; limit?: number; marker?: string | undefined; sort_key?: string },
  signal?: AbortSignal,
): Promise<PortView[]> {
  return (await call('GET /network/v2.0/ports', { query: asked, signal })).ports;
}

export type NewPort = Extract<BodyOf<'POST /network/v2.0/ports'>, { port: unknown }>['port'];

export async function createPort(port: NewPort): Promise<void> {
  await call('POST /network/v2.0/ports', { body: { port } });
}

export async function deletePort(id: string): Promise<void> {
  await call('DELETE /network/v2.0/ports/:id', { params: { id } });
}

/** The same calls also make several at once. */
export type NewNetwork = Extract<BodyOf<'POST /network/v2.0/networks'>, { network: unknown }>['network'];
export type NewSubnet = Extract<BodyOf<'POST /network/v2.0/subnets'>, { subnet: unknown }>['subnet'];

/** With its first range. Where the range is refused there is no network either. */
export async function createNetwork(network: NewNetwork, range?: Pick<NewSubnet, 'cidr'>): Promise<void> {
  const answer = await call('POST /network/v2.0/networks', { body: { network } });
  if (!range || !('network' in answer)) return;
  try {
    await createSubnet({ network_id: answer.network.id, ...range });
  } catch (refusal) {
    await deleteNetwork(answer.network.id);
    throw refusal;
  }
}

export async function updateNetwork(
  id: string,
  network: { name?: string; description?: string; shared?: boolean },
): Promise<void> {
  await call('PUT /network/v2.0/networks/:id', { params: { id }, body: { network } });
}

export async function setNetworkTags(id: string, tags: string[]): Promise<void> {
  await call('PUT /network/v2.0/networks/:id/tags', { params: { id }, body: { tags } });
}

export async function deleteNetwork(id: string): Promise<void> {
  await call('DELETE /network/v2.0/networks/:id', { params: { id } });
}

export async function createSubnet(subnet: Omit<NewSubnet, 'ip_version'>): Promise<void> {
  await call('POST /network/v2.0/subnets', { body: { subnet: { ip_version: 4, ...subnet } } });
}

export async function updateSubnet(id: string, subnet: { name?: string; gateway_ip?: string | null }): Promise<void> {
  await call('PUT /network/v2.0/subnets/:id', { params: { id }, body: { subnet } });
}

export async function setSubnetTags(id: string, tags: string[]): Promise<void> {
  await call('PUT /network/v2.0/subnets/:id/tags', { params: { id }, body: { tags } });
}

export async function deleteSubnet(id: string): Promise<void> {
  await call('DELETE /network/v2.0/subnets/:id', { params: { id } });
}
