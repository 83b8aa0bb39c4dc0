import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely, type Transaction as KyselyTransaction, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { OperationalError, UnexpectedError } from '../contract/errors.ts';
import { copyDatabase } from './copy-database.ts';
import { newestGoodCopy } from './database-copies.ts';
import * as initial from './migrations/0001-initial.ts';
import * as directory from './migrations/0002-directory.ts';
import * as assignment from './migrations/0003-assignment.ts';
import * as credential from './migrations/0004-credential.ts';
import * as catalog from './migrations/0005-catalog.ts';
import * as federation from './migrations/0006-federation.ts';
import * as audit from './migrations/0007-audit.ts';
import * as userQuota from './migrations/0008-user-quota.ts';
import * as directoryServer from './migrations/0009-directory-server.ts';
import * as consoleSession from './migrations/0010-console-session.ts';
import * as longLists from './migrations/0011-long-lists.ts';
import * as oauth from './migrations/0012-oauth.ts';
import * as leftover from './migrations/0013-leftover.ts';
import * as keptLimits from './migrations/0014-kept-limits.ts';
import * as stepsAndRefusals from './migrations/0017-steps-and-refusals.ts';
import * as unclaimed from './migrations/0018-unclaimed.ts';
import * as stateRevision from './migrations/0019-state-revision.ts';
import * as taskLeases from './migrations/0023-task-leases.ts';
import { DamagedDatabase, insideTransaction, NodeSqliteDialect } from './sqlite.dialect.ts';
import type { Tables } from './tables.ts';

/** Numbered, forward only; each runs in the one transaction of its start. */
const MIGRATIONS: Record<string, Migration> = {
  '0001-initial': initial,
  '0002-directory': directory,
  '0003-assignment': assignment,
  '0004-credential': credential,
  '0005-catalog': catalog,
  '0006-federation': federation,
  '0007-audit': audit,
  '0008-user-quota': userQuota,
  '0009-directory-server': directoryServer,
  '0010-console-session': consoleSession,
  '0011-long-lists': longLists,
  '0012-oauth': oauth,
  '0013-leftover': leftover,
  '0014-kept-limits': keptLimits,
  '0017-steps-and-refusals': stepsAndRefusals,
  '0018-unclaimed': unclaimed,
  '0019-state-revision': stateRevision,
  '0023-task-leases': taskLeases,
};

/** Of every change the schema has had, in order. */
export const MIGRATION_NAMES: readonly string[] = Object.keys(MIGRATIONS);

/** The WAL-reset corruption bug was mended in 3.51.3 (sqlite.org/wal.html, section 11). */
const OLDEST_SQLITE = '3.51.3';

export { behindRequests } from './writer-turns.ts';

export type Transaction = KyselyTransaction<Tables>;
/** What a query runs on: the database itself or the transaction one is in. */
export type Queryable = Kysely<Tables>;

/** The controller's tables. All changes go through {@link Database.transaction}. */
export class Database {
  readonly query: Queryable;
  readonly #afterCommit = new WeakMap<Transaction, (() => void)[]>();
  #beforeCommit: ((trx: Transaction) => Promise<void>) | undefined;

  private constructor(query: Queryable) {
    this.query = query;
  }

  /** Opens (or makes) `<dataDir>/cumulet.db` and brings it to the newest schema, after a copy of the file. */
  static async open(dataDir: string): Promise<Database> {
    const file = join(dataDir, 'cumulet.db');
    const isNew = !existsSync(file);
    const database = new Database(new Kysely<Tables>({ dialect: new NodeSqliteDialect(file) }));
    try {
      await database.#assertVersion();
      await database.#migrate(file, isNew);
    } catch (error) {
      await database.close();
      throw error instanceof DamagedDatabase ? await offerCopy(error, dataDir) : error;
    }
    return database;
  }

  /**
   * One decision, one transaction: all of it is kept or none. Inside, use only `trx`; a query on `query` would wait
   * for the transaction itself and is refused. Never await anything but queries on `trx` in here: other requests wait.
   */
  async transaction<T>(work: (trx: Transaction) => Promise<T>): Promise<T> {
    return await this.#transaction(this.query, async (trx) => {
      const result = await work(trx);
      await this.#beforeCommit?.(trx);
      return result;
    });
  }

  /**
   * The same without waiting for the disk: a power cut may take it back, unless a {@link transaction} came after it,
   * which takes all before it to the disk as well. For what is written often and can be asked for again.
   */
  async quickTransaction<T>(work: (trx: Transaction) => Promise<T>): Promise<T> {
    return await this.query.connection().execute(async (connection) => {
      await sql`PRAGMA synchronous = NORMAL`.execute(connection);
      try {
        return await this.#transaction(connection, work);
      } finally {
        await sql`PRAGMA synchronous = FULL`.execute(connection);
      }
    });
  }

  /**
   * For claiming a task, or room on a host, and for nothing else: `work` is one conditional UPDATE, which looks at what
   * it needs and takes it at once, so that of many who want the same one gets it and the others get no row. Nothing is
   * read before, and no part of a decision is made here. On SQLite it is a transaction like any other; on PostgreSQL it
   * is READ COMMITTED and never tried again, because there serializable claims would mostly hinder each other.
   */
  async claim<T>(work: (trx: Transaction) => Promise<T>): Promise<T> {
    return await this.#transaction(this.query, work);
  }

  async #transaction<T>(on: Queryable, work: (trx: Transaction) => Promise<T>): Promise<T> {
    const hooks: (() => void)[] = [];
    const inside = { isOpen: true };
    const result = await on.transaction().execute((trx) =>
      insideTransaction.run(inside, async () => {
        this.#afterCommit.set(trx, hooks);
        try {
          return await work(trx);
        } finally {
          inside.isOpen = false;
        }
      }),
    );
    for (const hook of hooks) runHook(hook);
    return result;
  }

  /** `hook` adds to every {@link transaction} what is to be kept with each change; where it throws, nothing is kept. */
  beforeCommit(hook: (trx: Transaction) => Promise<void>): void {
    this.#beforeCommit = hook;
  }

  /** Runs `hook` once `trx` has been committed, never when it is rolled back. */
  afterCommit(trx: Transaction, hook: () => void): void {
    const hooks = this.#afterCommit.get(trx);
    if (!hooks) throw new UnexpectedError('afterCommit needs a transaction of this database');
    hooks.push(hook);
  }

  async close(): Promise<void> {
    await this.query.destroy();
  }

  async #assertVersion(): Promise<void> {
    const { rows } = await sql<{ version: string }>`SELECT sqlite_version() AS version`.execute(this.query);
    assertSqliteVersion(rows[0]?.version ?? '0');
  }

  async #migrate(file: string, isNew: boolean): Promise<void> {
    const migrator = new Migrator({ db: this.query, provider: { getMigrations: async () => MIGRATIONS } });
    if (!isNew) await this.#assertNotNewer();
    const pending = (await migrator.getMigrations()).filter((migration) => migration.executedAt === undefined);
    if (pending.length === 0) return;
    const copy = `${file}.before-${pending[0]?.name}`;
    if (!isNew) {
      await copyDatabase(file, copy);
    }
    const { error } = await migrator.migrateToLatest();
    if (error) {
      throw new OperationalError(
        'unavailable',
        'controller',
        `The database could not be brought to this version: ${String(error)}`,
        {
          hint: isNew ? undefined : `The file as it was is kept as ${copy}.`,
          cause: error,
        },
      );
    }
  }

  /** Kysely looks only for what is still to be run; a schema from the future would be used as if it were ours. */
  async #assertNotNewer(): Promise<void> {
    const tables = await this.query.introspection.getTables({ withInternalKyselyTables: true });
    if (!tables.some(({ name }) => name === 'kysely_migration')) return;
    const { rows } = await sql<{ name: string }>`SELECT name FROM kysely_migration`.execute(this.query);
    const unknown = rows.find(({ name }) => !Object.hasOwn(MIGRATIONS, name));
    if (!unknown) return;
    throw new OperationalError(
      'unavailable',
      'controller',
      `The data folder was used by a newer version of Cumulet (its database has ${unknown.name}).`,
      { hint: 'Start that version again, or one that is newer still.' },
    );
  }
}

async function offerCopy(error: DamagedDatabase, dataDir: string): Promise<DamagedDatabase> {
  const copy = await newestGoodCopy(dataDir);
  if (copy === undefined) return error;
  const command = `cumulet restore --database ${JSON.stringify(copy.path)} --data-dir ${JSON.stringify(dataDir)}`;
  return error.advising(
    `The newest whole copy is of ${copy.at}. This command puts it in place, and keeps the damaged file:\n${command}\nIt changes the database only`,
  );
}

/** Refuses versions with known corruption. */
export function assertSqliteVersion(version: string): void {
  if (version.localeCompare(OLDEST_SQLITE, 'en', { numeric: true }) >= 0) return;
  throw new OperationalError('unavailable', 'controller', `SQLite ${version} is older than ${OLDEST_SQLITE}`, {
    hint: 'Run Cumulet with the Node version it pins (npm start does).',
  });
}

/** What is committed stays so: a listener's mistake is reported, but not to whoever made the change. */
function runHook(hook: () => void): void {
  try {
    hook();
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
  }
}
