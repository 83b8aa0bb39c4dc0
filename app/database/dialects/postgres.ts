import { sql } from 'kysely';
import { OperationalError } from '../../contract/errors.ts';
import type { Queryable, Transaction } from '../queryable.ts';
import type { Dialect, TransactionKind } from './dialect.ts';
import { openPool, PooledDialect } from './postgres.driver.ts';
import { postgresIdOrder } from './postgres.id-order.ts';

/** Runs the same with 13; older ones have no support any more. */
const OLDEST_SERVER = 140_000;

/** serialization_failure, deadlock_detected (postgresql.org/docs/current/errcodes-appendix.html). */
const RUN_AGAIN = ['40001', '40P01'];
/**
 * Most often of who looked first and found it free while another was about to take it: who runs again sees that. The
 * server tells of it as a failure to serialize only where both had looked by the same index.
 */
const UNIQUE_VIOLATION = '23505';
const ATTEMPTS_AT_UNIQUE = 4;

/** A server that several write to at once: transactions are as if they followed each other, and some run again. */
export class PostgresDialect implements Dialect {
  readonly kysely: PooledDialect;
  readonly idOrder = postgresIdOrder;

  constructor(kysely: PooledDialect) {
    this.kysely = kysely;
  }

  /** `pg` is loaded only by those who use it. */
  static async open(url: string): Promise<PostgresDialect> {
    return new PostgresDialect(new PooledDialect(await openPool(url)));
  }

  async check(query: Queryable): Promise<void> {
    const { rows } = await sql<{ version: string; encoding: string }>`
      SELECT current_setting('server_version_num') AS version, current_setting('server_encoding') AS encoding`.execute(
      query,
    );
    const [{ version, encoding } = { version: '0', encoding: '' }] = rows;
    if (Number(version) < OLDEST_SERVER) {
      throw refused(`The database is PostgreSQL ${Math.floor(Number(version) / 10_000)}.`, 'It must be 14 or newer.');
    }
    if (encoding !== 'UTF8') {
      throw refused(
        `The database is encoded as ${encoding}, which cannot hold every name.`,
        'Make one with createdb --encoding=UTF8 --template=template0.',
      );
    }
  }

  /** Nothing is kept: migrations are one transaction, and copies of a server are made by whoever runs it. */
  async keepBefore(): Promise<undefined> {
    return undefined;
  }

  async transaction<T>(query: Queryable, kind: TransactionKind, work: (trx: Transaction) => Promise<T>): Promise<T> {
    const level = kind === 'claim' ? 'read committed' : 'serializable';
    const transaction = query.transaction().setIsolationLevel(level);
    if (kind !== 'quick') return await transaction.execute(work);
    return await transaction.execute(async (trx) => {
      await sql`SET LOCAL synchronous_commit = off`.execute(trx);
      return await work(trx);
    });
  }

  /** Also where whoever saw the error has made another of it. */
  mayRunAgain(error: unknown, attempt: number): boolean {
    for (let cause = error; cause instanceof Error; cause = cause.cause) {
      if (!('code' in cause)) continue;
      if (RUN_AGAIN.includes(String(cause.code))) return true;
      if (cause.code === UNIQUE_VIOLATION) return attempt < ATTEMPTS_AT_UNIQUE;
    }
    return false;
  }
}

function refused(message: string, hint: string): OperationalError {
  return new OperationalError('unavailable', 'controller', message, { hint });
}
