import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/**
 * Roles with their options and domains; assignments that end with their user, group, project, domain or role. The
 * children go before `identity_role` does, because dropping a table deletes what refers to it.
 */
const STATEMENTS = `
CREATE TABLE identity_role_new (
  id TEXT PRIMARY KEY, domain_id TEXT REFERENCES identity_project (id) ON DELETE CASCADE, name TEXT NOT NULL,
  description TEXT, options TEXT NOT NULL DEFAULT '{}', extra TEXT NOT NULL DEFAULT '{}');
INSERT INTO identity_role_new (id, domain_id, name, description)
  SELECT id, domain_id, name, NULLIF(description, '') FROM identity_role;
CREATE TABLE identity_implied_role_new (
  prior_role_id TEXT NOT NULL REFERENCES identity_role_new (id) ON DELETE CASCADE,
  implied_role_id TEXT NOT NULL REFERENCES identity_role_new (id) ON DELETE CASCADE,
  PRIMARY KEY (prior_role_id, implied_role_id));
INSERT INTO identity_implied_role_new SELECT prior_role_id, implied_role_id FROM identity_implied_role;
CREATE TABLE identity_assignment_new (
  user_id TEXT REFERENCES identity_user (id) ON DELETE CASCADE,
  group_id TEXT REFERENCES identity_group (id) ON DELETE CASCADE,
  project_id TEXT REFERENCES identity_project (id) ON DELETE CASCADE,
  domain_id TEXT REFERENCES identity_project (id) ON DELETE CASCADE,
  role_id TEXT NOT NULL REFERENCES identity_role_new (id) ON DELETE CASCADE, inherited INTEGER NOT NULL,
  CHECK ((user_id IS NULL) <> (group_id IS NULL)), CHECK (project_id IS NULL OR domain_id IS NULL));
INSERT INTO identity_assignment_new (user_id, project_id, domain_id, role_id, inherited)
  SELECT actor_id, CASE WHEN target_type = 'project' THEN target_id END,
    CASE WHEN target_type = 'domain' THEN target_id END, role_id, inherited
  FROM identity_assignment
  WHERE actor_type = 'user' AND actor_id IN (SELECT id FROM identity_user)
    AND (target_type = 'system' OR target_id IN (SELECT id FROM identity_project));
DROP TABLE identity_assignment;
DROP TABLE identity_implied_role;
DROP TABLE identity_role;
ALTER TABLE identity_role_new RENAME TO identity_role;
ALTER TABLE identity_implied_role_new RENAME TO identity_implied_role;
ALTER TABLE identity_assignment_new RENAME TO identity_assignment;
CREATE UNIQUE INDEX identity_role_name ON identity_role (name, COALESCE(domain_id, ''));
CREATE INDEX identity_role_domain ON identity_role (domain_id) WHERE domain_id IS NOT NULL;
CREATE INDEX identity_implied_role_implied ON identity_implied_role (implied_role_id);
CREATE UNIQUE INDEX identity_assignment_once ON identity_assignment (
  COALESCE(user_id, group_id), COALESCE(project_id, domain_id, ''), (project_id IS NULL), role_id, inherited);
CREATE INDEX identity_assignment_user ON identity_assignment (user_id, project_id, domain_id, inherited, role_id);
CREATE INDEX identity_assignment_group ON identity_assignment (group_id, project_id, domain_id, inherited, role_id);
CREATE INDEX identity_assignment_project ON identity_assignment (project_id, inherited, role_id, user_id, group_id);
CREATE INDEX identity_assignment_domain ON identity_assignment (domain_id, inherited, role_id, user_id, group_id)
  WHERE domain_id IS NOT NULL;
CREATE INDEX identity_assignment_system ON identity_assignment (user_id, group_id, role_id)
  WHERE project_id IS NULL AND domain_id IS NULL;
CREATE INDEX identity_assignment_role ON identity_assignment (role_id);
CREATE INDEX identity_group_member_group ON identity_group_member (group_id, user_id);
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
