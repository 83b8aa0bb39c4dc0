import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** Volume types and who may use them, QoS specs, group types; which type is whose default. */
const STATEMENTS = `
CREATE TABLE volume_qos_specs (
  id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, consumer TEXT NOT NULL, specs TEXT NOT NULL, created_at TEXT NOT NULL
);
CREATE TABLE volume_type (
  id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, description TEXT, is_public INTEGER NOT NULL, is_default INTEGER NOT NULL,
  extra_specs TEXT NOT NULL, qos_specs_id TEXT REFERENCES volume_qos_specs (id), created_at TEXT NOT NULL
);
CREATE INDEX volume_type_qos_specs ON volume_type (qos_specs_id) WHERE qos_specs_id IS NOT NULL;
CREATE TABLE volume_type_access (
  type_id TEXT NOT NULL REFERENCES volume_type (id), project_id TEXT NOT NULL, PRIMARY KEY (type_id, project_id)
);
CREATE INDEX volume_type_access_project ON volume_type_access (project_id);
CREATE TABLE volume_default_type (
  project_id TEXT PRIMARY KEY, volume_type_id TEXT NOT NULL REFERENCES volume_type (id)
);
CREATE INDEX volume_default_type_of ON volume_default_type (volume_type_id);
CREATE TABLE volume_group_type (
  id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, description TEXT, is_public INTEGER NOT NULL, group_specs TEXT NOT NULL,
  created_at TEXT NOT NULL
);
CREATE INDEX quota_limit_resource ON quota_limit (resource);
CREATE INDEX quota_user_limit_resource ON quota_user_limit (resource)
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
  const standard = { name: '__DEFAULT__', description: 'Default Volume Type', is_public: 1, is_default: 1 };
  const made = { id: randomUUID(), extra_specs: '{}', qos_specs_id: null, created_at: new Date().toISOString() };
  await db
    .insertInto('volume_type')
    .values({ ...standard, ...made })
    .execute();
}
