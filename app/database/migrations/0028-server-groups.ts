import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** Server groups and the servers in them; aggregates and the hosts in them. */
const STATEMENTS = `
CREATE TABLE compute_server_group (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, project_id TEXT NOT NULL, user_id TEXT NOT NULL, policy TEXT NOT NULL,
  max_per_host INTEGER, created_at TEXT NOT NULL
);
CREATE INDEX compute_server_group_project ON compute_server_group (project_id, created_at, id);
CREATE INDEX compute_server_group_created ON compute_server_group (created_at, id);
ALTER TABLE compute_server ADD COLUMN group_id TEXT;
CREATE INDEX compute_server_group_member ON compute_server (group_id) WHERE group_id IS NOT NULL AND deleted_at IS NULL;
CREATE TABLE compute_aggregate (
  id INTEGER PRIMARY KEY, uuid TEXT NOT NULL, name TEXT NOT NULL UNIQUE, metadata TEXT NOT NULL, created_at TEXT NOT NULL,
  updated_at TEXT
);
CREATE TABLE compute_aggregate_host (
  aggregate_id INTEGER NOT NULL REFERENCES compute_aggregate (id), host_id TEXT NOT NULL, PRIMARY KEY (aggregate_id, host_id)
)
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
