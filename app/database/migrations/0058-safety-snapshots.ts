import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** Images made of servers before something is done to them, and until when each is kept. */
const STATEMENTS = `
CREATE TABLE compute_safety_snapshot (image_id TEXT PRIMARY KEY, server_id TEXT NOT NULL, until TEXT NOT NULL);
CREATE INDEX compute_safety_snapshot_until ON compute_safety_snapshot (until)
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
