import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** Moves of servers from one flavor to another, and the last number that one was given. */
const STATEMENTS = `
CREATE TABLE compute_migration (
  id INTEGER PRIMARY KEY, uuid TEXT NOT NULL, server_id TEXT NOT NULL, project_id TEXT NOT NULL, user_id TEXT NOT NULL,
  type TEXT NOT NULL, status TEXT NOT NULL, source_host TEXT NOT NULL, dest_host TEXT NOT NULL,
  old_flavor TEXT NOT NULL, new_flavor TEXT NOT NULL, old_disk_gib INTEGER NOT NULL, new_disk_gib INTEGER NOT NULL,
  old_vm_state TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, finished_at TEXT
);
CREATE UNIQUE INDEX compute_migration_uuid ON compute_migration (uuid);
CREATE INDEX compute_migration_server ON compute_migration (server_id, id);
CREATE INDEX compute_migration_project ON compute_migration (project_id, id);
CREATE INDEX compute_migration_created ON compute_migration (created_at, id);
CREATE INDEX compute_migration_finished ON compute_migration (finished_at) WHERE finished_at IS NOT NULL;
CREATE TABLE compute_migration_number (last INTEGER NOT NULL);
INSERT INTO compute_migration_number (last) VALUES (0)
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
