import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** Which of two passwords that were replaced in the same millisecond was replaced later; a row has no number of its own. */
const STATEMENTS = `
ALTER TABLE identity_password_history ADD COLUMN place INTEGER NOT NULL DEFAULT 0
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
