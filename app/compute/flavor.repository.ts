import type { Database, Queryable, Transaction } from '../database/database.ts';
import { type FlavorRecord, flavorAccess, flavors } from './flavor.tables.ts';

/** Flavors and who may use those that are not public. There are tens, not thousands: lists are read whole. */
export class FlavorRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async all(query: Queryable = this.#database.query): Promise<FlavorRecord[]> {
    return (await query.selectFrom('compute_flavor').selectAll().execute()).map(flavors.toRecord);
  }

  async find(id: string, query: Queryable = this.#database.query): Promise<FlavorRecord | undefined> {
    const row = await query.selectFrom('compute_flavor').selectAll().where('id', '=', id).executeTakeFirst();
    return row && flavors.toRecord(row);
  }

  async findByName(name: string, query: Queryable): Promise<FlavorRecord | undefined> {
    const row = await query.selectFrom('compute_flavor').selectAll().where('name', '=', name).executeTakeFirst();
    return row && flavors.toRecord(row);
  }

  async insert(trx: Transaction, flavor: FlavorRecord): Promise<void> {
    await trx.insertInto('compute_flavor').values(flavors.toRow(flavor)).execute();
  }

  /** What `change` makes of the flavor as it is in this transaction; undefined where there is none. */
  async update(
    trx: Transaction,
    id: string,
    change: (flavor: FlavorRecord) => FlavorRecord,
  ): Promise<FlavorRecord | undefined> {
    const stored = await this.find(id, trx);
    if (!stored) return undefined;
    const flavor = change(stored);
    await trx.updateTable('compute_flavor').set(flavors.toChanges(flavor)).where('id', '=', id).execute();
    return flavor;
  }

  async delete(trx: Transaction, id: string): Promise<void> {
    await trx.deleteFrom('compute_flavor').where('id', '=', id).execute();
  }

  /** Flavors that are not public, by the projects that may use them. */
  async accessOf(projectId: string): Promise<Set<string>> {
    const rows = await this.#database.query
      .selectFrom('compute_flavor_access')
      .select('flavor_id')
      .where('project_id', '=', projectId)
      .execute();
    return new Set(rows.map(({ flavor_id }) => flavor_id));
  }

  async projectsOf(flavorId: string, query: Queryable = this.#database.query): Promise<string[]> {
    const rows = await query
      .selectFrom('compute_flavor_access')
      .select('project_id')
      .where('flavor_id', '=', flavorId)
      .orderBy('project_id')
      .execute();
    return rows.map(({ project_id }) => project_id);
  }

  async addAccess(trx: Transaction, flavorId: string, projectId: string): Promise<void> {
    await trx.insertInto('compute_flavor_access').values(flavorAccess.toRow({ flavorId, projectId })).execute();
  }

  async removeAccess(trx: Transaction, flavorId: string, projectId: string): Promise<void> {
    await trx
      .deleteFrom('compute_flavor_access')
      .where('flavor_id', '=', flavorId)
      .where('project_id', '=', projectId)
      .execute();
  }
}
