import { randomUUID } from 'node:crypto';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { MachinePort } from '../contract/machine.ts';
import type { ServerView } from '../contract/openstack.ts';
import type { Database, Queryable, Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import { systemContext } from '../policy/authorization.ts';
import { isAddress } from './address-pool.ts';
import type { NetworkRepository } from './network.repository.ts';
import type { NetworkRecord, SubnetRecord } from './network.tables.ts';
import { type PortService, visibleTo } from './port.service.ts';

/** Networks asked for at launch, as `POST /servers` gives them; null and `auto` mean the default network. */
export type RequestedNetworks =
  | { uuid?: string; port?: string; fixed_ip?: string; tag?: string }[]
  | 'auto'
  | 'none'
  | null;

export interface PortRequest {
  serverId: string;
  projectId: string;
  requested: RequestedNetworks;
}

/** The user-mode network: each machine is alone behind NAT, yet its address comes from this one plan. */
const DEFAULT_NETWORK = {
  name: 'default',
  cidr: '10.77.0.0/16',
  gatewayIp: '10.77.0.1',
  /** QEMU's user-mode network answers DNS itself at this address. */
  dnsNameserver: '10.77.0.3',
  pool: { start: '10.77.0.16', end: '10.77.255.254' },
  mtu: 1500,
};

/** What a port is that no machine has. */
const FREE = { device_id: '', device_owner: '', host_id: '', status: 'DOWN' } as const;

/** Networks, and what compute needs of ports. */
export class NetworkService {
  readonly #database: Database;
  readonly #repository: NetworkRepository;
  readonly #ports: PortService;
  readonly #events: EventService;

  constructor(parts: { database: Database; repository: NetworkRepository; ports: PortService; events: EventService }) {
    this.#database = parts.database;
    this.#repository = parts.repository;
    this.#ports = parts.ports;
    this.#events = parts.events;
  }

  /** Makes the default network at the first start. */
  async bootstrap(projectId: string): Promise<void> {
    if ((await this.#repository.networks()).length > 0) return;
    await this.#database.transaction(async (trx) => {
      const now = new Date().toISOString();
      const network: NetworkRecord = {
        id: randomUUID(),
        name: DEFAULT_NETWORK.name,
        description: 'Every machine reaches out through this computer; nothing reaches in unless it is forwarded.',
        project_id: projectId,
        admin_state_up: true,
        shared: true,
        is_default: true,
        mtu: DEFAULT_NETWORK.mtu,
        driver: 'user',
        created_at: now,
        updated_at: now,
      };
      await this.#repository.insertNetwork(trx, network);
      await this.#repository.insertSubnet(trx, {
        id: randomUUID(),
        network_id: network.id,
        name: 'default-ipv4',
        description: '',
        project_id: projectId,
        ip_version: 4,
        cidr: DEFAULT_NETWORK.cidr,
        gateway_ip: DEFAULT_NETWORK.gatewayIp,
        enable_dhcp: true,
        dns_nameservers: [DEFAULT_NETWORK.dnsNameserver],
        allocation_pools: [DEFAULT_NETWORK.pool],
        host_routes: [],
        created_at: now,
        updated_at: now,
      });
      await this.#events.record(trx, systemContext(), {
        type: 'network.create.end',
        resourceId: network.id,
        projectId: '*',
        payload: { name: network.name },
      });
    });
  }

  async listNetworks(context: Context): Promise<{ network: NetworkRecord; subnetIds: string[] }[]> {
    const [networks, subnets] = await Promise.all([this.#repository.networks(), this.#repository.subnets()]);
    return networks
      .filter((network) => isVisible(context, network))
      .map((network) => ({
        network,
        subnetIds: subnets.filter(({ network_id }) => network_id === network.id).map(({ id }) => id),
      }));
  }

  async listSubnets(context: Context): Promise<SubnetRecord[]> {
    const visible = new Set((await this.listNetworks(context)).map(({ network }) => network.id));
    return (await this.#repository.subnets()).filter(({ network_id }) => visible.has(network_id));
  }

  /** A network the caller may use; `query` is given inside a transaction. */
  async findNetwork(context: Context, id: string, query?: Queryable): Promise<NetworkRecord | undefined> {
    const networks = await this.#repository.networks(query);
    return networks.find((network) => network.id === id && isVisible(context, network));
  }

  /** Refuses at once what a launch could not use: unknown networks, ports in use, addresses that are none. */
  async checkRequested(context: Context, requested: RequestedNetworks): Promise<void> {
    if (requested === null || typeof requested === 'string') return;
    for (const [index, { uuid, port, fixed_ip }] of requested.entries()) {
      const field = `server.networks.${index}`;
      if (fixed_ip !== undefined && !isAddress(fixed_ip)) {
        throw new UserError(
          'bad_request',
          `Invalid input for field/attribute ${field}.fixed_ip. ${fixed_ip} is not an IPv4 address.`,
          { field },
        );
      }
      if (port !== undefined) {
        await this.#freePort(context, port, undefined, field);
      } else if (uuid === undefined || !(await this.findNetwork(context, uuid))) {
        throw new UserError('bad_request', `Network ${uuid ?? ''} could not be found.`, { field });
      }
    }
  }

  /** Makes or takes the ports of a server; a server that has ports keeps them. */
  async allocatePorts(trx: Transaction, context: Context, request: PortRequest): Promise<void> {
    const present = await this.#repository.ports({ deviceIds: [request.serverId], visibleTo: 'all' }, trx);
    if (present.length > 0 || request.requested === 'none') return;
    const networks = await this.#repository.networks(trx);
    const fallback = networks.find(({ is_default }) => is_default);
    const wanted = Array.isArray(request.requested) ? request.requested : [{ uuid: fallback?.id }];
    for (const { uuid, port, fixed_ip } of wanted) {
      const device = { device_id: request.serverId, device_owner: 'compute:nova' };
      if (port !== undefined) {
        // It was free when the launch was asked for; by now another machine may have it.
        await this.#freePort(context, port, trx);
        await this.#repository.updatePort(trx, port, device);
        continue;
      }
      const network = networks.find((one) => one.id === uuid && isVisible(context, one));
      if (!network) throw new UserError('bad_request', `Network ${uuid ?? ''} could not be found.`);
      await this.#ports.create(trx, context, {
        network,
        projectId: request.projectId,
        deviceId: device.device_id,
        deviceOwner: device.device_owner,
        madeForServer: true,
        fixedIps: fixed_ip === undefined ? undefined : [{ ipAddress: fixed_ip }],
      });
    }
  }

  /**
   * The ports of a machine that is plugged already: their ids and addresses stay where they are free, the rest is new.
   * A MAC address cannot be another: where it is taken the machine cannot come in.
   */
  async adoptPorts(
    trx: Transaction,
    context: Context,
    request: { serverId: string; projectId: string; ports: readonly MachinePort[] },
  ): Promise<{ mac: string; before: string; now: string }[]> {
    const networks = await this.#repository.networks(trx);
    const changed: { mac: string; before: string; now: string }[] = [];
    for (const { id, mac, networkId, driver, fixedIps } of request.ports) {
      const device = { device_id: request.serverId, device_owner: 'compute:nova' };
      const [present] = await this.#repository.ports({ ids: [id], visibleTo: 'all' }, trx);
      if (present?.device_id === '' && present.mac_address === mac) {
        await this.#repository.updatePort(trx, id, device);
        continue;
      }
      const network =
        networks.find((one) => one.id === networkId && isVisible(context, one)) ??
        networks.find((one) => one.is_default && one.driver === driver);
      if (!network) {
        throw new UserError('conflict', `The network ${networkId} of the machine is not there any more.`, {
          hint: 'Make a network of the same kind first.',
        });
      }
      const wanted: { ipAddress?: string }[] = [];
      for (const { ipAddress } of fixedIps) {
        wanted.push((await this.#ports.isFree(trx, network.id, ipAddress)) ? { ipAddress } : {});
      }
      const port = await this.#ports.create(trx, context, {
        network,
        id: present ? undefined : id,
        projectId: request.projectId,
        macAddress: mac,
        deviceId: device.device_id,
        deviceOwner: device.device_owner,
        madeForServer: true,
        fixedIps: wanted,
      });
      for (const [index, { ipAddress: before }] of fixedIps.entries()) {
        const now = port.fixed_ips[index]?.ip_address ?? '';
        if (now !== before) changed.push({ mac, before, now });
      }
    }
    return changed;
  }

  async #freePort(context: Context, id: string, query?: Queryable, field?: string): Promise<void> {
    const [port] = await this.#repository.ports({ ids: [id], visibleTo: visibleTo(context) }, query);
    if (!port) throw new UserError('bad_request', `Port ${id} could not be found.`, { field });
    if (port.device_id !== '') throw new UserError('conflict', `Port ${id} is still in use.`, { field });
  }

  /** Says where the server's ports are plugged; hostId '' and DOWN when on no host. */
  async bindPorts(trx: Transaction, serverId: string, hostId: string, status: 'ACTIVE' | 'DOWN'): Promise<void> {
    for (const { id } of await this.#repository.ports({ deviceIds: [serverId], visibleTo: 'all' }, trx)) {
      await this.#repository.updatePort(trx, id, { host_id: hostId, status });
    }
  }

  /** Ports made for the server go; those people made are free again. */
  async releasePorts(trx: Transaction, context: Context, serverId: string): Promise<void> {
    for (const port of await this.#repository.ports({ deviceIds: [serverId], visibleTo: 'all' }, trx)) {
      if (port.made_for_server) await this.#ports.remove(trx, context, port);
      else await this.#repository.updatePort(trx, port.id, FREE);
    }
  }

  /** The ports as a host needs them to plug a machine. */
  async machinePorts(serverId: string): Promise<MachinePort[]> {
    const [ports, networks, subnets] = await Promise.all([
      this.#repository.ports({ deviceIds: [serverId], visibleTo: 'all' }),
      this.#repository.networks(),
      this.#repository.subnets(),
    ]);
    return ports.map((port) => {
      const network = networks.find(({ id }) => id === port.network_id);
      return {
        id: port.id,
        mac: port.mac_address,
        driver: network?.driver ?? 'user',
        networkId: port.network_id,
        mtu: network?.mtu ?? DEFAULT_NETWORK.mtu,
        fixedIps: port.fixed_ips.map(({ subnet_id, ip_address }) => {
          const subnet = subnets.find(({ id }) => id === subnet_id);
          return {
            ipAddress: ip_address,
            subnetId: subnet_id,
            cidr: subnet?.cidr ?? `${ip_address}/32`,
            gatewayIp: subnet?.gateway_ip ?? null,
            dnsNameservers: subnet?.dns_nameservers ?? [],
          };
        }),
      };
    });
  }

  /** The `addresses` of many servers with a fixed number of queries. */
  async addressesOf(serverIds: string[]): Promise<Map<string, ServerView['addresses']>> {
    if (serverIds.length === 0) return new Map();
    const [rows, networks] = await Promise.all([
      this.#repository.addressesOfDevices(serverIds),
      this.#repository.networks(),
    ]);
    const names = new Map(networks.map(({ id, name }) => [id, name]));
    const result = new Map<string, ServerView['addresses']>();
    for (const { device_id, network_id, mac_address, ip_address } of rows) {
      const addresses = result.get(device_id) ?? {};
      result.set(device_id, addresses);
      const name = names.get(network_id) ?? network_id;
      const list = addresses[name] ?? [];
      addresses[name] = list;
      if (ip_address === null) continue;
      list.push({
        addr: ip_address,
        version: 4,
        'OS-EXT-IPS:type': 'fixed',
        'OS-EXT-IPS-MAC:mac_addr': mac_address,
      });
    }
    return result;
  }

  async countPorts(trx: Queryable, projectId: string): Promise<number> {
    return await this.#repository.countPorts(trx, projectId);
  }
}

function isVisible(context: Context, network: NetworkRecord): boolean {
  return context.isAdmin || network.shared || network.project_id === context.projectId;
}
