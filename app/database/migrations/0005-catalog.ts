import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

const STATEMENTS = `
CREATE TABLE identity_region (
  id TEXT PRIMARY KEY, parent_region_id TEXT REFERENCES identity_region (id) ON DELETE CASCADE, description TEXT,
  extra TEXT NOT NULL);
CREATE INDEX identity_region_parent ON identity_region (parent_region_id);
CREATE TABLE identity_service (
  id TEXT PRIMARY KEY, type TEXT NOT NULL, name TEXT NOT NULL, enabled INTEGER NOT NULL, extra TEXT NOT NULL);
CREATE TABLE identity_endpoint (
  id TEXT PRIMARY KEY, service_id TEXT NOT NULL REFERENCES identity_service (id) ON DELETE CASCADE,
  region_id TEXT REFERENCES identity_region (id), interface TEXT NOT NULL, url TEXT NOT NULL,
  enabled INTEGER NOT NULL, extra TEXT NOT NULL);
CREATE INDEX identity_endpoint_service ON identity_endpoint (service_id);
CREATE INDEX identity_endpoint_region ON identity_endpoint (region_id);
CREATE TABLE identity_endpoint_group (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT, filters TEXT NOT NULL);
CREATE TABLE identity_project_endpoint (
  project_id TEXT NOT NULL REFERENCES identity_project (id) ON DELETE CASCADE,
  endpoint_id TEXT NOT NULL REFERENCES identity_endpoint (id) ON DELETE CASCADE,
  PRIMARY KEY (project_id, endpoint_id));
CREATE INDEX identity_project_endpoint_endpoint ON identity_project_endpoint (endpoint_id);
CREATE TABLE identity_project_endpoint_group (
  project_id TEXT NOT NULL REFERENCES identity_project (id) ON DELETE CASCADE,
  endpoint_group_id TEXT NOT NULL REFERENCES identity_endpoint_group (id) ON DELETE CASCADE,
  PRIMARY KEY (project_id, endpoint_group_id));
CREATE INDEX identity_project_endpoint_group_group ON identity_project_endpoint_group (endpoint_group_id);
CREATE TABLE identity_policy (id TEXT PRIMARY KEY, type TEXT NOT NULL, blob TEXT NOT NULL, extra TEXT NOT NULL);
CREATE TABLE identity_policy_association (
  policy_id TEXT NOT NULL REFERENCES identity_policy (id) ON DELETE CASCADE,
  endpoint_id TEXT REFERENCES identity_endpoint (id) ON DELETE CASCADE,
  service_id TEXT REFERENCES identity_service (id) ON DELETE CASCADE,
  region_id TEXT REFERENCES identity_region (id) ON DELETE CASCADE);
CREATE UNIQUE INDEX identity_policy_association_once ON identity_policy_association (
  COALESCE(endpoint_id, ''), COALESCE(service_id, ''), COALESCE(region_id, ''));
CREATE INDEX identity_policy_association_policy ON identity_policy_association (policy_id);
CREATE TABLE identity_registered_limit (
  id TEXT PRIMARY KEY, service_id TEXT NOT NULL REFERENCES identity_service (id) ON DELETE CASCADE,
  region_id TEXT REFERENCES identity_region (id) ON DELETE CASCADE, resource_name TEXT NOT NULL,
  default_limit INTEGER NOT NULL, description TEXT);
CREATE UNIQUE INDEX identity_registered_limit_once ON identity_registered_limit (
  service_id, COALESCE(region_id, ''), resource_name);
CREATE TABLE identity_limit (
  id TEXT PRIMARY KEY, registered_limit_id TEXT NOT NULL REFERENCES identity_registered_limit (id) ON DELETE CASCADE,
  project_id TEXT REFERENCES identity_project (id) ON DELETE CASCADE,
  domain_id TEXT REFERENCES identity_project (id) ON DELETE CASCADE, resource_limit INTEGER NOT NULL,
  description TEXT);
CREATE UNIQUE INDEX identity_limit_once ON identity_limit (
  registered_limit_id, COALESCE(project_id, ''), COALESCE(domain_id, ''));
CREATE INDEX identity_limit_project ON identity_limit (project_id);
CREATE INDEX identity_limit_domain ON identity_limit (domain_id);
CREATE TABLE identity_domain_config (
  domain_id TEXT PRIMARY KEY REFERENCES identity_project (id) ON DELETE CASCADE, config TEXT NOT NULL);
CREATE TABLE identity_consumer (
  id TEXT PRIMARY KEY, description TEXT, secret TEXT NOT NULL, extra TEXT NOT NULL);
`;

const REGION = 'RegionOne';
/** Paths below the one origin; unversioned where clients find the version by discovery. */
const OWN_SERVICES = [
  { type: 'identity', description: 'Users, projects and tokens', path: '/identity' },
  { type: 'compute', description: 'Machines', path: '/compute/v2.1' },
  { type: 'image', description: 'Images', path: '/image' },
  { type: 'network', description: 'Networks', path: '/network' },
];

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
  await db
    .insertInto('identity_region')
    .values({ id: REGION, parent_region_id: null, description: '', extra: '{}' })
    .execute();
  for (const { type, description, path } of OWN_SERVICES) {
    const service = { id: stableId(type), type, name: type, enabled: 1, extra: JSON.stringify({ description }) };
    await db.insertInto('identity_service').values(service).execute();
    const endpoints = ['public', 'internal', 'admin'].map((name) => ({
      id: stableId(type, name),
      service_id: service.id,
      region_id: REGION,
      interface: name,
      url: path,
      enabled: 1,
      extra: '{}',
    }));
    await db.insertInto('identity_endpoint').values(endpoints).execute();
  }
}

/** The same in every cloud: clients may keep ids. */
function stableId(...parts: string[]): string {
  return createHash('sha256')
    .update(`cumulet/${parts.join('/')}`)
    .digest('hex')
    .slice(0, 32);
}
