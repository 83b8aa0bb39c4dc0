import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/**
 * Keystone's domains, projects, users and groups whole. A domain is a project that stands at the top of its tree
 * (`is_domain`), so that tags, options and further attributes are the same for both. What is made anew here is copied
 * from the first schema.
 */
const STATEMENTS = `
CREATE TABLE identity_project_new (
  id TEXT PRIMARY KEY, domain_id TEXT REFERENCES identity_project_new (id) ON DELETE CASCADE,
  parent_id TEXT REFERENCES identity_project_new (id) ON DELETE CASCADE, name TEXT NOT NULL, description TEXT,
  enabled INTEGER NOT NULL, is_domain INTEGER NOT NULL, options TEXT NOT NULL DEFAULT '{}',
  extra TEXT NOT NULL DEFAULT '{}', created_at TEXT NOT NULL, UNIQUE (domain_id, name));
INSERT INTO identity_project_new (id, domain_id, parent_id, name, description, enabled, is_domain, created_at)
  SELECT id, NULL, NULL, name, description, enabled, 1, '1970-01-01T00:00:00.000Z' FROM identity_domain;
INSERT INTO identity_project_new (id, domain_id, parent_id, name, description, enabled, is_domain, created_at)
  SELECT id, domain_id, parent_id, name, description, enabled, 0, created_at FROM identity_project;
CREATE TABLE identity_user_new (
  id TEXT PRIMARY KEY, domain_id TEXT NOT NULL REFERENCES identity_project_new (id) ON DELETE CASCADE,
  name TEXT NOT NULL, enabled INTEGER NOT NULL, default_project_id TEXT, password_hash TEXT, password_created_at TEXT,
  password_expires_at TEXT, password_self_service INTEGER NOT NULL DEFAULT 0, failed_count INTEGER NOT NULL DEFAULT 0,
  failed_at TEXT, last_active_on TEXT, options TEXT NOT NULL DEFAULT '{}', extra TEXT NOT NULL DEFAULT '{}',
  created_at TEXT NOT NULL, UNIQUE (domain_id, name));
INSERT INTO identity_user_new (
    id, domain_id, name, enabled, default_project_id, password_hash, password_created_at, created_at)
  SELECT id, domain_id, name, enabled, default_project_id, password_hash, created_at, created_at FROM identity_user;
DROP TABLE identity_user;
DROP TABLE identity_project;
DROP TABLE identity_domain;
ALTER TABLE identity_project_new RENAME TO identity_project;
ALTER TABLE identity_user_new RENAME TO identity_user;
CREATE UNIQUE INDEX identity_project_domain_name ON identity_project (name) WHERE is_domain = 1;
CREATE INDEX identity_project_parent ON identity_project (parent_id);
CREATE INDEX identity_user_name ON identity_user (name);
CREATE INDEX identity_user_default_project ON identity_user (default_project_id);
CREATE INDEX identity_user_password_expiry ON identity_user (password_expires_at);
CREATE TABLE identity_project_tag (
  project_id TEXT NOT NULL REFERENCES identity_project (id) ON DELETE CASCADE, name TEXT NOT NULL,
  PRIMARY KEY (project_id, name));
CREATE INDEX identity_project_tag_name ON identity_project_tag (name);
CREATE TABLE identity_password_history (
  user_id TEXT NOT NULL REFERENCES identity_user (id) ON DELETE CASCADE, password_hash TEXT NOT NULL,
  created_at TEXT NOT NULL, PRIMARY KEY (user_id, password_hash));
CREATE TABLE identity_group (
  id TEXT PRIMARY KEY, domain_id TEXT NOT NULL REFERENCES identity_project (id) ON DELETE CASCADE, name TEXT NOT NULL,
  description TEXT, extra TEXT NOT NULL DEFAULT '{}', created_at TEXT NOT NULL, UNIQUE (domain_id, name));
CREATE INDEX identity_group_name ON identity_group (name);
CREATE TABLE identity_group_member (
  group_id TEXT NOT NULL REFERENCES identity_group (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES identity_user (id) ON DELETE CASCADE, idp_id TEXT, expires_at TEXT);
CREATE UNIQUE INDEX identity_group_member_own ON identity_group_member (group_id, user_id) WHERE idp_id IS NULL;
CREATE UNIQUE INDEX identity_group_member_federated ON identity_group_member (group_id, user_id, idp_id)
  WHERE idp_id IS NOT NULL;
CREATE INDEX identity_group_member_user ON identity_group_member (user_id);
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
