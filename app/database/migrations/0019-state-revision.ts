import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** Which state of its machine a server shows, so that one that was told late is known to be the older. */
const STATEMENTS = `
ALTER TABLE compute_server ADD COLUMN state_revision INTEGER NOT NULL DEFAULT 0
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
