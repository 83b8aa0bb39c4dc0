import type { Insertable, Selectable } from 'kysely';
import type { Database, Queryable, Transaction } from '../database/database.ts';
import type { RowOf } from '../database/table.ts';
import type { ClaimRequest, PlacedGroup, Room } from './host.filters.ts';
import type { AllocationRow, hosts } from './scheduler.tables.ts';

/** All of a host but what its agent tells of it at length. */
const COLUMNS = [
  ...(['id', 'name', 'state', 'disabled_reason', 'last_seen_at', 'revision', 'vcpus', 'memory_mib'] as const),
  ...(['zone', 'forced_down'] as const),
  ...(['disk_gib', 'used_vcpus', 'used_memory_mib', 'used_disk_gib'] as const),
  ...(['vcpu_ratio', 'memory_ratio', 'disk_ratio'] as const),
] as const;
export type HostRecord = Selectable<RowOf<typeof hosts>>;
export type HostRow = Pick<HostRecord, (typeof COLUMNS)[number]>;

/** Overcommit of a new host: Nova's CPU ratio is 4 on recent releases; memory and disk are not overcommitted. */
const RATIOS = { vcpu_ratio: 4, memory_ratio: 1, disk_ratio: 1 };

type Usage = 'used_vcpus' | 'used_memory_mib' | 'used_disk_gib' | 'machines';
type NewHost = Omit<Insertable<RowOf<typeof hosts>>, Usage | keyof typeof RATIOS | 'disabled_reason'>;

/** What a server takes of a host. */
export type ServerRoom = Pick<ClaimRequest, 'serverId' | 'resizedServerId' | keyof Room>;
/** The same, with all that may change between a decision and its claim. */
export type Claim = ServerRoom & Pick<ClaimRequest, 'zone' | 'group'>;

/** So many ids are asked for in one query. */
const IDS_AT_ONCE = 1_000;

/** Hosts and what is allocated on them; `used_*` on the host always equals the sum of its allocations. */
export class SchedulerRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async hosts(query: Queryable = this.#database.query): Promise<HostRecord[]> {
    return await query.selectFrom('scheduler_host').selectAll().orderBy('name').execute();
  }

  /** Those hosts, or all. */
  async rows(ids?: readonly string[], query: Queryable = this.#database.query): Promise<HostRow[]> {
    const select = query.selectFrom('scheduler_host').select(COLUMNS).orderBy('name');
    return await (ids ? select.where('id', 'in', ids) : select).execute();
  }

  async facts(ids: readonly string[]): Promise<Map<string, string | null>> {
    const found = new Map<string, string | null>();
    for (let at = 0; at < ids.length; at += IDS_AT_ONCE) {
      const some = ids.slice(at, at + IDS_AT_ONCE);
      const select = this.#database.query.selectFrom('scheduler_host').select(['id', 'facts']).where('id', 'in', some);
      for (const { id, facts } of await select.execute()) found.set(id, facts);
    }
    return found;
  }

  async find(id: string, query: Queryable = this.#database.query): Promise<HostRecord | undefined> {
    return await query.selectFrom('scheduler_host').selectAll().where('id', '=', id).executeTakeFirst();
  }

  async findByName(name: string, query: Queryable): Promise<HostRecord | undefined> {
    return await query.selectFrom('scheduler_host').selectAll().where('name', '=', name).executeTakeFirst();
  }

  /** With nothing on it, and the usual ratios. */
  async insert(trx: Transaction, host: NewHost): Promise<void> {
    const usage = { used_vcpus: 0, used_memory_mib: 0, used_disk_gib: 0, machines: 0 };
    await trx
      .insertInto('scheduler_host')
      .values({ ...host, ...usage, ...RATIOS, disabled_reason: null })
      .execute();
  }

  async update(trx: Transaction, id: string, changes: Partial<HostRecord>): Promise<HostRecord> {
    return await trx
      .updateTable('scheduler_host')
      .set((e) => ({ ...changes, revision: e('revision', '+', 1) }))
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
  }

  async markAllDown(trx: Transaction): Promise<void> {
    const since = new Date().toISOString();
    await trx
      .updateTable('scheduler_host')
      .set((e) => ({ state: 'down', since, revision: e('revision', '+', 1) }))
      .where('state', '=', 'up')
      .execute();
  }

  async findAllocation(serverId: string, query: Queryable = this.#database.query): Promise<AllocationRow | undefined> {
    return await query
      .selectFrom('scheduler_allocation')
      .selectAll()
      .where('server_id', '=', serverId)
      .executeTakeFirst();
  }

  async allocationsOn(hostId: string, query: Queryable): Promise<AllocationRow[]> {
    const select = query.selectFrom('scheduler_allocation').selectAll().where('host_id', '=', hostId);
    return await select.orderBy('server_id').execute();
  }

  /** Also what resizes of them hold. */
  async allocationsOf(serverIds: readonly string[], query: Queryable): Promise<AllocationRow[]> {
    const select = query.selectFrom('scheduler_allocation').selectAll();
    const own = await select.where('server_id', 'in', serverIds).execute();
    const ofResizes = await select.where('resized_server_id', 'in', serverIds).execute();
    return [...own, ...ofResizes].sort((one, other) => (one.server_id < other.server_id ? -1 : 1));
  }

  /** Each has what the other had: both are on one host, for which nothing changes but its number. */
  async exchange(trx: Transaction, serverId: string, migrationId: string): Promise<HostRow | undefined> {
    const rows = await this.allocationsOf([serverId], trx);
    const [own, other] = [serverId, migrationId].map((id) => rows.find(({ server_id }) => server_id === id));
    if (!own || !other) return undefined;
    for (const [row, { vcpus, memory_mib, disk_gib }] of [[own, other] as const, [other, own] as const]) {
      const set = { vcpus, memory_mib, disk_gib };
      await trx.updateTable('scheduler_allocation').set(set).where('server_id', '=', row.server_id).execute();
    }
    return await this.update(trx, own.host_id, {});
  }

  /** Names are unique, for clients call hosts by them; the later of two hosts of one name gets a part of its id too. */
  async freeName(trx: Transaction, hostId: string, wanted: string): Promise<string> {
    const holder = await this.findByName(wanted, trx);
    return holder === undefined || holder.id === hostId ? wanted : `${wanted}-${hostId.slice(0, 8)}`;
  }

  /** For `Database.claim`: the host as it is then. Where it does not have the room, or the server has some, it throws. */
  async claim(trx: Transaction, hostId: string, { zone, group, ...room }: Claim): Promise<HostRow> {
    const allocation = toAllocation(hostId, room);
    // Not of its values alone: the host may have been forgotten meanwhile.
    const made = await trx
      .insertInto('scheduler_allocation')
      .columns(['server_id', 'host_id', 'vcpus', 'memory_mib', 'disk_gib', 'resized_server_id'])
      .expression((e) =>
        e
          .selectFrom('scheduler_host')
          .select([
            e.cast<string>(e.val(room.serverId), 'text').as('server_id'),
            'id',
            e.cast<number>(e.val(room.vcpus), 'integer').as('vcpus'),
            e.cast<number>(e.val(room.memoryMib), 'integer').as('memory_mib'),
            e.cast<number>(e.val(room.diskGib), 'integer').as('disk_gib'),
            e.cast<string | null>(e.val(room.resizedServerId ?? null), 'text').as('resized_server_id'),
          ])
          .where('id', '=', hostId),
      )
      .onConflict((conflict) => conflict.column('server_id').doNothing())
      .executeTakeFirst();
    if (made.numInsertedOrUpdatedRows !== 1n) throw new NothingClaimed();
    const host = await this.#addUsage(trx, allocation, 1)
      .where('state', '=', 'up')
      .where('disabled_reason', 'is', null)
      .where('forced_down', '=', 0)
      .where((e) => ((zone ?? null) === null ? e.lit(true) : e('zone', '=', zone as string)))
      .where((e) => e(e('vcpus', '*', e.ref('vcpu_ratio')), '>=', e('used_vcpus', '+', room.vcpus)))
      .where((e) => e(e('memory_mib', '*', e.ref('memory_ratio')), '>=', e('used_memory_mib', '+', room.memoryMib)))
      .where((e) => e(e('disk_gib', '*', e.ref('disk_ratio')), '>=', e('used_disk_gib', '+', room.diskGib)))
      .executeTakeFirst();
    if (!host) throw new NothingClaimed();
    if (group) await this.#join(trx, allocation, group);
    return host;
  }

  /**
   * Takes the machine's place in its group. It comes after the change of the host, whose other claims wait for this one
   * from then on: what they did is seen, and what is counted here stays so. Where a group is bound to one host, it is
   * locked too.
   */
  async #join(trx: Transaction, { server_id, host_id }: AllocationRow, group: PlacedGroup): Promise<void> {
    const { id, policy, maxPerHost } = group;
    if (policy === 'affinity') {
      await trx
        .insertInto('scheduler_group')
        .values({ id, revision: 0 })
        .onConflict((known) =>
          known.column('id').doUpdateSet((e) => ({ revision: e('scheduler_group.revision', '+', 1) })),
        )
        .execute();
    }
    const { numUpdatedRows } = await trx
      .updateTable('scheduler_allocation')
      .set({ group_id: id })
      .where('server_id', '=', server_id)
      .where((e) => {
        const others = e
          .selectFrom('scheduler_allocation as other')
          .select((of) => of.fn.countAll<number>().as('count'))
          .where('other.group_id', '=', id);
        if (policy === 'affinity') return e(others.where('other.host_id', '<>', host_id), '=', 0);
        if (policy === 'anti-affinity') return e(others.where('other.host_id', '=', host_id), '<', maxPerHost);
        return e.lit(true);
      })
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw new NothingClaimed();
  }

  /** How many machines of the group each host has, but for this server's. */
  async machinesOf(groupId: string, serverId: string): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#database.query
      .selectFrom('scheduler_allocation')
      .select(['host_id', (e) => e.fn.countAll<number>().as('machines')])
      .where('group_id', '=', groupId)
      .where('server_id', '<>', serverId)
      .groupBy('host_id')
      .execute();
    return new Map(rows.map(({ host_id, machines }) => [host_id, Number(machines)]));
  }

  async forgetGroup(trx: Transaction, groupId: string): Promise<void> {
    await trx.updateTable('scheduler_allocation').set({ group_id: null }).where('group_id', '=', groupId).execute();
    await trx.deleteFrom('scheduler_group').where('id', '=', groupId).execute();
  }

  async delete(trx: Transaction, id: string): Promise<void> {
    await trx.deleteFrom('scheduler_host').where('id', '=', id).execute();
  }

  /** Of all hosts, and which of them have one that takes new machines. */
  async zones(): Promise<Map<string, boolean>> {
    const rows = await this.#database.query
      .selectFrom('scheduler_host')
      .select(['zone', 'disabled_reason'])
      .distinct()
      .execute();
    const zones = new Map<string, boolean>();
    for (const { zone, disabled_reason } of rows) {
      zones.set(zone, (zones.get(zone) ?? false) || disabled_reason === null);
    }
    return zones;
  }

  /** Whatever is left there. */
  async allocate(trx: Transaction, hostId: string, room: ServerRoom): Promise<HostRow> {
    const allocation = toAllocation(hostId, room);
    await trx.insertInto('scheduler_allocation').values(allocation).execute();
    return await this.#addUsage(trx, allocation, 1).executeTakeFirstOrThrow();
  }

  /** Nothing where that is no change. */
  async changeDisk(trx: Transaction, serverId: string, diskGib: number): Promise<HostRow | undefined> {
    const held = await this.findAllocation(serverId, trx);
    if (!held || held.disk_gib === diskGib) return undefined;
    const { host_id, disk_gib } = held;
    const allocation = trx.updateTable('scheduler_allocation').set({ disk_gib: diskGib });
    await allocation.where('server_id', '=', serverId).execute();
    return await trx
      .updateTable('scheduler_host')
      .set((e) => ({ used_disk_gib: e('used_disk_gib', '+', diskGib - disk_gib), revision: e('revision', '+', 1) }))
      .where('id', '=', host_id)
      .returning(COLUMNS)
      .executeTakeFirstOrThrow();
  }

  async free(trx: Transaction, held: AllocationRow): Promise<HostRow> {
    await trx.deleteFrom('scheduler_allocation').where('server_id', '=', held.server_id).execute();
    return await this.#addUsage(trx, held, -1).executeTakeFirstOrThrow();
  }

  #addUsage(trx: Transaction, allocation: AllocationRow, sign: 1 | -1) {
    const { host_id, vcpus, memory_mib, disk_gib, resized_server_id } = allocation;
    const machines = resized_server_id === null ? sign : 0;
    return trx
      .updateTable('scheduler_host')
      .set((e) => ({
        used_vcpus: e('used_vcpus', '+', sign * vcpus),
        used_memory_mib: e('used_memory_mib', '+', sign * memory_mib),
        used_disk_gib: e('used_disk_gib', '+', sign * disk_gib),
        machines: e('machines', '+', machines),
        revision: e('revision', '+', 1),
      }))
      .where('id', '=', host_id)
      .returning(COLUMNS);
  }
}

/** The host does not have the room any more, or the server has some already; nothing was changed. */
export class NothingClaimed extends Error {}

function toAllocation(hostId: string, room: ServerRoom): AllocationRow {
  const { serverId, vcpus, memoryMib, diskGib, resizedServerId = null } = room;
  return {
    ...{ server_id: serverId, host_id: hostId, vcpus, memory_mib: memoryMib, disk_gib: diskGib },
    ...{ group_id: null, resized_server_id: resizedServerId },
  };
}
