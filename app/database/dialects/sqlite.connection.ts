import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { CompiledQuery, QueryResult } from 'kysely';
import { unavailableIfFull } from '../database.errors.ts';

const KEPT_STATEMENTS = 500;

interface Prepared {
  readonly statement: StatementSync;
  /** Names of the columns it answers; none where it only changes rows. */
  readonly columns: readonly string[];
}

/** One open connection; statements are kept prepared. */
export class SqliteConnection {
  readonly database: DatabaseSync;
  readonly #statements = new Map<string, Prepared>();

  constructor(database: DatabaseSync) {
    this.database = database;
  }

  execute<R>(query: CompiledQuery): QueryResult<R> {
    try {
      const { statement, columns } = this.#prepare(query.sql);
      const parameters = query.parameters.map(toSqlite);
      if (columns.length > 0) {
        const rows = statement.all(...parameters) as unknown as SQLOutputValue[][];
        return { rows: rows.map((values) => toRow(columns, values)) as R[] };
      }
      const { changes, lastInsertRowid } = statement.run(...parameters);
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
    } catch (error) {
      throw unavailableIfFull(error);
    }
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
  if (typeof value === 'boolean') return Number(value);
  if (value === undefined) return null;
  return value as SQLInputValue;
}
