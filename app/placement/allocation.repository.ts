import type { ServerOwners } from '../compute/server-owners.ts';
import type { Database, Queryable, Transaction } from '../database/database.ts';
import type { HeldRoom } from '../scheduler/host-stock.ts';
import { type AllocationRecord, allocations, type ConsumerRecord, consumers } from './allocation.tables.ts';
import { type Hosts, type ProviderRepository, resourcesOf } from './provider.repository.ts';

/** Whose servers are, as compute has them. */
export type Servers = Pick<ServerOwners, 'idsOf' | 'of'>;

/** Whoever holds something, and what of which providers. */
export interface Consumer extends Omit<ConsumerRecord, 'updatedAt'> {
  readonly isServer: boolean;
  readonly updatedAt: string | undefined;
  readonly held: readonly Omit<AllocationRecord, 'consumerId'>[];
}

/** What Nova calls its consumers. */
const SERVER_TYPE = 'INSTANCE';
/** What a server holds is changed by its scheduler alone, once, when it is built. */
const SERVER_GENERATION = 1;

/** What is held: by servers as the scheduler has it, by others as they said themselves. */
export class AllocationRepository {
  readonly #database: Database;
  readonly #providers: ProviderRepository;
  readonly #hosts: Hosts;
  readonly #servers: Servers;

  constructor(parts: { database: Database; providers: ProviderRepository; hosts: Hosts; servers: Servers }) {
    this.#database = parts.database;
    this.#providers = parts.providers;
    this.#hosts = parts.hosts;
    this.#servers = parts.servers;
  }

  /** Those of them that are there: a server that no host has room for yet holds nothing. */
  async consumers(ids: readonly string[], on: Queryable = this.#database.query): Promise<Map<string, Consumer>> {
    const found = new Map<string, Consumer>();
    const rows = await on.selectFrom('placement_consumer').selectAll().where('id', 'in', ids).execute();
    const held = await on
      .selectFrom('placement_allocation')
      .selectAll()
      .where('consumer_id', 'in', ids)
      .orderBy('provider_id')
      .orderBy('resource_class')
      .execute();
    const byConsumer = Map.groupBy(held.map(allocations.toRecord), ({ consumerId }) => consumerId);
    for (const record of rows.map(consumers.toRecord)) {
      found.set(record.id, { ...record, isServer: false, held: byConsumer.get(record.id) ?? [] });
    }
    const rooms = await this.#hosts.heldBy(ids, on);
    const resized = new Map(rooms.map(({ serverId, resizedServerId }) => [serverId, resizedServerId ?? serverId]));
    const owners = await this.#servers.of([...new Set([...ids, ...resized.values()])], on);
    for (const id of ids) {
      const owner = owners.get(resized.get(id) ?? id);
      if (owner === undefined) continue;
      const held = rooms.filter(({ serverId }) => serverId === id).flatMap((room) => this.#toHeld(room));
      const what = { id, ...owner, type: SERVER_TYPE, generation: SERVER_GENERATION, updatedAt: undefined };
      found.set(id, { ...what, isServer: true, held });
    }
    return found;
  }

  /** What consumers hold of a provider, servers first, each in the order of their ids. */
  async ofProvider(id: string, hostId: string | null, on: Queryable = this.#database.query) {
    const servers = hostId === null ? [] : await this.#hosts.heldOn(hostId, on);
    const rows = await on
      .selectFrom('placement_allocation')
      .innerJoin('placement_consumer', 'placement_consumer.id', 'placement_allocation.consumer_id')
      .select(['consumer_id', 'resource_class', 'used', 'generation', 'updated_at'])
      .where('provider_id', '=', id)
      .orderBy('consumer_id')
      .orderBy('resource_class')
      .execute();
    const others = Map.groupBy(rows, ({ consumer_id }) => consumer_id);
    return [
      ...servers.map((room) => ({
        ...{ consumerId: room.serverId, generation: SERVER_GENERATION, updatedAt: undefined },
        resources: resourcesOf(room),
      })),
      ...[...others].map(([consumerId, held]) => ({
        ...{ consumerId, generation: held[0]?.generation ?? 0, updatedAt: held[0]?.updated_at },
        resources: Object.fromEntries(held.map(({ resource_class, used }) => [resource_class, used])),
      })),
    ];
  }

  /** What a project's consumers hold, or those of one user in it: sums by type and class, and how many there are. */
  async usages(
    projectId: string,
    userId?: string,
  ): Promise<Map<string | null, { consumers: number; resources: Map<string, number> }>> {
    const of = new Map<string | null, { consumers: number; resources: Map<string, number> }>();
    const at = (type: string | null) => {
      const known = of.get(type) ?? { consumers: 0, resources: new Map<string, number>() };
      of.set(type, known);
      return known;
    };
    const add = (type: string | null, name: string, used: number) => {
      const { resources } = at(type);
      resources.set(name, (resources.get(name) ?? 0) + used);
    };
    for (const room of await this.#hosts.heldBy(await this.#servers.idsOf(projectId, userId))) {
      at(SERVER_TYPE).consumers += 1;
      for (const [name, used] of Object.entries(resourcesOf(room))) add(SERVER_TYPE, name, used);
    }
    let own = this.#database.query.selectFrom('placement_consumer').where('project_id', '=', projectId);
    if (userId !== undefined) own = own.where('user_id', '=', userId);
    const counts = await own
      .select(['type', (e) => e.fn.countAll<number>().as('count')])
      .groupBy('type')
      .execute();
    for (const { type, count } of counts) at(type).consumers += Number(count);
    const sums = await own
      .innerJoin('placement_allocation', 'placement_allocation.consumer_id', 'placement_consumer.id')
      .select(['type', 'resource_class', (e) => e.fn.sum<number>('used').as('used')])
      .groupBy(['type', 'resource_class'])
      .orderBy('resource_class')
      .execute();
    for (const { type, resource_class, used } of sums) add(type, resource_class, Number(used));
    return of;
  }

  async store(trx: Transaction, consumer: ConsumerRecord): Promise<void> {
    const { id: _, ...changes } = consumers.toRow(consumer);
    await trx
      .insertInto('placement_consumer')
      .values(consumers.toRow(consumer))
      .onConflict((known) => known.column('id').doUpdateSet(changes))
      .execute();
  }

  async clear(trx: Transaction, consumerId: string): Promise<void> {
    await trx.deleteFrom('placement_allocation').where('consumer_id', '=', consumerId).execute();
  }

  async add(trx: Transaction, records: readonly AllocationRecord[]): Promise<void> {
    if (records.length > 0)
      await trx
        .insertInto('placement_allocation')
        .values(records.map((record) => allocations.toRow(record)))
        .execute();
  }

  async forget(trx: Transaction, consumerId: string): Promise<void> {
    await trx.deleteFrom('placement_consumer').where('id', '=', consumerId).execute();
  }

  #toHeld(room: HeldRoom) {
    const providerId = this.#providers.idOfHost(room.hostId);
    return Object.entries(resourcesOf(room)).map(([resourceClass, used]) => ({ providerId, resourceClass, used }));
  }
}
