import { randomBytes, randomUUID } from 'node:crypto';
import type { Context } from '../contract/context.ts';
import { OperationalError, type UserError } from '../contract/errors.ts';
import type { Database, Transaction } from '../database/database.ts';
import { Resource, type ResourceParts } from '../resource/resource.ts';
import { pairsOf } from './address-pairs.ts';
import { candidates, contains, isHostAddress } from './address-pool.ts';
import { AddressTurns } from './address-turns.ts';
import type { NetworkRepository } from './network.repository.ts';
import {
  type FixedIp,
  type NetworkRecord,
  type PortRecord,
  type PortValues,
  ports,
  type SubnetRecord,
} from './network.tables.ts';
import { neutronFault } from './neutron.errors.ts';
import type { NewPort, WantedAddress } from './new-port.ts';

export type PortRecords = Resource<PortValues>;

export function portResource(parts: ResourceParts): PortRecords {
  return new Resource<PortValues>(
    {
      table: ports,
      notFound: (id) => neutronFault('not_found', 'PortNotFound', `Port ${id} could not be found.`),
      events: { created: 'port.create.end', updated: 'port.update.end', deleted: 'port.delete.end' },
      told: ({ project_id, device_id }) => ({ projectId: project_id, payload: { device_id } }),
      checkDelete: async (_trx, { id, device_id, device_owner }) => {
        if (device_id === '' || !device_owner.startsWith('compute:')) return;
        throw neutronFault('conflict', 'PortInUse', `Port ${id} is in use by machine ${device_id}.`, {
          hint: 'Delete the machine first; a port that was made for it goes with it.',
        });
      },
    },
    parts,
  );
}

interface Parts {
  database: Database;
  repository: NetworkRepository;
  records: PortRecords;
}

/** Ports and the addresses on them. Addresses are handed out round-robin, so that a freed one rests before reuse. */
export class PortService {
  readonly records: PortRecords;
  readonly #repository: NetworkRepository;
  readonly #turns: AddressTurns;

  constructor(parts: Parts) {
    this.records = parts.records;
    this.#turns = new AddressTurns(parts.database);
    this.#repository = parts.repository;
  }

  /** Makes the port and takes its addresses, all in `trx`. */
  async create(trx: Transaction, context: Context, request: NewPort): Promise<PortRecord> {
    const { network, at = 'port' } = request;
    const subnets = request.subnets ?? (await this.#repository.subnets([network.id], trx)).get(network.id) ?? [];
    const now = new Date().toISOString();
    const mac_address =
      request.macAddress === undefined
        ? await this.#newMac(trx, network.id)
        : await this.freeMac(trx, network.id, request.macAddress, at);
    const port: PortValues = {
      id: request.id ?? randomUUID(),
      network_id: network.id,
      name: request.name ?? '',
      description: request.description ?? '',
      project_id: request.projectId,
      tags: request.tags ?? [],
      revision_number: 1,
      mac_address,
      device_id: request.deviceId ?? '',
      device_owner: request.deviceOwner ?? '',
      admin_state_up: request.adminStateUp !== false,
      status: 'DOWN',
      host_id: request.hostId ?? '',
      made_for_server: request.madeForServer ?? false,
      allowed_address_pairs: pairsOf(request.addressPairs ?? [], mac_address, at),
      device_tag: request.deviceTag ?? null,
      device_index: request.deviceIndex ?? 0,
      created_at: now,
      updated_at: now,
    };
    const fixed_ips = await this.#addresses(trx, { network, wanted: request.fixedIps, held: [], at }, subnets);
    await this.records.add(trx, context, port);
    await this.#repository.takeAddresses(trx, port.id, fixed_ips);
    return { ...port, fixed_ips };
  }

  /**
   * Gives a port other addresses; those that it has already stay where they are asked for. Answers whether any is another.
   * 409 where a machine has it, which keeps all that it was started with.
   */
  async readdress(trx: Transaction, port: PortValues, wanted: WantedAddress[], at: string): Promise<boolean> {
    const isOther = await this.setAddresses(trx, port, wanted, at);
    if (port.device_id !== '' && isOther) throw portInUse(port);
    return isOther;
  }

  /** As {@link readdress}, also where a machine has it. */
  async setAddresses(trx: Transaction, port: PortValues, wanted: WantedAddress[], at: string): Promise<boolean> {
    const { id, network_id } = port;
    const network = (await this.#repository.networks([network_id], trx)).get(network_id) as NetworkRecord;
    const subnets = (await this.#repository.subnets([network_id], trx)).get(network_id) ?? [];
    const held = (await this.#repository.addresses([id], trx)).get(id) ?? [];
    await this.#repository.dropAddresses(trx, id);
    const fixedIps = await this.#addresses(trx, { network, wanted, held, at }, subnets);
    const isSame = fixedIps.length === held.length && held.every((has) => fixedIps.some((next) => isOne(has, next)));
    await this.#repository.takeAddresses(trx, id, fixedIps);
    return !isSame;
  }

  /** Whether a port of the network could have that address. */
  async isFree(trx: Transaction, networkId: string, address: string): Promise<boolean> {
    const subnets = (await this.#repository.subnets([networkId], trx)).get(networkId) ?? [];
    const subnet = subnets.find(({ cidr }) => isHostAddress(cidr, address));
    if (!subnet || servicesOf(subnet).has(address)) return false;
    return !(await this.#repository.isAddressTaken(trx, subnet.id, address));
  }

  /** The address as it is stored; 409 where another port of the network has it. */
  async freeMac(trx: Transaction, networkId: string, address: string, at: string): Promise<string> {
    const mac = address.toLowerCase();
    if (!(await this.#repository.isMacTaken(trx, networkId, mac))) return mac;
    const message = `Unable to complete operation for network ${networkId}. The mac address ${mac} is in use.`;
    throw neutronFault('conflict', 'MacAddressInUse', message, { field: `${at}.mac_address` });
  }

  async #newMac(trx: Transaction, networkId: string): Promise<string> {
    for (;;) {
      // fa:16:3e is the prefix OpenStack uses for its ports.
      const mac = `fa:16:3e:${randomBytes(3).toString('hex').match(/../g)?.join(':') ?? ''}`;
      if (!(await this.#repository.isMacTaken(trx, networkId, mac))) return mac;
    }
  }

  async #addresses(
    trx: Transaction,
    asked: { network: NetworkRecord; wanted: WantedAddress[] | undefined; held: readonly FixedIp[]; at: string },
    subnets: SubnetRecord[],
  ): Promise<FixedIp[]> {
    const { network, wanted, held, at } = asked;
    if (wanted === undefined) return subnets.length === 0 ? [] : [await this.#anyAddress(trx, network, subnets)];
    const fixed: FixedIp[] = [];
    const named = new Set(wanted.map(({ ipAddress }) => ipAddress));
    for (const { subnetId, ipAddress } of wanted) {
      const subnet = subnets.find(({ id, cidr }) =>
        subnetId === undefined ? ipAddress === undefined || contains(cidr, ipAddress) : id === subnetId,
      );
      if (!subnet) {
        throw badAddress(
          at,
          'bad_request',
          'InvalidIpForNetwork',
          'Invalid input for fixed_ips: no subnet of the network holds that address.',
        );
      }
      // Addresses of this very port are not stored yet.
      const mine = fixed.map(({ ip_address }) => ip_address);
      if (ipAddress !== undefined) await this.#assertUsable(trx, subnet, ipAddress, mine, at);
      const kept = held.find(
        ({ subnet_id, ip_address }) => subnet_id === subnet.id && !named.has(ip_address) && !mine.includes(ip_address),
      );
      const address = ipAddress ?? kept?.ip_address ?? (await this.#nextAddress(trx, subnet, mine));
      if (address === undefined) throw noneLeft(network.id);
      fixed.push({ subnet_id: subnet.id, ip_address: address });
    }
    return fixed;
  }

  async #anyAddress(trx: Transaction, network: NetworkRecord, subnets: SubnetRecord[]): Promise<FixedIp> {
    for (const subnet of subnets) {
      const address = await this.#nextAddress(trx, subnet, []);
      if (address !== undefined) return { subnet_id: subnet.id, ip_address: address };
    }
    throw noneLeft(network.id);
  }

  async #assertUsable(
    trx: Transaction,
    subnet: SubnetRecord,
    address: string,
    mine: string[],
    at: string,
  ): Promise<void> {
    if (!isHostAddress(subnet.cidr, address)) {
      throw badAddress(
        at,
        'bad_request',
        'InvalidIpForSubnet',
        `IP address ${address} is not a valid IP for the specified subnet.`,
      );
    }
    const isTaken = servicesOf(subnet).has(address) || mine.includes(address);
    if (isTaken || (await this.#repository.isAddressTaken(trx, subnet.id, address))) {
      throw badAddress(
        at,
        'conflict',
        'IpAddressAlreadyAllocated',
        `IP address ${address} already allocated in subnet ${subnet.id}`,
      );
    }
  }

  /** Undefined where none is left. */
  async #nextAddress(
    trx: Transaction,
    subnet: SubnetRecord,
    mine: string[],
    evenIfBeingTaken = false,
  ): Promise<string | undefined> {
    let isAnyBeingTaken = false;
    const unusable = new Set([...servicesOf(subnet), ...mine]);
    let known: Set<string> | undefined;
    for (const address of candidates(subnet.allocation_pools, this.#turns.last(trx, subnet.id))) {
      if (unusable.has(address) || !isHostAddress(subnet.cidr, address)) continue;
      if (!evenIfBeingTaken && this.#turns.isBeingTaken(trx, subnet.id, address)) {
        isAnyBeingTaken = true;
        continue;
      }
      this.#turns.keep(trx, subnet.id, address);
      // Most often the first one is free; only when it is not, all that are taken are read, and that once.
      if (known ? known.has(address) : await this.#repository.isAddressTaken(trx, subnet.id, address)) {
        known ??= await this.#repository.takenAddresses(trx, subnet.id);
        continue;
      }
      this.#turns.take(trx, subnet.id, address);
      return address;
    }
    // One of those may come free again: the database decides.
    return isAnyBeingTaken ? await this.#nextAddress(trx, subnet, mine, true) : undefined;
  }
}

/** A machine keeps the card and the addresses that it was started with. */
export function portInUse({ id, network_id, device_id }: PortValues): UserError {
  const message = `Unable to complete operation on port ${id} for network ${network_id}. Port already has an attached device ${device_id}.`;
  const hint = 'A machine keeps the card and the addresses that it was started with.';
  return neutronFault('conflict', 'PortInUse', message, { hint });
}

function isOne(address: FixedIp, other: FixedIp): boolean {
  return address.ip_address === other.ip_address && address.subnet_id === other.subnet_id;
}

/** Addresses of a subnet that the network itself uses. */
function servicesOf(subnet: SubnetRecord): Set<string | null> {
  return new Set([subnet.gateway_ip, ...subnet.dns_nameservers]);
}

function badAddress(at: string, code: 'bad_request' | 'conflict', fault: string, message: string): UserError {
  return neutronFault(code, fault, message, { field: `${at}.fixed_ips` });
}

function noneLeft(networkId: string): OperationalError {
  return new OperationalError('conflict', 'controller', `No more IP addresses available on network ${networkId}.`, {
    fault: 'IpAddressGenerationFailure',
    hint: 'Delete ports or machines that are not needed.',
  });
}
