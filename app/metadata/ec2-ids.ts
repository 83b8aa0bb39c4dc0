import { change, type Database, type Queryable } from '../database/database.ts';
import type { Ec2Kind } from './ec2-id.tables.ts';

/** The numbers that EC2's names are made of. */
export class Ec2Ids {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The number of a thing: given at first sight, and its own for ever. */
  async numberOf(kind: Ec2Kind, uuid: string): Promise<number> {
    const known = await this.#find(this.#database.query, kind, uuid);
    if (known !== undefined) return known;
    return await this.#database.transaction(async (trx) => {
      const meanwhile = await this.#find(trx, kind, uuid);
      if (meanwhile !== undefined) return meanwhile;
      const last = await trx
        .selectFrom('ec2_id')
        .select('number')
        .where('kind', '=', kind)
        .orderBy('number', 'desc')
        .limit(1)
        .executeTakeFirst();
      const number = (last?.number ?? 0) + 1;
      await change(trx, trx.insertInto('ec2_id').values({ kind, number, uuid }));
      return number;
    });
  }

  async #find(query: Queryable, kind: Ec2Kind, uuid: string): Promise<number | undefined> {
    const row = await query
      .selectFrom('ec2_id')
      .select('number')
      .where('kind', '=', kind)
      .where('uuid', '=', uuid)
      .executeTakeFirst();
    return row?.number;
  }
}
