import type { Database, Queryable, Transaction } from '../database/database.ts';
import { type KeypairRecord, keypairs } from './keypair.tables.ts';

/** Public keys, which belong to users; private keys are never stored. */
export class KeypairRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async list(userId: string): Promise<KeypairRecord[]> {
    const rows = await this.#database.query
      .selectFrom('compute_keypair')
      .selectAll()
      .where('user_id', '=', userId)
      .orderBy('name')
      .execute();
    return rows.map(keypairs.toRecord);
  }

  async find(
    userId: string,
    name: string,
    query: Queryable = this.#database.query,
  ): Promise<KeypairRecord | undefined> {
    const row = await query
      .selectFrom('compute_keypair')
      .selectAll()
      .where('user_id', '=', userId)
      .where('name', '=', name)
      .executeTakeFirst();
    return row && keypairs.toRecord(row);
  }

  async insert(trx: Transaction, keypair: KeypairRecord): Promise<void> {
    await trx.insertInto('compute_keypair').values(keypairs.toRow(keypair)).execute();
  }

  async delete(trx: Transaction, userId: string, name: string): Promise<void> {
    await trx.deleteFrom('compute_keypair').where('user_id', '=', userId).where('name', '=', name).execute();
  }

  async count(query: Queryable, userId: string): Promise<number> {
    const { count } = await query
      .selectFrom('compute_keypair')
      .select((e) => e.fn.countAll<number>().as('count'))
      .where('user_id', '=', userId)
      .executeTakeFirstOrThrow();
    return Number(count);
  }
}
