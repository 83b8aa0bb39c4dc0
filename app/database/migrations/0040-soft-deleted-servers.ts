import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** Since when a server waits to be deleted for good. */
const STATEMENTS = `
ALTER TABLE compute_server ADD COLUMN soft_deleted_at TEXT;
CREATE INDEX compute_server_soft_deleted ON compute_server (soft_deleted_at) WHERE soft_deleted_at IS NOT NULL
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
