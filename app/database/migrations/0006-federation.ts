import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** Sign-in codes live for minutes: their table is made anew, so that they can be without a project. */
const STATEMENTS = `
CREATE TABLE identity_provider (
  id TEXT PRIMARY KEY, domain_id TEXT NOT NULL REFERENCES identity_project (id) ON DELETE CASCADE,
  enabled INTEGER NOT NULL, description TEXT, authorization_ttl INTEGER);
CREATE INDEX identity_provider_domain ON identity_provider (domain_id);
CREATE TABLE identity_provider_remote_id (
  remote_id TEXT PRIMARY KEY, idp_id TEXT NOT NULL REFERENCES identity_provider (id) ON DELETE CASCADE);
CREATE INDEX identity_provider_remote_id_idp ON identity_provider_remote_id (idp_id);
CREATE TABLE identity_mapping (id TEXT PRIMARY KEY, rules TEXT NOT NULL, schema_version TEXT NOT NULL);
CREATE TABLE identity_protocol (
  idp_id TEXT NOT NULL REFERENCES identity_provider (id) ON DELETE CASCADE, id TEXT NOT NULL,
  mapping_id TEXT NOT NULL, remote_id_attribute TEXT, PRIMARY KEY (idp_id, id));
CREATE TABLE identity_service_provider (
  id TEXT PRIMARY KEY, enabled INTEGER NOT NULL, description TEXT, auth_url TEXT NOT NULL, sp_url TEXT NOT NULL,
  relay_state_prefix TEXT NOT NULL);
CREATE TABLE identity_federated_user (
  idp_id TEXT NOT NULL, protocol_id TEXT NOT NULL, unique_id TEXT NOT NULL,
  user_id TEXT NOT NULL REFERENCES identity_user (id) ON DELETE CASCADE, display_name TEXT NOT NULL,
  made_user INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (idp_id, protocol_id, unique_id),
  FOREIGN KEY (idp_id, protocol_id) REFERENCES identity_protocol (idp_id, id) ON DELETE CASCADE);
CREATE INDEX identity_federated_user_user ON identity_federated_user (user_id);
CREATE TABLE identity_id_mapping (
  public_id TEXT PRIMARY KEY, domain_id TEXT NOT NULL REFERENCES identity_project (id) ON DELETE CASCADE,
  local_id TEXT NOT NULL, entity_type TEXT NOT NULL, UNIQUE (domain_id, entity_type, local_id));
DROP TABLE identity_sign_in_code;
CREATE TABLE identity_sign_in_code (
  hash TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES identity_user (id) ON DELETE CASCADE, project_id TEXT,
  federation TEXT, expires_at TEXT NOT NULL);
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
