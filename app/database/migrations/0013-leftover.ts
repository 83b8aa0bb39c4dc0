import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/**
 * What was taken away from a place that could not be told at once: the only thing a host or the controller removes
 * without being asked. Machines deleted before there was this table are in it too, where the database still knows them.
 */
const STATEMENTS = `
CREATE TABLE leftover (
  host TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, generation INTEGER NOT NULL, reason TEXT NOT NULL,
  since TEXT NOT NULL, PRIMARY KEY (host, kind, id));
INSERT INTO leftover (host, kind, id, generation, reason, since)
  SELECT host_id, 'machine', id, generation, 'deleted', deleted_at FROM compute_server
  WHERE deleted_at IS NOT NULL AND host_id IS NOT NULL
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
