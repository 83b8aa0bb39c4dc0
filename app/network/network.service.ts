import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { MachinePort } from '../contract/machine.ts';
import type { ServerView } from '../contract/openstack.ts';
import type { Queryable, Transaction } from '../database/database.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import { isAddress } from './address-pool.ts';
import { DEFAULT_MTU, type DefaultNetworkParts, makeDefaultNetwork } from './default-network.ts';
import { MachineCards } from './machine-cards.ts';
import { NetworkChoice } from './network.choice.ts';
import type { NetworkRepository } from './network.repository.ts';
import { type Networks, networksFor } from './network.resource.ts';
import type { NetworkRecord } from './network.tables.ts';
import type { PortService } from './port.service.ts';

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
  /** Where they are plugged. */
  hostId: string;
}

/** Of networks, to who asks Nova for all. */
const MOST_LISTED = 1000;

export interface NetworkServiceParts extends DefaultNetworkParts {
  ports: PortService;
  quota: QuotaService;
}

/** What compute needs of networks. */
export class NetworkService {
  readonly #parts: NetworkServiceParts;
  readonly #repository: NetworkRepository;
  readonly #networks: Networks;
  readonly #ports: PortService;
  readonly #choice: NetworkChoice;
  /** Cards of machines that are there already. */
  readonly cards: MachineCards;

  constructor(parts: NetworkServiceParts) {
    this.#parts = parts;
    this.#choice = new NetworkChoice(parts);
    this.cards = new MachineCards({ ...parts, choice: this.#choice });
    this.#repository = parts.repository;
    this.#networks = parts.networks;
    this.#ports = parts.ports;
  }

  /** Makes the default network at the first start. */
  async bootstrap(projectId: string): Promise<void> {
    await makeDefaultNetwork(this.#parts, projectId);
  }

  /** A network the caller may use; `query` is given inside a transaction. */
  async findNetwork(context: Context, id: string, query?: Queryable): Promise<NetworkRecord | undefined> {
    return await this.#networks.find(id, query, networksFor(context));
  }

  /** Those that the caller may use, as many as one page of Nova's holds. */
  async listNetworks(context: Context): Promise<NetworkRecord[]> {
    return await this.#networks.list({ ...networksFor(context), limit: MOST_LISTED });
  }

  /** Where machines go that name no network. */
  async defaultNetwork(): Promise<NetworkRecord | undefined> {
    return await this.#repository.defaultNetwork();
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
      if (port !== undefined) await this.#choice.freePort(context, port, undefined, field);
      else await this.#choice.usableNetwork(context, uuid, undefined, field);
    }
  }

  /** Makes or takes the ports of a server; a server that has ports keeps them. */
  async allocatePorts(trx: Transaction, context: Context, request: PortRequest): Promise<void> {
    const { serverId, hostId, requested } = request;
    const isThere = await this.bindPorts(trx, serverId, hostId, 'DOWN');
    if (isThere || requested === 'none') return;
    const wanted = Array.isArray(requested) ? requested : [{ uuid: (await this.#repository.defaultNetwork(trx))?.id }];
    for (const [index, { uuid, port, fixed_ip, tag = null }] of wanted.entries()) {
      const card = { device_tag: tag, device_index: index };
      const device = { device_id: serverId, device_owner: 'compute:nova', host_id: hostId, ...card };
      if (port !== undefined) {
        // It was free when the launch was asked for; by now another machine may have it.
        await this.#choice.freePort(context, port, trx);
        await this.#repository.updatePort(trx, port, device);
        continue;
      }
      await this.#ports.create(trx, context, {
        ...(await this.#choice.usableNetwork(context, uuid, trx)),
        projectId: request.projectId,
        deviceId: device.device_id,
        deviceOwner: device.device_owner,
        hostId,
        madeForServer: true,
        ...{ deviceTag: tag, deviceIndex: index },
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
    const changed: { mac: string; before: string; now: string }[] = [];
    for (const { id, mac, networkId, driver, fixedIps } of request.ports) {
      const device = { device_id: request.serverId, device_owner: 'compute:nova' };
      const present = await this.#ports.records.find(id, trx);
      if (present?.device_id === '' && present.mac_address === mac) {
        await this.#repository.updatePort(trx, id, device);
        continue;
      }
      const own = await this.findNetwork(context, networkId, trx);
      const network = own ?? (await this.#repository.defaultNetwork(trx));
      if (!network || (!own && network.driver !== driver)) {
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

  /** Says where the server's ports are plugged; hostId '' and DOWN when on no host. Answers whether it has any. */
  async bindPorts(trx: Transaction, serverId: string, hostId: string, status: 'ACTIVE' | 'DOWN'): Promise<boolean> {
    return (await this.#repository.updatePortsOf(trx, serverId, { host_id: hostId, status })) > 0;
  }

  /** Ports made for the server go; those people made are free again. */
  async releasePorts(trx: Transaction, context: Context, serverId: string): Promise<void> {
    const ports = await this.#repository.portsOfDevice(serverId, trx);
    for (const port of ports) await this.cards.release(trx, context, port);
  }

  /** The ports as a host needs them to plug a machine. */
  async machinePorts(serverId: string): Promise<MachinePort[]> {
    const ports = await this.#repository.portsOfDevice(serverId);
    const networkIds = ports.map(({ network_id }) => network_id);
    const [networks, subnetsOf, addresses] = await Promise.all([
      this.#repository.networks(networkIds),
      this.#repository.subnets(networkIds),
      this.#repository.addresses(ports.map(({ id }) => id)),
    ]);
    return ports.map((port) => {
      const network = networks.get(port.network_id);
      const subnets = subnetsOf.get(port.network_id) ?? [];
      return {
        id: port.id,
        mac: port.mac_address,
        driver: network?.driver ?? 'user',
        networkId: port.network_id,
        mtu: network?.mtu ?? DEFAULT_MTU,
        ...(port.device_tag !== null && { tag: port.device_tag }),
        fixedIps: (addresses.get(port.id) ?? []).map(({ subnet_id, ip_address }) => {
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
    const rows = await this.#repository.addressesOfDevices(serverIds);
    const result = new Map<string, ServerView['addresses']>();
    for (const { device_id, network_name: name, mac_address, ip_address } of rows) {
      const addresses = result.get(device_id) ?? {};
      result.set(device_id, addresses);
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
}
