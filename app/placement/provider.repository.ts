import type { Database, Queryable, Transaction } from '../database/database.ts';
import type { RecordOf } from '../database/table.ts';
import type { CollectionQuery } from '../resource/collection-query.ts';
import { ResourceStore } from '../resource/resource.store.ts';
import type { HeldRoom, HostStock, HostStocks } from '../scheduler/host-stock.ts';
import { noProvider } from './placement.errors.ts';
import {
  type InventoryRecord,
  inventories,
  type ProviderRecord,
  providerAggregates,
  providers,
  providerTraits,
} from './provider.tables.ts';

/** What is needed of the scheduler: its hosts, what of them is held, and that they change with what is kept here. */
export type Hosts = Pick<HostStocks, 'heldBy' | 'heldOn' | 'list' | 'raise'>;

type Query = Pick<CollectionQuery<unknown>, 'where'>;

export type Inventory = Omit<InventoryRecord, 'providerId'>;

/** A resource provider with all that is known of it. */
export interface Provider extends ProviderRecord {
  /** Of the provider that is a host. */
  readonly hostId: string | null;
  /** By their classes: those of the scheduler first, then in the order of their names. */
  readonly inventories: ReadonlyMap<string, Inventory>;
  /** In the order of their names, as are aggregates. */
  readonly traits: readonly string[];
  /** Those of them that the agent of a host tells of. */
  readonly told: readonly string[];
  readonly aggregates: readonly string[];
}

/** What the scheduler counts, as Placement calls it. */
const HOST_CLASSES = { vcpus: 'VCPU', memoryMib: 'MEMORY_MB', diskGib: 'DISK_GB' } as const;
const HOST_RESOURCES = Object.entries(HOST_CLASSES) as [keyof typeof HOST_CLASSES, string][];
/** The trait that a host has or has not by what an administrator said of it. */
export const DISABLED = 'COMPUTE_STATUS_DISABLED';

/** Whether the scheduler counts the class of that provider. */
export function isSchedulers({ hostId }: Pick<Provider, 'hostId'>, resourceClass: string): boolean {
  return hostId !== null && HOST_RESOURCES.some(([, name]) => name === resourceClass);
}

/** What allocations may take of it in all. */
export function capacityOf({ total, reserved, allocationRatio }: Inventory): number {
  return Math.floor((total - reserved) * allocationRatio);
}

/** What a machine holds, by class. */
export function resourcesOf(held: HeldRoom): Record<string, number> {
  const amounts = HOST_RESOURCES.map(([resource, name]) => [name, held[resource]] as const);
  return Object.fromEntries(amounts.filter(([, amount]) => amount > 0));
}

/** Resource providers, those of hosts as the scheduler has them among them. */
export class ProviderRepository {
  readonly #database: Database;
  readonly #hosts: Hosts;
  readonly #hostUuid: (hostId: string) => string;
  readonly #own: ResourceStore<ProviderRecord>;
  readonly #inventories: ResourceStore<InventoryRecord>;
  readonly #traits: ResourceStore<RecordOf<typeof providerTraits>>;
  readonly #aggregates: ResourceStore<RecordOf<typeof providerAggregates>>;
  /** Ids of hosts by those of their providers, and back: they never change. */
  readonly #hostIds = new Map<string, string>();
  readonly #uuids = new Map<string, string>();

  constructor(parts: { database: Database; hosts: Hosts; hostUuid: (hostId: string) => string }) {
    const { database, hosts, hostUuid } = parts;
    this.#database = database;
    this.#hosts = hosts;
    this.#hostUuid = hostUuid;
    this.#own = new ResourceStore({ database, table: providers });
    this.#inventories = new ResourceStore({ database, table: inventories, id: 'resourceClass' });
    this.#traits = new ResourceStore({ database, table: providerTraits, id: 'trait' });
    this.#aggregates = new ResourceStore({ database, table: providerAggregates, id: 'aggregateId' });
  }

  /** The provider that a host is. */
  idOfHost(hostId: string): string {
    const known = this.#uuids.get(hostId);
    if (known !== undefined) return known;
    const uuid = this.#hostUuid(hostId);
    this.#uuids.set(hostId, uuid);
    this.#hostIds.set(uuid, hostId);
    return uuid;
  }

  /** All, or those, in the order of their names. */
  async load(on: Queryable = this.#database.query, ids?: readonly string[]): Promise<Map<string, Provider>> {
    const own = await this.#own.list(ids ? { where: [{ attribute: 'id', is: 'in', value: ids }] } : {}, on);
    // Whoever took the id of a host before that came has it.
    const taken = new Set(own.map(({ id }) => id));
    const wanted = ids?.filter((id) => !taken.has(id));
    const hosts = (await this.#hostsOf(on, wanted)).filter(({ id }) => !taken.has(this.idOfHost(id)));
    const of: Query = ids ? { where: [{ attribute: 'providerId', is: 'in', value: ids }] } : {};
    const stored = Map.groupBy(await this.#inventories.list(of, on), ({ providerId }) => providerId);
    const traits = Map.groupBy(await this.#traits.list(of, on), ({ providerId }) => providerId);
    const aggregates = Map.groupBy(await this.#aggregates.list(of, on), ({ providerId }) => providerId);
    const whole = (record: ProviderRecord, host?: HostStock): Provider => ({
      ...record,
      hostId: host?.id ?? null,
      inventories: new Map(
        [...(host ? hostInventories(host) : []), ...(stored.get(record.id) ?? [])].map((each) => [
          each.resourceClass,
          each,
        ]),
      ),
      traits: [
        ...new Set([
          ...(traits.get(record.id) ?? []).map(({ trait }) => trait),
          ...(host?.traits ?? []),
          ...(host?.isDisabled ? [DISABLED] : []),
        ]),
      ].sort(),
      told: [...(host?.traits ?? [])],
      aggregates: (aggregates.get(record.id) ?? []).map(({ aggregateId }) => aggregateId),
    });
    const found = [...hosts.map((host) => whole(this.#recordOf(host), host)), ...own.map((record) => whole(record))];
    found.sort((one, other) => compare(one.name, other.name) || compare(one.id, other.id));
    return new Map(found.map((provider) => [provider.id, provider]));
  }

  /** Of each host, all that it has. */
  async traitsOfHosts(): Promise<Map<string, readonly string[]>> {
    const found = [...(await this.load()).values()];
    return new Map(found.flatMap(({ hostId, traits }) => (hostId === null ? [] : [[hostId, traits] as const])));
  }

  async find(id: string, on?: Queryable): Promise<Provider | undefined> {
    return (await this.load(on, [id])).get(id);
  }

  /** Throws 404 where there is none. */
  async get(id: string, on?: Queryable): Promise<Provider> {
    const found = await this.find(id, on);
    if (!found) throw noProvider(id);
    return found;
  }

  async hasChildren(id: string, on: Queryable): Promise<boolean> {
    return (await this.#own.count({ is: { parentId: id } }, on)) > 0;
  }

  /** Others know by it that something of the provider has changed. */
  async raise(trx: Transaction, { id, hostId }: Pick<Provider, 'id' | 'hostId'>): Promise<number> {
    if (hostId !== null) return await this.#hosts.raise(trx, hostId);
    const raised = await this.#own.update(trx, id, (record) => ({
      ...record,
      generation: record.generation + 1,
      updatedAt: new Date().toISOString(),
    }));
    if (!raised) throw noProvider(id);
    return raised.generation;
  }

  #recordOf({ id, name, revision, changedAt }: HostStock): ProviderRecord {
    const uuid = this.idOfHost(id);
    const updatedAt = changedAt ?? new Date(0).toISOString();
    return { id: uuid, name, parentId: null, rootId: uuid, generation: revision, updatedAt };
  }

  async #hostsOf(on: Queryable, ids: readonly string[] | undefined): Promise<HostStock[]> {
    if (ids?.length === 0) return [];
    const known = ids?.map((id) => this.#hostIds.get(id));
    if (known?.every((id) => id !== undefined)) return await this.#hosts.list(on, known);
    // Another controller may have met them: who they are is not told by their ids.
    const hosts = await this.#hosts.list(on);
    return ids ? hosts.filter(({ id }) => ids.includes(this.idOfHost(id))) : hosts;
  }
}

/** Those of which there is something. `maxUnit` is what the scheduler would give to one machine. */
function hostInventories(host: HostStock): Inventory[] {
  return HOST_RESOURCES.filter(([resource]) => host[resource].total > 0).map(([resource, resourceClass]) => {
    const { total, reserved, ratio, used } = host[resource];
    const maxUnit = Math.max(1, Math.floor((total - reserved) * ratio));
    return { resourceClass, total, reserved, minUnit: 1, maxUnit, stepSize: 1, allocationRatio: ratio, used };
  });
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
