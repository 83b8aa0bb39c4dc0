import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { OperationalError, UnexpectedError } from '../contract/errors.ts';
import { DatabaseUnavailable } from './database.errors.ts';
import type { DatabaseSettings } from './database.settings.ts';
import { newestGoodCopy } from './database-copies.ts';
import { type Dialect, type IdOrder, insideTransaction, type TransactionKind } from './dialects/dialect.ts';
import { PostgresDialect } from './dialects/postgres.ts';
import { DamagedDatabase } from './dialects/sqlite.driver.ts';
import { SqliteDialect } from './dialects/sqlite.ts';
import type { Queryable, Transaction } from './queryable.ts';
import type { Tables } from './tables.ts';

/** By number and name, forward only; each runs in the one transaction of its start. */
export type Migrations = Readonly<Record<string, Migration>>;

/** A transaction that came between others runs so often; from the second on after a pause, of up to so many milliseconds. */
const MOST_ATTEMPTS = 20;
const LONGEST_PAUSE = 200;

/** For tests: the first attempt of every transaction is taken back, as if another had come between. */
const ABORTS_FIRST_ATTEMPTS = process.env.CUMULET_FIRST_ATTEMPTS === 'aborted';

export { change } from './change.ts';
export { behindRequests } from './connection-turns.ts';

export type { Queryable, Transaction };

/** What runs when a transaction has ended: `commit` before `end`, and only where it was kept. */
interface Hooks {
  readonly commit: (() => void)[];
  readonly end: (() => void)[];
}

/** The controller's tables. All changes go through {@link Database.transaction}. */
export class Database {
  readonly query: Queryable;
  readonly #dialect: Dialect;
  readonly #hooks = new WeakMap<Transaction, Hooks>();
  #beforeCommit: ((trx: Transaction) => Promise<void>) | undefined;
  /** Ends with the last of the transactions that run again. */
  #again: Promise<unknown> = Promise.resolve();

  private constructor(dialect: Dialect) {
    this.#dialect = dialect;
    this.query = new Kysely<Tables>({ dialect: dialect.kysely });
  }

  /**
   * Opens what `settings` name, or else `<dataDir>/cumulet.db`, which is made where it is not there, and brings it to the
   * newest schema, that of the last of `migrations`.
   */
  static async open(dataDir: string, migrations: Migrations, { url }: DatabaseSettings = {}): Promise<Database> {
    const dialect =
      url === undefined ? new SqliteDialect(join(dataDir, 'cumulet.db')) : await PostgresDialect.open(url);
    const database = new Database(dialect);
    try {
      await dialect.check(database.query);
      await database.#migrate(migrations);
    } catch (error) {
      await database.close();
      throw error instanceof DamagedDatabase ? await offerCopy(error, dataDir) : error;
    }
    return database;
  }

  /**
   * One decision, one transaction: all of it is kept or none, and it is as if no other ran meanwhile. For that `work` may
   * run again from its beginning: it changes nothing but through `trx`, and what others are to know it tells in
   * {@link afterCommit}. Inside, use only `trx`; a query on `query` is refused. Never await anything but queries on `trx`
   * in here: other requests wait.
   */
  async transaction<T>(work: (trx: Transaction) => Promise<T>): Promise<T> {
    return await this.#run('decision', async (trx) => {
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
    return await this.#run('quick', work);
  }

  /**
   * For claiming a task, or room on a host, and for nothing else: `work` is a conditional UPDATE, which looks at what
   * it needs and takes it at once, so that of many who want the same one gets it and the others get no row; with it go
   * only rows of the same claim, each on a condition too. Nothing is read before, and no part of a decision is made here.
   * On SQLite it is a transaction like any other; on PostgreSQL it is READ COMMITTED and never tried again, because there
   * serializable claims would mostly hinder each other.
   */
  async claim<T>(work: (trx: Transaction) => Promise<T>): Promise<T> {
    return await this.#run('claim', work);
  }

  async #run<T>(kind: TransactionKind, work: (trx: Transaction) => Promise<T>): Promise<T> {
    if (ABORTS_FIRST_ATTEMPTS && kind !== 'claim') await this.#takeBack(kind, work);
    try {
      return await this.#attempt(kind, work);
    } catch (error) {
      if (kind === 'claim' || !this.#dialect.mayRunAgain(error, 1)) throw error;
    }
    const turn = this.#again.then(() => this.#runAgain(kind, work));
    this.#again = turn.catch(() => undefined);
    return await turn;
  }

  /** The one place where a transaction runs again. Meanwhile others that do wait: they may want the same. */
  async #runAgain<T>(kind: TransactionKind, work: (trx: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 2; ; attempt++) {
      try {
        return await this.#attempt(kind, work);
      } catch (error) {
        if (!this.#dialect.mayRunAgain(error, attempt)) throw error;
        if (attempt === MOST_ATTEMPTS) throw tooManyAtOnce(error);
      }
      await delay(Math.random() * Math.min(2 ** attempt, LONGEST_PAUSE));
    }
  }

  async #takeBack<T>(kind: TransactionKind, work: (trx: Transaction) => Promise<T>): Promise<void> {
    try {
      await this.#attempt(kind, async (trx) => {
        await work(trx);
        throw new TakenBack();
      });
    } catch (error) {
      if (!(error instanceof TakenBack) && !this.#dialect.mayRunAgain(error, 1)) throw error;
    }
  }

  async #attempt<T>(kind: TransactionKind, work: (trx: Transaction) => Promise<T>): Promise<T> {
    const hooks: Hooks = { commit: [], end: [] };
    const inside = { isOpen: true };
    try {
      const result = await this.#dialect.transaction(this.query, kind, (trx) =>
        insideTransaction.run(inside, async () => {
          this.#hooks.set(trx, hooks);
          try {
            return await work(trx);
          } finally {
            inside.isOpen = false;
          }
        }),
      );
      for (const hook of hooks.commit) runHook(hook);
      return result;
    } finally {
      for (const hook of hooks.end) runHook(hook);
    }
  }

  /** `hook` adds to every {@link transaction} what is to be kept with each change; where it throws, nothing is kept. */
  beforeCommit(hook: (trx: Transaction) => Promise<void>): void {
    this.#beforeCommit = hook;
  }

  /** Runs `hook` once `trx` has been committed, never when it is rolled back. */
  afterCommit(trx: Transaction, hook: () => void): void {
    this.#hooksOf(trx).commit.push(hook);
  }

  /** Runs `hook` when `trx` has ended, whether it was committed or not: for what is kept from others meanwhile. */
  afterEnd(trx: Transaction, hook: () => void): void {
    this.#hooksOf(trx).end.push(hook);
  }

  #hooksOf(trx: Transaction): Hooks {
    const hooks = this.#hooks.get(trx);
    if (!hooks) throw new UnexpectedError('afterCommit needs a transaction of this database');
    return hooks;
  }

  /** See {@link IdOrder}. */
  get idOrder(): IdOrder {
    return this.#dialect.idOrder;
  }

  async close(): Promise<void> {
    await this.query.destroy();
  }

  async #migrate(migrations: Migrations): Promise<void> {
    const migrator = new Migrator({ db: this.query, provider: { getMigrations: async () => ({ ...migrations }) } });
    await this.#assertNotNewer(migrations);
    const pending = (await migrator.getMigrations()).filter((migration) => migration.executedAt === undefined);
    if (pending[0] === undefined) return;
    const copy = await this.#dialect.keepBefore(pending[0].name);
    const { error } = await migrator.migrateToLatest();
    if (error) {
      throw new OperationalError(
        'unavailable',
        'controller',
        `The database could not be brought to this version: ${String(error)}`,
        { hint: copy && `The file as it was is kept as ${copy}.`, cause: error },
      );
    }
  }

  /** Kysely looks only for what is still to be run; a schema from the future would be used as if it were ours. */
  async #assertNotNewer(migrations: Migrations): Promise<void> {
    const tables = await this.query.introspection.getTables({ withInternalKyselyTables: true });
    if (!tables.some(({ name }) => name === 'kysely_migration')) return;
    const { rows } = await sql<{ name: string }>`SELECT name FROM kysely_migration`.execute(this.query);
    const unknown = rows.find(({ name }) => !Object.hasOwn(migrations, name));
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

/** What {@link ABORTS_FIRST_ATTEMPTS} throws. */
class TakenBack extends Error {}

function tooManyAtOnce(cause: unknown): DatabaseUnavailable {
  return new DatabaseUnavailable('unavailable', 'Too many changes of the same things at once.', {
    hint: 'Nothing was changed. Try again in a moment.',
    retryAfter: 1,
    cause,
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
