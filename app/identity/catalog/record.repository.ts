import type { Kysely } from 'kysely';
import type { CatalogTables } from '../../database/catalog.tables.ts';
import type { Database, Queryable, Transaction } from '../../database/database.ts';

export type StoredRecord = { id: string };
type Row = Record<string, unknown>;

/** Rows of one of the tables that are all alike: an id, plain columns, JSON columns and flags. */
export class RecordRepository<R extends StoredRecord> {
  readonly #database: Database;
  readonly #table: keyof CatalogTables;
  readonly #json: readonly string[];
  readonly #flags: readonly string[];

  constructor(parts: {
    database: Database;
    table: keyof CatalogTables;
    json?: readonly string[];
    flags?: readonly string[];
  }) {
    this.#database = parts.database;
    this.#table = parts.table;
    this.#json = parts.json ?? [];
    this.#flags = parts.flags ?? [];
  }

  /** Inside a transaction give that as `on`. */
  async find(id: string, on?: Queryable): Promise<R | undefined> {
    return (await this.list({ id }, on))[0];
  }

  /** Those whose columns have these values; null finds where there is none. */
  async list(where: Readonly<Record<string, string | null | undefined>> = {}, on?: Queryable): Promise<R[]> {
    let rows = this.#on(on).selectFrom(this.#table).selectAll().orderBy('id');
    for (const [column, value] of Object.entries(where)) {
      if (value !== undefined) rows = rows.where(column, value === null ? 'is' : '=', value);
    }
    return (await rows.execute()).map((row) => this.#toRecord(row as Row));
  }

  async insert(on: Queryable, record: R): Promise<void> {
    await this.#on(on).insertInto(this.#table).values(this.#toRow(record)).execute();
  }

  /** What `change` makes of the record as it is in this transaction; undefined where there is none. */
  async update(trx: Transaction, id: string, change: (record: R) => R | Promise<R>): Promise<R | undefined> {
    const stored = await this.find(id, trx);
    if (!stored) return undefined;
    const record = await change(stored);
    await this.#on(trx).updateTable(this.#table).set(this.#toRow(record)).where('id', '=', id).execute();
    return record;
  }

  async delete(on: Queryable, id: string): Promise<void> {
    await this.#on(on).deleteFrom(this.#table).where('id', '=', id).execute();
  }

  // biome-ignore lint/suspicious/noExplicitAny: which table it is shows only at run time
  #on(on: Queryable = this.#database.query): Kysely<any> {
    return on;
  }

  #toRecord(row: Row): R {
    const record = { ...row };
    for (const column of this.#json) record[column] = JSON.parse(String(row[column]));
    for (const column of this.#flags) record[column] = row[column] === 1;
    return record as R;
  }

  #toRow(record: R): Row {
    const row: Row = { ...record };
    for (const column of this.#json) row[column] = JSON.stringify(row[column]);
    for (const column of this.#flags) row[column] = row[column] === true ? 1 : 0;
    return row;
  }
}
