import { type Kysely, sql } from 'kysely';

/** Runs statements that end in `;` at the end of a line, one after the other. */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function runStatements(db: Kysely<any>, statements: string): Promise<void> {
  for (const statement of statements.split(/;\s*\n/)) {
    if (statement.trim()) await sql.raw(statement).execute(db);
  }
}
