import type { Database, Queryable, Transaction } from '../../database/database.ts';
import { ResourceStore } from '../../resource/resource.store.ts';
import { isOver } from '../identity-time.ts';
import { type TrustRecord, trusts } from './credential.tables.ts';

/** Trusts as they are stored, also those that have expired or are used up, and the roles they hand on. */
export class TrustRepository extends ResourceStore<TrustRecord> {
  readonly #database: Database;

  constructor(database: Database) {
    super({ database, table: trusts });
    this.#database = database;
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

  async rolesOf(id: string, query: Queryable = this.#database.query): Promise<string[]> {
    const rows = await query.selectFrom('identity_trust_role').select('role_id').where('trust_id', '=', id).execute();
    return rows.map((row) => row.role_id);
  }

  async handOn(trx: Transaction, trust_id: string, roleIds: readonly string[]): Promise<void> {
    if (roleIds.length === 0) return;
    await trx
      .insertInto('identity_trust_role')
      .values(roleIds.map((role_id) => ({ trust_id, role_id })))
      .execute();
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
export function isUsable(trust: TrustRecord, now: number): boolean {
  return !isOver(trust, now) && (trust.remaining_uses === null || trust.remaining_uses > 0);
}
