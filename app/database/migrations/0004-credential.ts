import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/**
 * Trusts, application credentials, other credentials, receipts and revocation events; tokens made anew so that they end
 * with what they came from: user, project, parent token, trust, application credential, EC2 credential.
 */
const STATEMENTS = `
CREATE TABLE identity_credential (
  id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES identity_user (id) ON DELETE CASCADE,
  project_id TEXT REFERENCES identity_project (id) ON DELETE CASCADE, type TEXT NOT NULL, blob TEXT NOT NULL,
  extra TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE INDEX identity_credential_user ON identity_credential (user_id, type);
CREATE INDEX identity_credential_project ON identity_credential (project_id);
CREATE TABLE identity_totp_use (
  credential_id TEXT NOT NULL REFERENCES identity_credential (id) ON DELETE CASCADE, step INTEGER NOT NULL,
  PRIMARY KEY (credential_id, step));
CREATE TABLE identity_trust (
  id TEXT PRIMARY KEY, trustor_user_id TEXT NOT NULL REFERENCES identity_user (id) ON DELETE CASCADE,
  trustee_user_id TEXT NOT NULL REFERENCES identity_user (id) ON DELETE CASCADE,
  delegator_user_id TEXT NOT NULL REFERENCES identity_user (id) ON DELETE CASCADE,
  project_id TEXT REFERENCES identity_project (id) ON DELETE CASCADE, impersonation INTEGER NOT NULL, expires_at TEXT,
  remaining_uses INTEGER, redelegation_count INTEGER NOT NULL,
  redelegated_trust_id TEXT REFERENCES identity_trust (id) ON DELETE CASCADE, extra TEXT NOT NULL,
  created_at TEXT NOT NULL);
CREATE INDEX identity_trust_trustor ON identity_trust (trustor_user_id);
CREATE INDEX identity_trust_trustee ON identity_trust (trustee_user_id);
CREATE INDEX identity_trust_delegator ON identity_trust (delegator_user_id);
CREATE INDEX identity_trust_project ON identity_trust (project_id);
CREATE INDEX identity_trust_redelegated ON identity_trust (redelegated_trust_id);
CREATE TABLE identity_trust_role (
  trust_id TEXT NOT NULL REFERENCES identity_trust (id) ON DELETE CASCADE,
  role_id TEXT NOT NULL REFERENCES identity_role (id) ON DELETE CASCADE, PRIMARY KEY (trust_id, role_id));
CREATE INDEX identity_trust_role_role ON identity_trust_role (role_id);
CREATE TABLE identity_application_credential (
  id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES identity_user (id) ON DELETE CASCADE,
  project_id TEXT NOT NULL REFERENCES identity_project (id) ON DELETE CASCADE, name TEXT NOT NULL, description TEXT,
  secret_hash TEXT NOT NULL, expires_at TEXT, unrestricted INTEGER NOT NULL, created_at TEXT NOT NULL,
  UNIQUE (user_id, name));
CREATE INDEX identity_application_credential_project ON identity_application_credential (project_id);
CREATE TABLE identity_application_credential_role (
  application_credential_id TEXT NOT NULL REFERENCES identity_application_credential (id) ON DELETE CASCADE,
  role_id TEXT NOT NULL REFERENCES identity_role (id) ON DELETE CASCADE,
  PRIMARY KEY (application_credential_id, role_id));
CREATE INDEX identity_application_credential_role_role ON identity_application_credential_role (role_id);
CREATE TABLE identity_access_rule (
  id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES identity_user (id) ON DELETE CASCADE, service TEXT NOT NULL,
  path TEXT NOT NULL, method TEXT NOT NULL, UNIQUE (user_id, service, path, method));
CREATE TABLE identity_application_credential_rule (
  application_credential_id TEXT NOT NULL REFERENCES identity_application_credential (id) ON DELETE CASCADE,
  access_rule_id TEXT NOT NULL REFERENCES identity_access_rule (id),
  PRIMARY KEY (application_credential_id, access_rule_id));
CREATE INDEX identity_application_credential_rule_rule ON identity_application_credential_rule (access_rule_id);
CREATE TABLE identity_receipt (
  hash TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES identity_user (id) ON DELETE CASCADE, methods TEXT NOT NULL,
  issued_at TEXT NOT NULL, expires_at TEXT NOT NULL);
CREATE INDEX identity_receipt_user ON identity_receipt (user_id);
CREATE INDEX identity_receipt_expiry ON identity_receipt (expires_at);
CREATE TABLE identity_revocation (
  id TEXT PRIMARY KEY, user_id TEXT, project_id TEXT, domain_id TEXT, trust_id TEXT, audit_id TEXT,
  revoked_at TEXT NOT NULL);
CREATE INDEX identity_revocation_time ON identity_revocation (revoked_at);
CREATE TABLE identity_token_new (
  hash TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES identity_user (id) ON DELETE CASCADE,
  scope_type TEXT NOT NULL, scope_id TEXT REFERENCES identity_project (id) ON DELETE CASCADE, methods TEXT NOT NULL,
  audit_ids TEXT NOT NULL, issued_at TEXT NOT NULL, expires_at TEXT NOT NULL,
  parent_hash TEXT REFERENCES identity_token_new (hash) ON DELETE CASCADE,
  trust_id TEXT REFERENCES identity_trust (id) ON DELETE CASCADE,
  application_credential_id TEXT REFERENCES identity_application_credential (id) ON DELETE CASCADE,
  credential_id TEXT REFERENCES identity_credential (id) ON DELETE CASCADE, federation TEXT);
INSERT INTO identity_token_new (
    hash, user_id, scope_type, scope_id, methods, audit_ids, issued_at, expires_at)
  SELECT hash, user_id, scope_type, scope_id, methods, audit_ids, issued_at, expires_at FROM identity_token
  WHERE user_id IN (SELECT id FROM identity_user)
    AND (scope_id IS NULL OR scope_id IN (SELECT id FROM identity_project));
DROP TABLE identity_token;
ALTER TABLE identity_token_new RENAME TO identity_token;
CREATE INDEX identity_token_user ON identity_token (user_id);
CREATE INDEX identity_token_scope ON identity_token (scope_id);
CREATE INDEX identity_token_expiry ON identity_token (expires_at);
CREATE INDEX identity_token_parent ON identity_token (parent_hash);
CREATE INDEX identity_token_trust ON identity_token (trust_id);
CREATE INDEX identity_token_application_credential ON identity_token (application_credential_id);
CREATE INDEX identity_token_credential ON identity_token (credential_id);
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
