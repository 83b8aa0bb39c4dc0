import type { Database, Queryable, Transaction } from '../../database/database.ts';
import { type TrustRecord, trusts } from './credential.tables.ts';

/** Rows of trusts and of the roles they hand on. */
export class TrustRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** As it is stored, also when it has expired or is used up. */
  async find(id: string, query: Queryable = this.#database.query): Promise<TrustRecord | undefined> {
    const row = await query.selectFrom('identity_trust').selectAll().where('id', '=', id).executeTakeFirst();
    return row && trusts.toRecord(row);
  }

  /** The trust and those it was redelegated from, nearest first. */
  async chain(id: string, query: Queryable = this.#database.query): Promise<TrustRecord[]> {
    const chain: TrustRecord[] = [];
    for (let next: string | null = id; next !== null; ) {
      const trust: TrustRecord | undefined = await this.find(next, query);
      if (!trust) break;
      chain.push(trust);
      next = trust.redelegated_trust_id;
    }
    return chain;
  }

  async list(filter: { trustor_user_id?: string | undefined; trustee_user_id?: string | undefined }) {
    let rows = this.#database.query.selectFrom('identity_trust').selectAll().orderBy('created_at').orderBy('id');
    for (const column of ['trustor_user_id', 'trustee_user_id'] as const) {
      const id = filter[column];
      if (id !== undefined) rows = rows.where(column, '=', id);
    }
    return (await rows.execute()).map(trusts.toRecord);
  }

  async rolesOf(id: string, query: Queryable = this.#database.query): Promise<string[]> {
    const rows = await query.selectFrom('identity_trust_role').select('role_id').where('trust_id', '=', id).execute();
    return rows.map((row) => row.role_id);
  }

  async insert(trx: Transaction, trust: TrustRecord, roleIds: readonly string[]): Promise<void> {
    await trx.insertInto('identity_trust').values(trusts.toRow(trust)).execute();
    if (roleIds.length === 0) return;
    await trx
      .insertInto('identity_trust_role')
      .values(roleIds.map((role_id) => ({ trust_id: trust.id, role_id })))
      .execute();
  }

  /** And with it the trusts redelegated from it, and all their tokens. */
  async delete(trx: Transaction, id: string): Promise<void> {
    await trx.deleteFrom('identity_trust').where('id', '=', id).execute();
  }

  /** Takes one use away; false where none is left. */
  async consume(trx: Transaction, id: string): Promise<boolean> {
    const done = await trx
      .updateTable('identity_trust')
      .set((e) => ({ remaining_uses: e('remaining_uses', '-', 1) }))
      .where('id', '=', id)
      .where((e) => e.or([e('remaining_uses', 'is', null), e('remaining_uses', '>', 0)]))
      .executeTakeFirst();
    return done.numUpdatedRows > 0n;
  }
}

/** Neither expired nor used up: all that can still be seen and signed in with. */
export function isUsable({ expires_at, remaining_uses }: TrustRecord, now: number): boolean {
  return (expires_at === null || Date.parse(expires_at) > now) && (remaining_uses === null || remaining_uses > 0);
}
