import type { Database, Queryable, Transaction } from '../../database/database.ts';
import { type RoleRecord, roles } from './assignment.tables.ts';

/** Rows of roles and of which implies which. */
export class RoleRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(id: string, on: Queryable = this.#query): Promise<RoleRecord | undefined> {
    const row = await on.selectFrom('identity_role').selectAll().where('id', '=', id).executeTakeFirst();
    return row && roles.toRecord(row);
  }

  async findMany(ids: readonly string[]): Promise<RoleRecord[]> {
    if (ids.length === 0) return [];
    const rows = this.#query.selectFrom('identity_role').selectAll().where('id', 'in', ids).orderBy('name');
    return (await rows.execute()).map(roles.toRecord);
  }

  /** Roles of one domain or, with null, those of none. */
  async list(domainId: string | null): Promise<RoleRecord[]> {
    const rows = this.#query.selectFrom('identity_role').selectAll().orderBy('id');
    const found = await rows.where('domain_id', domainId === null ? 'is' : '=', domainId).execute();
    return found.map(roles.toRecord);
  }

  async isNameTaken(trx: Transaction, { id, name, domain_id }: RoleRecord): Promise<boolean> {
    const other = await trx
      .selectFrom('identity_role')
      .select('id')
      .where('name', '=', name)
      .where('domain_id', domain_id === null ? 'is' : '=', domain_id)
      .where('id', '<>', id)
      .executeTakeFirst();
    return other !== undefined;
  }

  async hasDomain(trx: Transaction, id: string): Promise<boolean> {
    const domains = trx.selectFrom('identity_project').select('id').where('is_domain', '=', 1);
    return (await domains.where('id', '=', id).executeTakeFirst()) !== undefined;
  }

  async insert(trx: Transaction, role: RoleRecord): Promise<void> {
    await trx.insertInto('identity_role').values(roles.toRow(role)).execute();
  }

  /** What `change` makes of the role as it is in this transaction; undefined where there is none. */
  async update(
    trx: Transaction,
    id: string,
    change: (role: RoleRecord) => Promise<RoleRecord>,
  ): Promise<RoleRecord | undefined> {
    const stored = await this.find(id, trx);
    if (!stored) return undefined;
    const role = await change(stored);
    await trx.updateTable('identity_role').set(roles.toChanges(role)).where('id', '=', id).execute();
    return role;
  }

  async delete(trx: Transaction, id: string): Promise<void> {
    await trx.deleteFrom('identity_role').where('id', '=', id).execute();
  }

  /** Which role implies which, all of them or those of one prior role; only direct ones. */
  async listImplied(priorId?: string): Promise<{ prior_role_id: string; implied_role_id: string }[]> {
    let rows = this.#query.selectFrom('identity_implied_role').selectAll();
    if (priorId !== undefined) rows = rows.where('prior_role_id', '=', priorId);
    return await rows.orderBy('prior_role_id').orderBy('implied_role_id').execute();
  }

  /** Whether one implies the other, directly or by others between them. */
  async isImplied(trx: Transaction, priorId: string, impliedId: string): Promise<boolean> {
    const found = await trx
      .withRecursive('reached(role_id)', (query) =>
        query
          .selectFrom('identity_implied_role')
          .select('implied_role_id as role_id')
          .where('prior_role_id', '=', priorId)
          .union(
            query
              .selectFrom('identity_implied_role')
              .innerJoin('reached', 'reached.role_id', 'identity_implied_role.prior_role_id')
              .select('identity_implied_role.implied_role_id as role_id'),
          ),
      )
      .selectFrom('reached')
      .select('role_id')
      .where('role_id', '=', impliedId)
      .executeTakeFirst();
    return found !== undefined;
  }

  /** False where it was there already. */
  async insertImplied(trx: Transaction, priorId: string, impliedId: string): Promise<boolean> {
    const done = await trx
      .insertInto('identity_implied_role')
      .values({ prior_role_id: priorId, implied_role_id: impliedId })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return (done.numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  /** False where it was not there. */
  async deleteImplied(trx: Transaction, priorId: string, impliedId: string): Promise<boolean> {
    const done = await trx
      .deleteFrom('identity_implied_role')
      .where('prior_role_id', '=', priorId)
      .where('implied_role_id', '=', impliedId)
      .executeTakeFirst();
    return done.numDeletedRows > 0n;
  }

  get #query(): Queryable {
    return this.#database.query;
  }
}
