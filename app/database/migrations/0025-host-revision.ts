import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** Raised by each change of a host's row: of two readings the later one is known. */
const STATEMENTS = `
ALTER TABLE scheduler_host ADD COLUMN revision INTEGER NOT NULL DEFAULT 0
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
