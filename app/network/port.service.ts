import { randomBytes, randomUUID } from 'node:crypto';
import type { Context } from '../contract/context.ts';
import { OperationalError, UserError } from '../contract/errors.ts';
import type { EventName } from '../contract/events.ts';
import type { Database, Queryable, Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import { candidates, contains, isHostAddress } from './address-pool.ts';
import type { NetworkRepository, PortFilter } from './network.repository.ts';
import type { FixedIp, NetworkRecord, PortRecord, PortValues, SubnetRecord } from './network.tables.ts';

export interface NewPort {
  /** Where it has one already. */
  id?: string | undefined;
  network: NetworkRecord;
  projectId: string;
  name?: string | undefined;
  description?: string | undefined;
  macAddress?: string | undefined;
  /** Addresses asked for, empty for any; none given means one from the network's first subnet. */
  fixedIps?: { subnetId?: string | undefined; ipAddress?: string | undefined }[] | undefined;
  deviceId?: string | undefined;
  deviceOwner?: string | undefined;
  adminStateUp?: boolean | undefined;
  madeForServer?: boolean | undefined;
}

/** Ports and the addresses on them. Addresses are handed out round-robin, so that a freed one rests before reuse. */
export class PortService {
  readonly #database: Database;
  readonly #repository: NetworkRepository;
  readonly #events: EventService;
  readonly #lastAddress = new Map<string, string>();

  constructor(parts: { database: Database; repository: NetworkRepository; events: EventService }) {
    this.#database = parts.database;
    this.#repository = parts.repository;
    this.#events = parts.events;
  }

  async list(filter: PortFilter): Promise<PortRecord[]> {
    return await this.#repository.ports(filter);
  }

  async find(context: Context, id: string, query?: Queryable): Promise<PortRecord> {
    const [port] = await this.#repository.ports({ ids: [id], visibleTo: visibleTo(context) }, query);
    if (!port) throw new UserError('not_found', `Port ${id} could not be found.`);
    return port;
  }

  /** Makes the port and takes its addresses, all in `trx`. */
  async create(trx: Transaction, context: Context, request: NewPort): Promise<PortRecord> {
    const subnets = (await this.#repository.subnets(trx)).filter(({ network_id }) => network_id === request.network.id);
    const id = request.id ?? randomUUID();
    const now = new Date().toISOString();
    const port: PortRecord = {
      id,
      network_id: request.network.id,
      name: request.name ?? '',
      description: request.description ?? '',
      project_id: request.projectId,
      mac_address: await this.#macAddress(trx, request),
      device_id: request.deviceId ?? '',
      device_owner: request.deviceOwner ?? '',
      admin_state_up: request.adminStateUp !== false,
      status: 'DOWN',
      host_id: '',
      made_for_server: request.madeForServer ?? false,
      created_at: now,
      updated_at: now,
      fixed_ips: await this.#addresses(trx, request, subnets),
    };
    await this.#repository.insertPort(trx, port);
    await this.#record(trx, context, 'port.create.end', port);
    return port;
  }

  async update(context: Context, id: string, changes: Partial<PortValues>): Promise<PortRecord> {
    return await this.#database.transaction(async (trx) => {
      await this.find(context, id, trx);
      await this.#repository.updatePort(trx, id, changes);
      const port = await this.find(context, id, trx);
      await this.#record(trx, context, 'port.update.end', port);
      return port;
    });
  }

  async delete(context: Context, id: string): Promise<void> {
    await this.#database.transaction(async (trx) => {
      const port = await this.find(context, id, trx);
      if (port.device_id !== '' && port.device_owner.startsWith('compute:')) {
        throw new UserError('conflict', `Port ${id} is in use by machine ${port.device_id}.`, {
          hint: 'Delete the machine first; a port that was made for it goes with it.',
        });
      }
      await this.remove(trx, context, port);
    });
  }

  async remove(trx: Transaction, context: Context, port: PortRecord): Promise<void> {
    await this.#repository.deletePort(trx, port.id);
    await this.#record(trx, context, 'port.delete.end', port);
  }

  async #addresses(trx: Transaction, request: NewPort, subnets: SubnetRecord[]): Promise<FixedIp[]> {
    const wanted = request.fixedIps ?? (subnets[0] ? [{ subnetId: subnets[0].id }] : []);
    const fixed: FixedIp[] = [];
    for (const { subnetId, ipAddress } of wanted) {
      const subnet = subnets.find(({ id, cidr }) =>
        subnetId === undefined ? ipAddress === undefined || contains(cidr, ipAddress) : id === subnetId,
      );
      if (!subnet) {
        throw badAddress('bad_request', 'Invalid input for fixed_ips: no subnet of the network holds that address.');
      }
      // Addresses of this very port are not stored yet.
      const mine = fixed.filter(({ subnet_id }) => subnet_id === subnet.id).map(({ ip_address }) => ip_address);
      if (ipAddress !== undefined) await this.#assertUsable(trx, subnet, ipAddress, mine);
      fixed.push({ subnet_id: subnet.id, ip_address: ipAddress ?? (await this.#nextAddress(trx, subnet, mine)) });
    }
    return fixed;
  }

  /** Whether a port of the network could have that address. */
  async isFree(trx: Transaction, networkId: string, address: string): Promise<boolean> {
    for (const subnet of await this.#repository.subnets(trx)) {
      if (subnet.network_id !== networkId || !isHostAddress(subnet.cidr, address)) continue;
      return !servicesOf(subnet).has(address) && !(await this.#repository.isAddressTaken(trx, subnet.id, address));
    }
    return false;
  }

  async #assertUsable(trx: Transaction, subnet: SubnetRecord, address: string, mine: string[]): Promise<void> {
    if (!isHostAddress(subnet.cidr, address)) {
      throw badAddress('bad_request', `IP address ${address} is not a valid IP for the specified subnet.`);
    }
    const isTaken = servicesOf(subnet).has(address) || mine.includes(address);
    if (isTaken || (await this.#repository.isAddressTaken(trx, subnet.id, address))) {
      throw badAddress('conflict', `IP address ${address} already allocated in subnet ${subnet.id}`);
    }
  }

  async #nextAddress(trx: Transaction, subnet: SubnetRecord, mine: string[]): Promise<string> {
    const unusable = new Set([...servicesOf(subnet), ...mine]);
    let taken: Set<string> | undefined;
    for (const address of candidates(subnet.allocation_pools, this.#lastAddress.get(subnet.id))) {
      if (unusable.has(address)) continue;
      // Most often the first one is free; only when it is not, all that are taken are read, and that once.
      if (taken ? taken.has(address) : await this.#repository.isAddressTaken(trx, subnet.id, address)) {
        taken ??= await this.#repository.takenAddresses(trx, subnet.id);
        continue;
      }
      this.#database.afterCommit(trx, () => this.#lastAddress.set(subnet.id, address));
      return address;
    }
    throw new OperationalError(
      'conflict',
      'controller',
      `No more IP addresses available on network ${subnet.network_id}.`,
      { hint: 'Delete ports or machines that are not needed.' },
    );
  }

  async #macAddress(trx: Transaction, request: NewPort): Promise<string> {
    if (request.macAddress !== undefined) {
      const mac = request.macAddress.toLowerCase();
      if (await this.#repository.isMacTaken(trx, request.network.id, mac)) {
        throw new UserError(
          'conflict',
          `Unable to complete operation for network ${request.network.id}. The mac address ${mac} is in use.`,
          {
            field: 'port.mac_address',
          },
        );
      }
      return mac;
    }
    for (;;) {
      // fa:16:3e is the prefix OpenStack uses for its ports.
      const mac = `fa:16:3e:${randomBytes(3).toString('hex').match(/../g)?.join(':') ?? ''}`;
      if (!(await this.#repository.isMacTaken(trx, request.network.id, mac))) return mac;
    }
  }

  async #record(trx: Transaction, context: Context, type: EventName, port: PortRecord): Promise<void> {
    await this.#events.record(trx, context, {
      type,
      resourceId: port.id,
      projectId: port.project_id,
      payload: { device_id: port.device_id },
    });
  }
}

/** Addresses of a subnet that the network itself uses. */
function servicesOf(subnet: SubnetRecord): Set<string | null> {
  return new Set([subnet.gateway_ip, ...subnet.dns_nameservers]);
}

function badAddress(code: 'bad_request' | 'conflict', message: string): UserError {
  return new UserError(code, message, { field: 'port.fixed_ips' });
}

export function visibleTo(context: Context): string | null | 'all' {
  return context.isAdmin ? 'all' : context.projectId;
}
