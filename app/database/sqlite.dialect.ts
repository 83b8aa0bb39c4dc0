import { AsyncLocalStorage } from 'node:async_hooks';
import { chmodSync, closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { UnexpectedError } from '../contract/errors.ts';
import { asDiskFull } from '../disk-full.ts';

/**
 * Known while a transaction's callback runs: a query on the outer handle would wait for itself for ever. `isOpen` ends
 * with the transaction, because what it started in the background (a timer, a listener) still carries its context.
 */
export const insideTransaction = new AsyncLocalStorage<{ isOpen: boolean }>();

/** What runs in here gets the connection behind those who wait for an answer, a round of the event loop later. */
export const behindRequests = new AsyncLocalStorage<true>();

/** Of so many that get the connection, one is of those behind, however many requests there are. */
const SHARE = 16;

/** Kysely on Node's built-in SQLite. One connection, handed out one holder at a time; statements are kept prepared. */
export class NodeSqliteDialect implements Dialect {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  createDriver(): Driver {
    return new NodeSqliteDriver(this.#file);
  }
  createQueryCompiler() {
    return new SqliteQueryCompiler();
  }
  createAdapter() {
    return new QueueingSqliteAdapter();
  }
  // biome-ignore lint/suspicious/noExplicitAny: the signature is kysely's
  createIntrospector(db: Kysely<any>) {
    return new SqliteIntrospector(db);
  }
}

class QueueingSqliteAdapter extends SqliteAdapter {
  /** Tells kysely not to queue holders of the connection: the driver below does, and sees who would wait for itself. */
  override get supportsMultipleConnections() {
    return true;
  }
  /** SQLite rolls schema changes back like any other; kysely would else run migrations without a transaction. */
  override get supportsTransactionalDdl() {
    return true;
  }
}

class NodeSqliteDriver implements Driver {
  readonly #file: string;
  #connection: NodeSqliteConnection | undefined;
  #busy = false;
  readonly #waiting: (() => void)[] = [];
  readonly #behind: (() => void)[] = [];
  #inARow = 0;

  constructor(file: string) {
    this.#file = file;
  }

  async init(): Promise<void> {
    // Whoever else may look into the folder: the files beside it are made with its mode.
    closeSync(openSync(this.#file, 'a', 0o600));
    chmodSync(this.#file, 0o600);
    const database = new DatabaseSync(this.#file, { timeout: 5000 });
    // FULL: a commit that was answered survives a power cut (DESIGN.md, "From here nothing may be forgotten").
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -32000',
    );
    this.#connection = new NodeSqliteConnection(database);
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    if (behindRequests.getStore() && !insideTransaction.getStore()?.isOpen) {
      await this.#wait(this.#behind);
      return this.#open();
    }
    if (this.#busy) {
      if (insideTransaction.getStore()?.isOpen)
        throw new UnexpectedError('A query inside a transaction must use the transaction');
      await this.#wait(this.#waiting);
    }
    this.#busy = true;
    return this.#open();
  }

  async releaseConnection(): Promise<void> {
    const next = this.#inARow < SHARE || this.#behind.length === 0 ? this.#waiting.shift() : undefined;
    if (!next) return this.#handOver();
    this.#inARow += 1;
    next();
  }

  /** To those behind: what has come from the network meanwhile is read before, and goes first. */
  #handOver(): void {
    this.#busy = this.#waiting.length > 0 || this.#behind.length > 0;
    if (!this.#busy) return;
    setImmediate(() => {
      const request = this.#inARow < SHARE ? this.#waiting.shift() : undefined;
      this.#inARow = request ? this.#inARow + 1 : 0;
      const next = request ?? this.#behind.shift();
      if (next) next();
      else this.#handOver();
    });
  }

  async #wait(line: (() => void)[]): Promise<void> {
    await new Promise<void>((resolve) => {
      line.push(resolve);
      if (!this.#busy) this.#handOver();
    });
  }

  // IMMEDIATE: the write lock is taken at once, so that a read-then-write transaction cannot fail half-way.
  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('BEGIN IMMEDIATE'));
  }
  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('COMMIT'));
  }
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // After some errors (disk full) SQLite has rolled back itself; a second time would hide the first error.
    if (!this.#open().database.isTransaction) return;
    await connection.executeQuery(CompiledQuery.raw('ROLLBACK'));
  }

  async destroy(): Promise<void> {
    this.#connection?.database.close();
    this.#connection = undefined;
  }

  #open(): NodeSqliteConnection {
    if (!this.#connection) throw new UnexpectedError('The database is closed');
    return this.#connection;
  }
}

const KEPT_STATEMENTS = 500;

interface Prepared {
  readonly statement: StatementSync;
  /** Names of the columns it answers; none where it only changes rows. */
  readonly columns: readonly string[];
}

class NodeSqliteConnection implements DatabaseConnection {
  readonly database: DatabaseSync;
  readonly #statements = new Map<string, Prepared>();

  constructor(database: DatabaseSync) {
    this.database = database;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { statement, columns } = this.#prepare(query.sql);
    const parameters = query.parameters.map(toSqlite);
    try {
      if (columns.length > 0) {
        const rows = statement.all(...parameters) as unknown as SQLOutputValue[][];
        return { rows: rows.map((values) => toRow(columns, values)) as R[] };
      }
      const { changes, lastInsertRowid } = statement.run(...parameters);
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
    } catch (error) {
      throw asDiskFull(error);
    }
  }

  // biome-ignore lint/correctness/useYield: kysely asks for the method; SQLite answers whole
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new UnexpectedError('Streaming queries are not used with SQLite');
  }

  #prepare(sql: string): Prepared {
    const kept = this.#statements.get(sql);
    if (kept) return kept;
    const statement = this.database.prepare(sql);
    const prepared = { statement, columns: statement.columns().map(({ name }) => name) };
    statement.setReturnArrays(true);
    if (this.#statements.size >= KEPT_STATEMENTS) this.#statements.delete(this.#statements.keys().next().value ?? '');
    this.#statements.set(sql, prepared);
    return prepared;
  }
}

/**
 * Rows come as lists, because the objects node would make of them are slow to read from: they have no shape of their
 * own. These share one.
 */
function toRow(columns: readonly string[], values: readonly SQLOutputValue[]): Record<string, SQLOutputValue> {
  const row: Record<string, SQLOutputValue> = {};
  columns.forEach((name, index) => {
    row[name] = values[index] ?? null;
  });
  return row;
}

function toSqlite(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value === undefined) return null;
  return value as SQLInputValue;
}
