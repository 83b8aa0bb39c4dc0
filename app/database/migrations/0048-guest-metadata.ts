import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/**
 * What a guest is told, and tells: which of a launch it is, and the password it has left for its owner. Servers of
 * before have the reservation that was shown of them.
 */
const STATEMENTS = `
ALTER TABLE compute_server ADD COLUMN launch_index INTEGER NOT NULL DEFAULT 0;
ALTER TABLE compute_server ADD COLUMN reservation_id TEXT NOT NULL DEFAULT '';
ALTER TABLE compute_server ADD COLUMN guest_password TEXT NOT NULL DEFAULT '';
UPDATE compute_server SET reservation_id = 'r-' || substr(id, 1, 8)
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
