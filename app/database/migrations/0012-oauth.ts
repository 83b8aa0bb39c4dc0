import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** The secrets of consumers are encrypted from here on. Those made before opened nothing yet and are made anew. */
const STATEMENTS = `
DELETE FROM identity_consumer;
CREATE TABLE identity_request_token (
  id TEXT PRIMARY KEY, consumer_id TEXT NOT NULL REFERENCES identity_consumer (id) ON DELETE CASCADE,
  project_id TEXT NOT NULL REFERENCES identity_project (id) ON DELETE CASCADE, secret TEXT NOT NULL, verifier TEXT,
  user_id TEXT REFERENCES identity_user (id) ON DELETE CASCADE, role_ids TEXT NOT NULL, expires_at TEXT);
CREATE INDEX identity_request_token_consumer ON identity_request_token (consumer_id);
CREATE INDEX identity_request_token_project ON identity_request_token (project_id);
CREATE INDEX identity_request_token_user ON identity_request_token (user_id);
CREATE TABLE identity_access_token (
  id TEXT PRIMARY KEY, consumer_id TEXT NOT NULL REFERENCES identity_consumer (id) ON DELETE CASCADE,
  project_id TEXT NOT NULL REFERENCES identity_project (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES identity_user (id) ON DELETE CASCADE, secret TEXT NOT NULL, expires_at TEXT);
CREATE INDEX identity_access_token_consumer ON identity_access_token (consumer_id);
CREATE INDEX identity_access_token_project ON identity_access_token (project_id);
CREATE INDEX identity_access_token_user ON identity_access_token (user_id);
CREATE TABLE identity_access_token_role (
  access_token_id TEXT NOT NULL REFERENCES identity_access_token (id) ON DELETE CASCADE,
  role_id TEXT NOT NULL REFERENCES identity_role (id) ON DELETE CASCADE, PRIMARY KEY (access_token_id, role_id));
CREATE INDEX identity_access_token_role_role ON identity_access_token_role (role_id);
ALTER TABLE identity_token ADD COLUMN access_token_id TEXT REFERENCES identity_access_token (id) ON DELETE CASCADE;
CREATE INDEX identity_token_access_token ON identity_token (access_token_id);
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
