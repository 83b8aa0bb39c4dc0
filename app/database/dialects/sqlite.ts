import { existsSync } from 'node:fs';
import { sql } from 'kysely';
import { OperationalError } from '../../contract/errors.ts';
import { copyDatabase } from '../copy-database.ts';
import type { Queryable, Transaction } from '../queryable.ts';
import type { Dialect, TransactionKind } from './dialect.ts';
import { NodeSqliteDialect } from './sqlite.driver.ts';
import { sqliteIdOrder } from './sqlite.id-order.ts';

/** The WAL-reset corruption bug was mended in 3.51.3 (sqlite.org/wal.html, section 11). */
const OLDEST_SQLITE = '3.51.3';

/** One file, and one who writes: transactions follow each other, so that none has to run again. */
export class SqliteDialect implements Dialect {
  readonly kysely: NodeSqliteDialect;
  readonly idOrder = sqliteIdOrder;
  readonly #file: string;
  readonly #isNew: boolean;

  constructor(file: string) {
    this.#file = file;
    this.#isNew = !existsSync(file);
    this.kysely = new NodeSqliteDialect(file);
  }

  async check(query: Queryable): Promise<void> {
    const { rows } = await sql<{ version: string }>`SELECT sqlite_version() AS version`.execute(query);
    assertSqliteVersion(rows[0]?.version ?? '0');
  }

  /** A copy of the file beside it. */
  async keepBefore(first: string): Promise<string | undefined> {
    if (this.#isNew) return undefined;
    const copy = `${this.#file}.before-${first}`;
    await copyDatabase(this.#file, copy);
    return copy;
  }

  async transaction<T>(query: Queryable, kind: TransactionKind, work: (trx: Transaction) => Promise<T>): Promise<T> {
    const { log } = this.kysely;
    log.assertWhole();
    const result = await query.transaction().execute(work);
    if (kind !== 'quick') await log.sync();
    return result;
  }

  mayRunAgain(): boolean {
    return false;
  }
}

/** Refuses versions with known corruption. */
export function assertSqliteVersion(version: string): void {
  if (version.localeCompare(OLDEST_SQLITE, 'en', { numeric: true }) >= 0) return;
  throw new OperationalError('unavailable', 'controller', `SQLite ${version} is older than ${OLDEST_SQLITE}`, {
    hint: 'Run Cumulet with the Node version it pins (npm start does).',
  });
}
