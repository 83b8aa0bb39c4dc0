import type { Kysely } from 'kysely';
import { change, type Database, type Queryable, type Transaction } from '../database/database.ts';
import { expressionsOf } from '../database/dialects/dialect.ts';
import { KeptQueries } from '../database/kept-queries.ts';
import { mapInTurns } from '../pattern/turns.ts';
import { type CollectionQuery, QueryWriter, type ResourceTable, type Scope, type Sort } from './collection-query.ts';

interface StoreParts<R> {
  database: Database;
  table: ResourceTable<R>;
  /** The attribute that tells one from the others of its scope. */
  id?: keyof R & string;
}

/** Ids that are numbers begin with 1. */
const NO_NUMBER = -1;

/** Rows of one table as records. Inside a transaction give that as `on`. */
export class ResourceStore<R extends object> {
  readonly id: keyof R & string;
  readonly #database: Database;
  readonly #table: ResourceTable<R>;
  readonly #write: QueryWriter<R>;
  readonly #kept = new KeptQueries();

  constructor({ database, table, id = 'id' as keyof R & string }: StoreParts<R>) {
    this.id = id;
    this.#database = database;
    this.#table = table;
    this.#write = new QueryWriter(table, () => expressionsOf(database.query));
  }

  async find(id: string, on: Queryable = this.#database.query, scope: Scope<R> = {}): Promise<R | undefined> {
    const is = this.#one(id, scope);
    const entries = Object.entries(is);
    if (scope.also?.length || entries.some(([, value]) => !isPlain(value))) {
      return (await this.list({ ...scope, is, limit: 1 }, on))[0];
    }
    const [row] = await this.#kept.run(
      on,
      `find ${entries.map(([name]) => name)}`,
      entries.map(([name, value]) => this.#write.value(name, value)),
      () =>
        this.#from(on)
          .selectFrom(this.#table.name)
          .selectAll()
          .where(({ and }) => and(this.#write.scope({ is }))),
    );
    return row && this.#table.toRecord(row as never);
  }

  async list(query: CollectionQuery<R> = {}, on: Queryable = this.#database.query): Promise<R[]> {
    const { where = [], limit, offset = 0, marker, isReverse = false } = query;
    const sort = this.#order(query);
    let rows = this.#from(on)
      .selectFrom(this.#table.name)
      .selectAll()
      .where(({ and }) => and([...this.#write.scope(query), ...where.map((each) => this.#write.condition(each))]));
    if (marker) {
      const found = await this.find(marker.id, on, scopeOf(query));
      if (!found) throw marker.missing(marker.id);
      rows = rows.where(this.#write.after(found, sort));
    }
    for (const { attribute, direction } of sort) rows = rows.orderBy(this.#write.order(attribute), direction);
    // SQLite knows no offset without a limit.
    if (limit !== undefined || offset > 0) rows = rows.limit(limit ?? Number.MAX_SAFE_INTEGER).offset(offset);
    const found = await rows.execute();
    const toRecord = (row: object) => this.#table.toRecord(row as never);
    // Others wait for a transaction, so it gives no turn to them.
    const records = on.isTransaction ? found.map(toRecord) : await mapInTurns(found, toRecord);
    return isReverse ? records.reverse() : records;
  }

  async count(scope: Scope<R>, on: Queryable = this.#database.query): Promise<number> {
    const { count } = await this.#from(on)
      .selectFrom(this.#table.name)
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where(({ and }) => and(this.#write.scope(scope)))
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  async insert(trx: Transaction, record: R): Promise<void> {
    await change(trx, this.#from(trx).insertInto(this.#table.name).values(this.#table.toRow(record)));
  }

  /** What `change` makes of the record as it is in this transaction; undefined where there is none. */
  async update(
    trx: Transaction,
    id: string,
    change: (record: R) => R | Promise<R>,
    scope: Scope<R> = {},
  ): Promise<R | undefined> {
    const stored = await this.find(id, trx, scope);
    if (!stored) return undefined;
    const record = await change(stored);
    const changes = this.#table.toDifference(stored, record);
    if (Object.keys(changes).length > 0) {
      await this.#from(trx)
        .updateTable(this.#table.name)
        .set(changes)
        .where(({ and }) => and(this.#write.scope({ ...scope, is: this.#one(id, scope) })))
        .execute();
    }
    return record;
  }

  async delete(trx: Transaction, id: string, scope: Scope<R> = {}): Promise<void> {
    await this.#from(trx)
      .deleteFrom(this.#table.name)
      .where(({ and }) => and(this.#write.scope({ ...scope, is: this.#one(id, scope) })))
      .execute();
  }

  /** Everything in the scope. */
  async deleteAll(trx: Transaction, scope: Scope<R>): Promise<void> {
    await this.#from(trx)
      .deleteFrom(this.#table.name)
      .where(({ and }) => and(this.#write.scope(scope)))
      .execute();
  }

  /** As the column has it; of a text that is no number nothing has the id. */
  #idOf(id: string): string | number {
    if (this.#table.columns[this.id]?.kind !== 'integer') return id;
    return /^[1-9][0-9]{0,14}$/.test(id) ? Number(id) : NO_NUMBER;
  }

  #one(id: string, { is }: Scope<R>): Partial<R> {
    return { ...is, [this.id]: this.#idOf(id) } as Partial<R>;
  }

  /** In the direction in which the rows are read. */
  #order({ sort = [], isReverse = false }: CollectionQuery<R>): Sort<R>[] {
    const whole = sort.some(({ attribute }) => attribute === this.id)
      ? sort
      : [...sort, { attribute: this.id, direction: 'asc' as const }];
    if (!isReverse) return [...whole];
    return whole.map(({ attribute, direction }) => ({ attribute, direction: direction === 'asc' ? 'desc' : 'asc' }));
  }

  // biome-ignore lint/suspicious/noExplicitAny: which table it is shows only at run time
  #from(on: Queryable): Kysely<any> {
    return on;
  }
}

/** Compared as it is: what is not, such as null, is another statement or none. */
function isPlain(value: unknown): boolean {
  return typeof value === 'string' ? !value.includes('\0') : typeof value === 'number' || typeof value === 'boolean';
}

function scopeOf<R>({ is, also }: Scope<R>): Scope<R> {
  return { ...(is && { is }), ...(also && { also }) };
}
