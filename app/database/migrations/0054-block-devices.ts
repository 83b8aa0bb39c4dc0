import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** The disks that a launch named; servers of before have those of their flavors. */
const STATEMENTS = `
ALTER TABLE compute_server ADD COLUMN block_devices TEXT NOT NULL DEFAULT '[]'
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
