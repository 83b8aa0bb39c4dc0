import { randomUUID } from 'node:crypto';
import type { Database } from '../database/database.ts';
import { systemContext } from '../policy/authorization.ts';
import type { NetworkRepository } from './network.repository.ts';
import type { Networks } from './network.resource.ts';
import type { NetworkRecord } from './network.tables.ts';
import type { Subnets } from './subnet.resource.ts';

export interface DefaultNetworkParts {
  database: Database;
  repository: NetworkRepository;
  networks: Networks;
  subnets: Subnets;
}

/** Bytes; also of a machine whose network is gone. */
export const DEFAULT_MTU = 1500;

/** The user-mode network: each machine is alone behind NAT, yet its address comes from this one plan. */
const DEFAULT_NETWORK = {
  name: 'default',
  cidr: '10.77.0.0/16',
  gatewayIp: '10.77.0.1',
  /** QEMU's user-mode network answers DNS itself at this address. */
  dnsNameserver: '10.77.0.3',
  pool: { start: '10.77.0.16', end: '10.77.255.254' },
};

/** Where there is none: the network that every cloud begins with. */
export async function makeDefaultNetwork(
  { database, repository, networks, subnets }: DefaultNetworkParts,
  projectId: string,
): Promise<void> {
  if (await repository.defaultNetwork()) return;
  await database.transaction(async (trx) => {
    const now = new Date().toISOString();
    const standard = { project_id: projectId, tags: [], revision_number: 1, created_at: now, updated_at: now };
    const network: NetworkRecord = {
      ...standard,
      id: randomUUID(),
      name: DEFAULT_NETWORK.name,
      description: 'Every machine reaches out through this computer; nothing reaches in unless it is forwarded.',
      admin_state_up: true,
      shared: true,
      is_default: true,
      mtu: DEFAULT_MTU,
      driver: 'user',
      availability_zone_hints: [],
    };
    await networks.store.insert(trx, network);
    await networks.tell(trx, systemContext(), network, 'network.create.end');
    await subnets.store.insert(trx, {
      ...standard,
      id: randomUUID(),
      network_id: network.id,
      name: 'default-ipv4',
      description: '',
      ip_version: 4,
      cidr: DEFAULT_NETWORK.cidr,
      gateway_ip: DEFAULT_NETWORK.gatewayIp,
      enable_dhcp: true,
      dns_nameservers: [DEFAULT_NETWORK.dnsNameserver],
      allocation_pools: [DEFAULT_NETWORK.pool],
      host_routes: [],
    });
  });
}
