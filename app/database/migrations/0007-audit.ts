import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

const STATEMENTS = `
CREATE TABLE audit_record (
  id INTEGER PRIMARY KEY AUTOINCREMENT, created_at TEXT NOT NULL, request_id TEXT NOT NULL, service TEXT NOT NULL,
  action TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, user_id TEXT, user_name TEXT, project_id TEXT,
  domain_id TEXT, address TEXT NOT NULL, user_agent TEXT, status INTEGER NOT NULL, reason TEXT, resource_id TEXT,
  resource_name TEXT);
CREATE INDEX audit_record_user ON audit_record (user_id, id);
CREATE INDEX audit_record_project ON audit_record (project_id, id);
CREATE INDEX audit_record_resource ON audit_record (resource_id, id);
CREATE INDEX audit_record_action ON audit_record (action, id);
CREATE INDEX audit_record_time ON audit_record (created_at)
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
