import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** The server whose resize holds the room beside what the server itself has. */
const STATEMENTS = `
ALTER TABLE scheduler_allocation ADD COLUMN resized_server_id TEXT;
CREATE INDEX scheduler_allocation_resized ON scheduler_allocation (resized_server_id) WHERE resized_server_id IS NOT NULL
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
