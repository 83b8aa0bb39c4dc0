import { change, type Database, type Queryable, type Transaction } from '../database/database.ts';
import { type ServerRecord, servers } from './server.tables.ts';

/** Columns that a change may set; JSON columns are given as records. */
export type ServerChanges = Partial<Omit<ServerRecord, 'id' | 'projectId' | 'userId' | 'createdAt'>>;

/** Of an `in`: databases take only so many. */
const MOST_VARIABLES = 1000;

/** Rows of servers, one at a time. Lists are in server-list.repository.ts. */
export class ServerRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insert(trx: Transaction, server: ServerRecord): Promise<void> {
    await change(trx, trx.insertInto('compute_server').values(servers.toRow(server)));
  }

  /** A server that is not deleted. */
  async find(id: string, query: Queryable = this.#database.query): Promise<ServerRecord | undefined> {
    const row = await query
      .selectFrom('compute_server')
      .selectAll()
      .where('id', '=', id)
      .where('deleted_at', 'is', null)
      .executeTakeFirst();
    return row && servers.toRecord(row);
  }

  /** Also a deleted one. */
  async findAny(id: string, query: Queryable = this.#database.query): Promise<ServerRecord | undefined> {
    const row = await query.selectFrom('compute_server').selectAll().where('id', '=', id).executeTakeFirst();
    return row && servers.toRecord(row);
  }

  /** Changes and answers the server as it is then; undefined when there is no such server (any more). */
  async update(trx: Transaction, id: string, changes: ServerChanges): Promise<ServerRecord | undefined> {
    const before = await this.find(id, trx);
    return before && (await this.updateFrom(trx, before, changes));
  }

  /** The same of a server as it was read, or changed last, in `trx`. */
  async updateFrom(trx: Transaction, before: ServerRecord, changes: ServerChanges): Promise<ServerRecord> {
    const after: ServerRecord = { ...before, ...changes, updatedAt: new Date().toISOString() };
    const set = servers.toDifference(before, after);
    // Written already, in this millisecond.
    if (Object.keys(set).length === 0) return after;
    await change(trx, trx.updateTable('compute_server').set(set).where('id', '=', before.id));
    return after;
  }

  /** The number of the next order to a host; stored before the order is given, so that it is never given twice. */
  async raiseGeneration(trx: Transaction, id: string, atLeast = 0): Promise<number> {
    const { generation } = await trx
      .updateTable('compute_server')
      .set((e) => ({
        generation: e
          .case()
          .when('generation', '<', atLeast)
          .then(atLeast + 1)
          .else(e('generation', '+', 1))
          .end(),
      }))
      .where('id', '=', id)
      .returning('generation')
      .executeTakeFirstOrThrow();
    return generation;
  }

  /** Servers a host should have. */
  async ofHost(trx: Transaction, hostId: string): Promise<ServerRecord[]> {
    const rows = await trx
      .selectFrom('compute_server')
      .selectAll()
      .where('host_id', '=', hostId)
      .where('deleted_at', 'is', null)
      .execute();
    return rows.map(servers.toRecord);
  }

  /** The host most of these servers are, or were, recorded on; undefined when on none. */
  async hostOf(ids: string[]): Promise<string | undefined> {
    if (ids.length === 0) return undefined;
    const row = await this.#database.query
      .selectFrom('compute_server')
      .select(['host_id', (e) => e.fn.countAll<number>().as('machines')])
      .where('id', 'in', ids.slice(0, MOST_VARIABLES))
      .where('host_id', 'is not', null)
      .groupBy('host_id')
      .orderBy('machines', 'desc')
      .executeTakeFirst();
    return row?.host_id ?? undefined;
  }

  /** The hosts of those that are not deleted; null: on none yet. No more ids than `MOST_VARIABLES`. */
  async hostsOf(ids: readonly string[]): Promise<Map<string, string | null>> {
    const rows = await this.#database.query
      .selectFrom('compute_server')
      .select(['id', 'host_id'])
      .where('id', 'in', ids)
      .where('deleted_at', 'is', null)
      .execute();
    return new Map(rows.map(({ id, host_id }) => [id, host_id]));
  }

  /** Servers something is said to go on with. */
  async busy(trx: Transaction): Promise<ServerRecord[]> {
    const rows = await trx
      .selectFrom('compute_server')
      .selectAll()
      .where('deleted_at', 'is', null)
      .where((e) => e.or([e('task_state', 'is not', null), e('vm_state', '=', 'building')]))
      .execute();
    return rows.map(servers.toRecord);
  }

  /** Those that have waited since before that time to be deleted for good, and wait on. */
  async softDeletedBefore(time: string): Promise<Pick<ServerRecord, 'id' | 'projectId'>[]> {
    const rows = await this.#database.query
      .selectFrom('compute_server')
      .select(['id', 'project_id'])
      .where('soft_deleted_at', '<', time)
      .where('vm_state', '=', 'soft-delete')
      .where('deleted_at', 'is', null)
      .where('task_state', 'is', null)
      .execute();
    return rows.map(({ id, project_id }) => ({ id, projectId: project_id }));
  }

  /** Those that have been shelved since before that time, and are still on their hosts. */
  async shelvedBefore(time: string): Promise<Pick<ServerRecord, 'id' | 'projectId'>[]> {
    const rows = await this.#database.query
      .selectFrom('compute_server')
      .select(['id', 'project_id'])
      .where('shelved_at', '<', time)
      .where('vm_state', '=', 'shelved')
      .where('deleted_at', 'is', null)
      .where('task_state', 'is', null)
      .execute();
    return rows.map(({ id, project_id }) => ({ id, projectId: project_id }));
  }

  /** Servers in those groups, the oldest first. */
  async membersOf(
    groupIds: readonly string[],
    query: Queryable = this.#database.query,
  ): Promise<Map<string, string[]>> {
    const members = new Map<string, string[]>();
    for (let at = 0; at < groupIds.length; at += MOST_VARIABLES) {
      const rows = await query
        .selectFrom('compute_server')
        .select(['id', 'group_id'])
        .where('group_id', 'in', groupIds.slice(at, at + MOST_VARIABLES))
        .where('deleted_at', 'is', null)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      for (const { id, group_id } of rows) members.set(group_id ?? '', [...(members.get(group_id ?? '') ?? []), id]);
    }
    return members;
  }

  /** How many of one user are in a group. */
  async countMembers(trx: Transaction, groupId: string, userId: string): Promise<number> {
    const { count } = await trx
      .selectFrom('compute_server')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('group_id', '=', groupId)
      .where('user_id', '=', userId)
      .where('deleted_at', 'is', null)
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  /** All of them, where the group is no more. */
  async leaveGroup(trx: Transaction, groupId: string): Promise<void> {
    await trx
      .updateTable('compute_server')
      .set({ group_id: null })
      .where('group_id', '=', groupId)
      .where('deleted_at', 'is', null)
      .execute();
  }

  /** What the servers of each project have of a host; disks without swap. */
  async usageOn(hostId: string): Promise<{ projectId: string; vcpus: number; memoryMib: number; diskGib: number }[]> {
    const rows = await this.#database.query
      .selectFrom('compute_server')
      .select((e) => [
        'project_id',
        e.fn.sum<number>('vcpus').as('vcpus'),
        e.fn.sum<number>('memory_mib').as('memory'),
        e.fn.sum<number>('disk_gib').as('disk'),
      ])
      .where('host_id', '=', hostId)
      .where('deleted_at', 'is', null)
      .groupBy('project_id')
      .orderBy('project_id')
      .execute();
    return rows.map(({ project_id, vcpus, memory, disk }) => ({
      ...{ projectId: project_id, vcpus: Number(vcpus), memoryMib: Number(memory), diskGib: Number(disk) },
    }));
  }

  /** What those hosts should have. */
  async namesByHost(hostIds: readonly string[]): Promise<Map<string, { name: string; uuid: string }[]>> {
    const byHost = new Map<string, { name: string; uuid: string }[]>(hostIds.map((id) => [id, []]));
    for (let at = 0; at < hostIds.length; at += MOST_VARIABLES) {
      const rows = await this.#database.query
        .selectFrom('compute_server')
        .select(['id', 'name', 'host_id'])
        .where('deleted_at', 'is', null)
        .where('host_id', 'in', hostIds.slice(at, at + MOST_VARIABLES))
        .execute();
      for (const { id, name, host_id } of rows) byHost.get(host_id ?? '')?.push({ name, uuid: id });
    }
    return byHost;
  }

  /** Of the whole project, or of what one user owns of it. */
  async usage(
    query: Queryable,
    projectId: string,
    userId?: string | null,
  ): Promise<{ instances: number; cores: number; ram: number }> {
    let select = query
      .selectFrom('compute_server')
      .select((e) => [
        e.fn.countAll<number>().as('instances'),
        e.fn.coalesce(e.fn.sum<number>('vcpus'), e.val(0)).as('cores'),
        e.fn.coalesce(e.fn.sum<number>('memory_mib'), e.val(0)).as('ram'),
      ])
      .where('project_id', '=', projectId)
      .where('deleted_at', 'is', null)
      // As Nova counts: what waits to be deleted takes nothing, until it is asked back.
      .where((e) => e.or([e('vm_state', '!=', 'soft-delete'), e('task_state', '=', 'restoring')]));
    if (userId) select = select.where('user_id', '=', userId);
    const row = await select.executeTakeFirstOrThrow();
    return { instances: Number(row.instances), cores: Number(row.cores), ram: Number(row.ram) };
  }

  /** A deleted one that is there after all; its history stays. */
  async forget(trx: Transaction, id: string): Promise<void> {
    await trx.deleteFrom('compute_server').where('id', '=', id).where('deleted_at', 'is not', null).execute();
  }

  /** Forgets servers deleted before that time, with their history. */
  async prune(trx: Transaction, deletedBefore: string): Promise<void> {
    const gone = trx.selectFrom('compute_server').select('id').where('deleted_at', '<', deletedBefore);
    await trx.deleteFrom('compute_server_action_event').where('server_id', 'in', gone).execute();
    await trx.deleteFrom('compute_server_action').where('server_id', 'in', gone).execute();
    await trx.deleteFrom('compute_server').where('deleted_at', '<', deletedBefore).execute();
  }
}
