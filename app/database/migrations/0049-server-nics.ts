import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** The cards of servers as their hosts have placed them. */
const STATEMENTS = `
ALTER TABLE compute_server ADD COLUMN nics TEXT NOT NULL DEFAULT '[]'
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
