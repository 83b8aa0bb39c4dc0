import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** Usage of servers is asked for longer than their rows are kept, in the order of projects and servers. */
const STATEMENTS = `
CREATE TABLE compute_past_server (
  id TEXT NOT NULL,
  project_id TEXT NOT NULL,
  name TEXT NOT NULL,
  flavor_name TEXT NOT NULL,
  vcpus INTEGER NOT NULL,
  memory_mib INTEGER NOT NULL,
  local_gib INTEGER NOT NULL,
  launched_at TEXT NOT NULL,
  terminated_at TEXT NOT NULL,
  PRIMARY KEY (id, launched_at)
);
CREATE INDEX compute_past_server_project ON compute_past_server (project_id, id);
CREATE INDEX compute_past_server_end ON compute_past_server (terminated_at);
CREATE INDEX compute_server_project_id ON compute_server (project_id, id);
CREATE INDEX compute_server_deleted ON compute_server (deleted_at) WHERE deleted_at IS NOT NULL
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
