import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** Files that a launch or a rebuild gives a guest. */
const STATEMENTS = `
ALTER TABLE compute_server ADD COLUMN injected_files TEXT NOT NULL DEFAULT '[]'
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
