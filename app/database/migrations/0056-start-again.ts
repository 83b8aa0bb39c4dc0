import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/**
 * How machines start with their hosts, which boot of a host its machines were last started after, and the machines of
 * tasks that start or stop several. A server that ran as its host went down bears the number of its last order then.
 */
const STATEMENTS = `
ALTER TABLE compute_server ADD COLUMN interrupted_generation INTEGER;
CREATE TABLE compute_server_startup (
  server_id TEXT PRIMARY KEY, project_id TEXT NOT NULL, start TEXT, start_order INTEGER, delay_seconds INTEGER NOT NULL,
  start_after TEXT NOT NULL
);
CREATE INDEX compute_server_startup_project ON compute_server_startup (project_id);
CREATE TABLE compute_host_boot (host_id TEXT PRIMARY KEY, boot_id TEXT NOT NULL);
CREATE TABLE compute_turn (
  task_id TEXT NOT NULL, server_id TEXT NOT NULL, host_id TEXT NOT NULL, generation INTEGER NOT NULL, state TEXT NOT NULL,
  order_task_id TEXT, settles_at TEXT, not_before TEXT, waits TEXT NOT NULL, note TEXT,
  PRIMARY KEY (task_id, server_id)
);
CREATE INDEX compute_turn_host ON compute_turn (host_id, state);
CREATE INDEX compute_turn_server ON compute_turn (server_id, state)
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
