import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** What consumers that are no servers hold; `used` of an inventory is always the sum of these. */
const STATEMENTS = `
CREATE TABLE placement_consumer (
  id TEXT PRIMARY KEY, project_id TEXT NOT NULL, user_id TEXT NOT NULL, type TEXT, generation INTEGER NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE INDEX placement_consumer_owner ON placement_consumer (project_id, user_id);
CREATE TABLE placement_allocation (
  consumer_id TEXT NOT NULL REFERENCES placement_consumer (id), provider_id TEXT NOT NULL, resource_class TEXT NOT NULL,
  used INTEGER NOT NULL, PRIMARY KEY (consumer_id, provider_id, resource_class)
);
CREATE INDEX placement_allocation_provider ON placement_allocation (provider_id)
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
