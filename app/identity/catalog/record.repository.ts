import type { Kysely } from 'kysely';
import type { Database, Queryable, Transaction } from '../../database/database.ts';

export type StoredRecord = { id: string };

/** A {@link import('../../database/table.ts').Table} of these records. */
export interface RecordTable<R extends StoredRecord> {
  readonly name: string;
  toRecord(row: never): R;
  toRow(record: R): object;
}

/** Rows of one of the tables that are all alike. */
export class RecordRepository<R extends StoredRecord> {
  readonly #database: Database;
  readonly #table: RecordTable<R>;

  constructor({ database, table }: { database: Database; table: RecordTable<R> }) {
    this.#database = database;
    this.#table = table;
  }

  /** Inside a transaction give that as `on`. */
  async find(id: string, on?: Queryable): Promise<R | undefined> {
    return (await this.list({ id }, on))[0];
  }

  /** Those whose columns have these values; null finds where there is none. */
  async list(where: Readonly<Record<string, string | null | undefined>> = {}, on?: Queryable): Promise<R[]> {
    let rows = this.#on(on).selectFrom(this.#table.name).selectAll().orderBy('id');
    for (const [column, value] of Object.entries(where)) {
      if (value !== undefined) rows = rows.where(column, value === null ? 'is' : '=', value);
    }
    return (await rows.execute()).map((row) => this.#table.toRecord(row as never));
  }

  async insert(on: Queryable, record: R): Promise<void> {
    await this.#on(on).insertInto(this.#table.name).values(this.#table.toRow(record)).execute();
  }

  /** What `change` makes of the record as it is in this transaction; undefined where there is none. */
  async update(trx: Transaction, id: string, change: (record: R) => R | Promise<R>): Promise<R | undefined> {
    const stored = await this.find(id, trx);
    if (!stored) return undefined;
    const record = await change(stored);
    await this.#on(trx).updateTable(this.#table.name).set(this.#table.toRow(record)).where('id', '=', id).execute();
    return record;
  }

  async delete(on: Queryable, id: string): Promise<void> {
    await this.#on(on).deleteFrom(this.#table.name).where('id', '=', id).execute();
  }

  // biome-ignore lint/suspicious/noExplicitAny: which table it is shows only at run time
  #on(on: Queryable = this.#database.query): Kysely<any> {
    return on;
  }
}
