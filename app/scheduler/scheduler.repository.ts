import type { Database, Queryable, Transaction } from '../database/database.ts';
import type { SchedulerAllocationTable, SchedulerHostTable } from '../database/tables.ts';
import type { ClaimRequest } from './host.filters.ts';

/** Hosts and what is allocated on them; `used_*` on the host always equals the sum of its allocations. */
export class SchedulerRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async hosts(query: Queryable): Promise<SchedulerHostTable[]> {
    return await query.selectFrom('scheduler_host').selectAll().orderBy('name').execute();
  }

  async find(id: string, query: Queryable = this.#database.query): Promise<SchedulerHostTable | undefined> {
    return await query.selectFrom('scheduler_host').selectAll().where('id', '=', id).executeTakeFirst();
  }

  async findByName(name: string, query: Queryable): Promise<SchedulerHostTable | undefined> {
    return await query.selectFrom('scheduler_host').selectAll().where('name', '=', name).executeTakeFirst();
  }

  async insert(trx: Transaction, host: SchedulerHostTable): Promise<void> {
    await trx.insertInto('scheduler_host').values(host).execute();
  }

  async update(trx: Transaction, id: string, changes: Partial<SchedulerHostTable>): Promise<void> {
    await trx.updateTable('scheduler_host').set(changes).where('id', '=', id).execute();
  }

  async markAllDown(trx: Transaction): Promise<void> {
    const now = new Date().toISOString();
    await trx.updateTable('scheduler_host').set({ state: 'down', since: now }).where('state', '=', 'up').execute();
  }

  async findAllocation(query: Queryable, serverId: string): Promise<SchedulerAllocationTable | undefined> {
    return await query
      .selectFrom('scheduler_allocation')
      .selectAll()
      .where('server_id', '=', serverId)
      .executeTakeFirst();
  }

  async allocate(
    trx: Transaction,
    hostId: string,
    request: Pick<ClaimRequest, 'serverId' | 'vcpus' | 'memoryMib' | 'diskGib'>,
  ): Promise<void> {
    const { serverId, vcpus, memoryMib, diskGib } = request;
    await trx
      .insertInto('scheduler_allocation')
      .values({ server_id: serverId, host_id: hostId, vcpus, memory_mib: memoryMib, disk_gib: diskGib })
      .execute();
    await this.#addUsage(trx, hostId, { vcpus, memory_mib: memoryMib, disk_gib: diskGib }, 1);
  }

  async free(trx: Transaction, held: SchedulerAllocationTable): Promise<void> {
    await trx.deleteFrom('scheduler_allocation').where('server_id', '=', held.server_id).execute();
    await this.#addUsage(trx, held.host_id, held, -1);
  }

  async #addUsage(
    trx: Transaction,
    hostId: string,
    amount: Pick<SchedulerAllocationTable, 'vcpus' | 'memory_mib' | 'disk_gib'>,
    sign: 1 | -1,
  ): Promise<void> {
    await trx
      .updateTable('scheduler_host')
      .set((e) => ({
        used_vcpus: e('used_vcpus', '+', sign * amount.vcpus),
        used_memory_mib: e('used_memory_mib', '+', sign * amount.memory_mib),
        used_disk_gib: e('used_disk_gib', '+', sign * amount.disk_gib),
        machines: e('machines', '+', sign),
      }))
      .where('id', '=', hostId)
      .execute();
  }
}
