import type { Context } from '../contract/context.ts';
import { CumuletError, UserError } from '../contract/errors.ts';
import type { Transaction } from '../database/database.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import type { NetworkChoice } from './network.choice.ts';
import type { NetworkRepository } from './network.repository.ts';
import type { FixedIp, PortValues } from './network.tables.ts';
import { noNetwork } from './neutron.errors.ts';
import type { PortService } from './port.service.ts';

/** What a port is that no machine has. */
const FREE: Partial<PortValues> = {
  ...{ device_id: '', device_owner: '', host_id: '', status: 'DOWN' },
  ...{ device_tag: null, device_index: 0 },
};

export interface CardRequest {
  serverId: string;
  projectId: string;
  hostId: string;
  /** A port, or a network in which one is made, the default one where none is named; with the field that named it. */
  wanted: {
    portId?: string | undefined;
    networkId?: string | undefined;
    ipAddress?: string | undefined;
    tag?: string | undefined;
  };
  at: string;
}

interface Parts {
  repository: NetworkRepository;
  ports: PortService;
  choice: NetworkChoice;
  quota: QuotaService;
}

/** The ports of machines that are there already: one more, one less, other addresses. */
export class MachineCards {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The server has the port from here on. Answers its id. */
  async attach(trx: Transaction, context: Context, request: CardRequest): Promise<string> {
    const { serverId, projectId, hostId, wanted, at } = request;
    const { repository, choice } = this.#parts;
    const cards = await repository.portsOfDevice(serverId, trx);
    const card = {
      device_tag: wanted.tag ?? null,
      device_index: Math.max(-1, ...cards.map(({ device_index }) => device_index)) + 1,
    };
    if (wanted.portId === undefined) return await this.#make(trx, context, request, card);
    const field = `${at}.port_id`;
    const found = await choice.findPort(context, wanted.portId, trx);
    if (!found) throw new UserError('not_found', `Port id ${wanted.portId} could not be found.`, { field });
    if (found.project_id !== projectId) {
      const message = `Port ${found.id} not usable for instance ${serverId}.`;
      throw new UserError('bad_request', message, { field, hint: 'It belongs to another project.' });
    }
    await choice.freePort(context, found.id, trx, field);
    const device = { device_id: serverId, device_owner: 'compute:nova', host_id: hostId };
    await repository.updatePort(trx, found.id, { ...device, ...card });
    return found.id;
  }

  async #make(
    trx: Transaction,
    context: Context,
    { serverId, projectId, hostId, wanted, at }: CardRequest,
    card: Pick<PortValues, 'device_tag' | 'device_index'>,
  ): Promise<string> {
    const { repository, choice, ports, quota } = this.#parts;
    const field = `${at}.net_id`;
    const id = wanted.networkId ?? (await repository.defaultNetwork(trx))?.id ?? '';
    if (!(await choice.findNetwork(context, id, trx))) throw noNetwork(id);
    const usable = await choice.usableNetwork(context, id, trx, field);
    await quota.check(trx, projectId, { ports: 1 });
    try {
      const port = await ports.create(trx, context, {
        ...{ ...usable, projectId, hostId, at, deviceId: serverId, deviceOwner: 'compute:nova', madeForServer: true },
        ...{ deviceTag: card.device_tag, deviceIndex: card.device_index },
        fixedIps: wanted.ipAddress === undefined ? undefined : [{ ipAddress: wanted.ipAddress }],
      });
      return port.id;
    } catch (error) {
      throw asNovas(error, id, serverId, wanted.ipAddress);
    }
  }

  async has(trx: Transaction, serverId: string, portId: string): Promise<boolean> {
    return (await this.#parts.repository.portsOfDevice(serverId, trx)).some(({ id }) => id === portId);
  }

  /** Whether a server has exactly these ports. */
  async areOf(trx: Transaction, serverId: string, portIds: readonly string[]): Promise<boolean> {
    const own = await this.#parts.repository.portsOfDevice(serverId, trx);
    return own.length === portIds.length && own.every(({ id }) => portIds.includes(id));
  }

  /** The card is gone: a port that was made for it goes too, one that was given is free. Nothing where it is another's. */
  async detach(trx: Transaction, context: Context, serverId: string, portId: string): Promise<void> {
    const port = await this.#parts.ports.records.find(portId, trx);
    if (port?.device_id === serverId) await this.release(trx, context, port);
  }

  /** Of a machine that has it no more. */
  async release(trx: Transaction, context: Context, port: PortValues): Promise<void> {
    if (port.made_for_server) await this.#parts.ports.records.remove(trx, context, port);
    else await this.#parts.repository.updatePort(trx, port.id, FREE);
  }

  /** Says whether the guest has the card of the port. */
  async mark(trx: Transaction, portId: string, status: 'ACTIVE' | 'DOWN'): Promise<void> {
    const port = await this.#parts.ports.records.find(portId, trx);
    if (port && port.status !== status) await this.#parts.repository.updatePort(trx, portId, { status });
  }

  /** One address more, on the server's first card in that network. False where it has none there. */
  async addAddress(trx: Transaction, serverId: string, networkId: string, at: string): Promise<boolean> {
    const { repository, ports } = this.#parts;
    const port = (await repository.portsOfDevice(serverId, trx)).find((each) => each.network_id === networkId);
    const subnets = (await repository.subnets([networkId], trx)).get(networkId) ?? [];
    if (!port || subnets.length === 0) return false;
    const kept = (await this.#addressesOf(trx, port)).map(asWanted);
    for (const [index, { id: subnetId }] of subnets.entries()) {
      try {
        await ports.setAddresses(trx, port, [...kept, { subnetId }], at);
        break;
      } catch (error) {
        // Another subnet of the network may have one.
        if (!isFull(error) || index === subnets.length - 1) throw asNovas(error, networkId, serverId);
      }
    }
    await repository.updatePort(trx, port.id, {});
    return true;
  }

  /** Takes an address from whichever card of the server has it. False where none has. */
  async removeAddress(trx: Transaction, serverId: string, address: string, at: string): Promise<boolean> {
    const { repository, ports } = this.#parts;
    for (const port of await repository.portsOfDevice(serverId, trx)) {
      const held = await this.#addressesOf(trx, port);
      const kept = held.filter(({ ip_address }) => ip_address !== address);
      if (kept.length === held.length) continue;
      await ports.setAddresses(trx, port, kept.map(asWanted), at);
      await repository.updatePort(trx, port.id, {});
      return true;
    }
    return false;
  }

  async #addressesOf(trx: Transaction, { id }: PortValues): Promise<FixedIp[]> {
    return (await this.#parts.repository.addresses([id], trx)).get(id) ?? [];
  }
}

function asWanted({ subnet_id, ip_address }: FixedIp) {
  return { subnetId: subnet_id, ipAddress: ip_address };
}

function isFull(error: unknown): boolean {
  return error instanceof CumuletError && error.fault === 'IpAddressGenerationFailure';
}

/** Neutron's refusals in the words in which Nova hands them on. */
function asNovas(error: unknown, networkId: string, serverId: string, address?: string): unknown {
  if (!(error instanceof CumuletError)) return error;
  const { field, hint } = error;
  if (isFull(error)) {
    return new UserError('bad_request', `No fixed IP addresses available for network: ${networkId}`, { hint });
  }
  if (error.fault !== 'IpAddressAlreadyAllocated') return error;
  const message = `Fixed IP address ${address} is already in use on instance ${serverId}.`;
  return new UserError('conflict', message, { field, hint: 'Ask for another address, or for none.' });
}
