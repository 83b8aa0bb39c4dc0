import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** Glance's metadata definitions: what properties mean, for people and forms. */
const STATEMENTS = `
CREATE TABLE image_metadef_namespace (
  id TEXT PRIMARY KEY, namespace TEXT NOT NULL UNIQUE, display_name TEXT, description TEXT, visibility TEXT NOT NULL,
  protected INTEGER NOT NULL, owner TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
CREATE TABLE image_metadef_object (
  namespace_id TEXT NOT NULL REFERENCES image_metadef_namespace (id) ON DELETE CASCADE, name TEXT NOT NULL,
  description TEXT, required TEXT NOT NULL, properties TEXT NOT NULL, created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL, PRIMARY KEY (namespace_id, name));
CREATE TABLE image_metadef_property (
  namespace_id TEXT NOT NULL REFERENCES image_metadef_namespace (id) ON DELETE CASCADE, name TEXT NOT NULL,
  definition TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, PRIMARY KEY (namespace_id, name));
CREATE TABLE image_metadef_tag (
  namespace_id TEXT NOT NULL REFERENCES image_metadef_namespace (id) ON DELETE CASCADE, name TEXT NOT NULL,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL, PRIMARY KEY (namespace_id, name));
CREATE TABLE image_metadef_resource_type (
  name TEXT PRIMARY KEY, created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
CREATE TABLE image_metadef_association (
  namespace_id TEXT NOT NULL REFERENCES image_metadef_namespace (id) ON DELETE CASCADE,
  name TEXT NOT NULL, prefix TEXT, properties_target TEXT,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL, PRIMARY KEY (namespace_id, name));
CREATE INDEX image_metadef_association_name ON image_metadef_association (name)
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
