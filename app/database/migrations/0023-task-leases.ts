import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/**
 * Which controller does a task, for how long, and for which time; what a task is about stands in lines: the first in line
 * holds the subject. The lines themselves are made at the start, from the tasks that are not finished.
 */
const STATEMENTS = `
DROP INDEX task_subject;
ALTER TABLE task ADD COLUMN owner TEXT;
ALTER TABLE task ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE task ADD COLUMN not_before TEXT NOT NULL DEFAULT '';
ALTER TABLE task ADD COLUMN waits_for INTEGER NOT NULL DEFAULT 0;
CREATE INDEX task_claimable ON task (waits_for, owner, finished_at, created_at, id, kind, not_before);
CREATE INDEX task_owned ON task (owner);
CREATE TABLE task_owner (id TEXT PRIMARY KEY, lease_until TEXT NOT NULL);
CREATE TABLE task_subject (
  task_id TEXT NOT NULL REFERENCES task (id) ON DELETE CASCADE, type TEXT NOT NULL, id TEXT NOT NULL,
  PRIMARY KEY (task_id, type, id));
CREATE INDEX task_subject_id ON task_subject (id, task_id);
CREATE TABLE task_hold (
  type TEXT NOT NULL, id TEXT NOT NULL, task_id TEXT NOT NULL REFERENCES task (id) ON DELETE CASCADE,
  PRIMARY KEY (type, id));
CREATE INDEX task_hold_task ON task_hold (task_id);
INSERT INTO task_subject (task_id, type, id) SELECT id, subject_type, subject_id FROM task
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
