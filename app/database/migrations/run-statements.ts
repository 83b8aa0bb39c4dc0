import { type Kysely, sql } from 'kysely';
import { expressionsOf } from '../dialects/dialect.ts';

/**
 * Runs statements that end in `;` at the end of a line, one after the other: SQL that SQLite and PostgreSQL both take, with
 * SQLite's types for columns (`TEXT`, `INTEGER`, `REAL`).
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function runStatements(db: Kysely<any>, statements: string): Promise<void> {
  const { migration } = expressionsOf(db);
  for (const statement of statements.split(/;\s*\n/)) {
    if (statement.trim()) await sql.raw(migration(statement)).execute(db);
  }
}
