import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/**
 * Limits stay when the service or region they name is deleted, as in Keystone. A table that others refer to is made anew
 * beside the old one: to drop it first would take their rows along.
 */
const STATEMENTS = `
CREATE TABLE kept_registered_limit (
  id TEXT PRIMARY KEY, service_id TEXT NOT NULL, region_id TEXT, resource_name TEXT NOT NULL,
  default_limit INTEGER NOT NULL, description TEXT);
INSERT INTO kept_registered_limit (id, service_id, region_id, resource_name, default_limit, description)
  SELECT id, service_id, region_id, resource_name, default_limit, description FROM identity_registered_limit;
CREATE TABLE kept_limit (
  id TEXT PRIMARY KEY, registered_limit_id TEXT NOT NULL REFERENCES kept_registered_limit (id) ON DELETE CASCADE,
  project_id TEXT REFERENCES identity_project (id) ON DELETE CASCADE,
  domain_id TEXT REFERENCES identity_project (id) ON DELETE CASCADE, resource_limit INTEGER NOT NULL,
  description TEXT);
INSERT INTO kept_limit (id, registered_limit_id, project_id, domain_id, resource_limit, description)
  SELECT id, registered_limit_id, project_id, domain_id, resource_limit, description FROM identity_limit;
DROP TABLE identity_limit;
DROP TABLE identity_registered_limit;
ALTER TABLE kept_registered_limit RENAME TO identity_registered_limit;
ALTER TABLE kept_limit RENAME TO identity_limit;
CREATE UNIQUE INDEX identity_registered_limit_once ON identity_registered_limit (
  service_id, COALESCE(region_id, ''), resource_name);
CREATE UNIQUE INDEX identity_limit_once ON identity_limit (
  registered_limit_id, COALESCE(project_id, ''), COALESCE(domain_id, ''));
CREATE INDEX identity_limit_project ON identity_limit (project_id);
CREATE INDEX identity_limit_domain ON identity_limit (domain_id)
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
