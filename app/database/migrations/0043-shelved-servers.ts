import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** Shelved servers: since when, and the image each waits in; and what the image of a server had, should it be deleted. */
const STATEMENTS = `
ALTER TABLE compute_server ADD COLUMN shelved_at TEXT;
ALTER TABLE compute_server ADD COLUMN shelved_image_id TEXT;
ALTER TABLE compute_server ADD COLUMN image_properties TEXT NOT NULL DEFAULT '{}';
CREATE INDEX compute_server_shelved ON compute_server (shelved_at) WHERE shelved_at IS NOT NULL
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
