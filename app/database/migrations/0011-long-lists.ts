import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** For lists of a million rows: the audit trail by time whatever it is narrowed by, and all tasks. */
const STATEMENTS = `
DROP INDEX audit_record_user;
DROP INDEX audit_record_project;
DROP INDEX audit_record_resource;
DROP INDEX audit_record_action;
CREATE INDEX audit_record_user ON audit_record (user_id, created_at);
CREATE INDEX audit_record_project ON audit_record (project_id, created_at);
CREATE INDEX audit_record_resource ON audit_record (resource_id, created_at);
CREATE INDEX audit_record_action ON audit_record (action, created_at);
CREATE INDEX audit_record_address ON audit_record (address, created_at);
CREATE INDEX audit_record_request ON audit_record (request_id);
CREATE INDEX audit_record_failure ON audit_record (created_at) WHERE status >= 400;
CREATE INDEX identity_sign_in_code_user ON identity_sign_in_code (user_id);
CREATE INDEX task_created ON task (created_at, id);
CREATE INDEX task_finished ON task (finished_at) WHERE finished_at IS NOT NULL
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
