import { chmodSync, closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay, setImmediate } from 'node:timers/promises';
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
import { OperationalError, UnexpectedError } from '../../contract/errors.ts';
import { behindRequests, ConnectionTurns } from '../connection-turns.ts';
import { DatabaseUnavailable } from '../database.errors.ts';
import { assertOutsideTransaction, withExpressions } from './dialect.ts';
import { SqliteConnection } from './sqlite.connection.ts';
import { sqliteExpressions } from './sqlite.expressions.ts';
import { SqliteLog } from './sqlite.log.ts';

/** How long a change waits for the turn to write, milliseconds, where another program holds the file. */
const PATIENCE_MS = 5_000;
const TRY_AGAIN_MS = 20;

/**
 * Kysely on Node's built-in SQLite. Changes go over one connection, handed out one holder at a time; reads outside of
 * transactions over another, so that they wait neither for those nor for other programs that write. Nothing waits in
 * SQLite itself: that would stop the whole process.
 */
export class NodeSqliteDialect implements Dialect {
  readonly log: SqliteLog;
  readonly #file: string;
  readonly #patienceMs: number;

  constructor(file: string, { patienceMs = PATIENCE_MS } = {}) {
    this.#file = file;
    this.#patienceMs = patienceMs;
    this.log = new SqliteLog(file);
  }

  createDriver(): Driver {
    return new NodeSqliteDriver(this.#file, this.#patienceMs, this.log);
  }
  createQueryCompiler() {
    return new SqliteQueryCompiler();
  }
  createAdapter() {
    return withExpressions(new QueueingSqliteAdapter(), sqliteExpressions);
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
  readonly #patienceMs: number;
  #connections: { writer: SqliteConnection; reader: SqliteConnection } | undefined;
  readonly #turns = new ConnectionTurns(1);
  readonly #log: SqliteLog;

  constructor(file: string, patienceMs: number, log: SqliteLog) {
    this.#file = file;
    this.#patienceMs = patienceMs;
    this.#log = log;
  }

  async init(): Promise<void> {
    // Whoever else may look into the folder: the files beside it are made with its mode.
    closeSync(openSync(this.#file, 'a', 0o600));
    chmodSync(this.#file, 0o600);
    const writer = new DatabaseSync(this.#file, { timeout: 0 });
    await this.#whenFree(performance.now(), () => openWhole(writer, this.#file));
    const reader = new DatabaseSync(this.#file, { timeout: 0, readOnly: true });
    reader.exec('PRAGMA cache_size = -8000');
    await this.#log.open();
    this.#connections = { writer: new SqliteConnection(writer), reader: new SqliteConnection(reader) };
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return new Lease({
      read: async (query) => {
        // Long work lets others in.
        if (behindRequests.getStore()) await setImmediate();
        return await this.#whenFree(performance.now(), () => this.#open().reader.execute(query));
      },
      claim: () => this.#claimWriter(),
    });
  }

  async releaseConnection(lease: DatabaseConnection): Promise<void> {
    if ((lease as Lease).writer !== undefined) this.#turns.give();
  }

  // IMMEDIATE: the write lock is taken at once, so that a read-then-write transaction cannot fail half-way.
  async beginTransaction(lease: DatabaseConnection): Promise<void> {
    await lease.executeQuery(CompiledQuery.raw('BEGIN IMMEDIATE'));
  }
  async commitTransaction(lease: DatabaseConnection): Promise<void> {
    await lease.executeQuery(CompiledQuery.raw('COMMIT'));
  }
  async rollbackTransaction(lease: DatabaseConnection): Promise<void> {
    // After some errors (disk full) SQLite has rolled back itself; a second time would hide the first error.
    if (!this.#open().writer.database.isTransaction) return;
    await lease.executeQuery(CompiledQuery.raw('ROLLBACK'));
  }

  async destroy(): Promise<void> {
    await this.#log.close();
    // The last to close brings the log into the file, for which it must be able to write.
    this.#connections?.reader.database.close();
    this.#connections?.writer.database.close();
    this.#connections = undefined;
  }

  async #claimWriter(): Promise<Writer> {
    const askedAt = performance.now();
    await this.#turns.take();
    return { execute: (query) => this.#whenFree(askedAt, () => this.#open().writer.execute(query)) };
  }

  /** Tries until no other program holds the file, without keeping this one from anything meanwhile. */
  async #whenFree<T>(askedAt: number, work: () => T): Promise<T> {
    for (;;) {
      try {
        return work();
      } catch (error) {
        if (!isBusy(error)) throw error;
        if (performance.now() - askedAt > this.#patienceMs) throw busy(error);
      }
      await delay(TRY_AGAIN_MS);
    }
  }

  #open(): { writer: SqliteConnection; reader: SqliteConnection } {
    if (!this.#connections) throw new UnexpectedError('The database is closed');
    return this.#connections;
  }
}

interface Writer {
  execute<R>(query: CompiledQuery): Promise<QueryResult<R>>;
}

/** What kysely holds for a query, a transaction or several in a row: reads until it is to write, and writes from then. */
class Lease implements DatabaseConnection {
  writer: Writer | undefined;
  readonly #read: <R>(query: CompiledQuery) => Promise<QueryResult<R>>;
  readonly #claim: () => Promise<Writer>;

  constructor(parts: {
    read: <R>(query: CompiledQuery) => Promise<QueryResult<R>>;
    claim: () => Promise<Writer>;
  }) {
    this.#read = parts.read;
    this.#claim = parts.claim;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.writer === undefined) {
      assertOutsideTransaction();
      if (isRead(query)) return await this.#read(query);
      this.writer = await this.#claim();
    }
    return await this.writer.execute(query);
  }

  // biome-ignore lint/correctness/useYield: kysely asks for the method; SQLite answers whole
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new UnexpectedError('Streaming queries are not used with SQLite');
  }
}

function isRead({ query, sql }: CompiledQuery): boolean {
  return query.kind === 'SelectQueryNode' || (query.kind === 'RawNode' && /^\s*select\b/i.test(sql));
}

/** Takes the file into use, unless it is damaged: what is read from it then may be anything. */
function openWhole(database: DatabaseSync, file: string): void {
  try {
    // NORMAL: SQLite itself waits for the disk only where it brings the log into the file; see SqliteLog.
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -4000; PRAGMA wal_autocheckpoint = 4000',
    );
    const [row] = database.prepare('PRAGMA quick_check(1)').all();
    if (row?.quick_check !== 'ok') throw damaged(file, String(row?.quick_check));
  } catch (error) {
    // SQLITE_CORRUPT and SQLITE_NOTADB, with their kinds (sqlite.org/rescode.html).
    const isDamage = error instanceof Error && 'errcode' in error && [11, 26].includes(Number(error.errcode) & 0xff);
    throw isDamage ? damaged(file, error.message, error) : error;
  }
}

function damaged(file: string, found: string, cause?: unknown): DamagedDatabase {
  return new DamagedDatabase(`The database ${file} is damaged: ${found}.`, cause);
}

/** The file cannot be used; whoever knows of a copy says so. */
export class DamagedDatabase extends OperationalError {
  constructor(message: string, cause: unknown, advice = 'Put back a copy of the data folder from before') {
    const hint = `Nothing was changed. ${advice}; machines that run are not touched.`;
    super('unavailable', 'controller', message, { hint, cause });
  }

  /** The same with what to do, as a part of a sentence. */
  advising(advice: string): DamagedDatabase {
    return new DamagedDatabase(this.message, this.cause, advice);
  }
}

/** SQLITE_BUSY and its kinds, which share the lowest byte (sqlite.org/rescode.html). */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
}

function busy(cause: unknown): DatabaseUnavailable {
  return new DatabaseUnavailable('unavailable', 'The database is in use by another program.', {
    hint: 'Try again in a moment. If it goes on, look for what holds cumulet.db in the data folder.',
    retryAfter: 5,
    cause,
  });
}
