import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/**
 * Placement: providers that clients made, and inventories, traits and aggregates of any. A host's provider has no row of its
 * own, so nothing here refers to `placement_provider` by a key.
 */
const STATEMENTS = `
CREATE TABLE placement_provider (
  id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, parent_id TEXT, root_id TEXT NOT NULL, generation INTEGER NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE INDEX placement_provider_parent ON placement_provider (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX placement_provider_root ON placement_provider (root_id);
CREATE TABLE placement_inventory (
  provider_id TEXT NOT NULL, resource_class TEXT NOT NULL, total INTEGER NOT NULL, reserved INTEGER NOT NULL,
  min_unit INTEGER NOT NULL, max_unit INTEGER NOT NULL, step_size INTEGER NOT NULL, allocation_ratio REAL NOT NULL,
  used INTEGER NOT NULL, PRIMARY KEY (provider_id, resource_class)
);
CREATE INDEX placement_inventory_class ON placement_inventory (resource_class);
CREATE TABLE placement_provider_trait (
  provider_id TEXT NOT NULL, trait TEXT NOT NULL, PRIMARY KEY (provider_id, trait)
);
CREATE INDEX placement_provider_trait_of ON placement_provider_trait (trait);
CREATE TABLE placement_provider_aggregate (
  provider_id TEXT NOT NULL, aggregate_id TEXT NOT NULL, PRIMARY KEY (provider_id, aggregate_id)
);
CREATE TABLE placement_trait (name TEXT PRIMARY KEY, created_at TEXT NOT NULL);
CREATE TABLE placement_resource_class (name TEXT PRIMARY KEY, created_at TEXT NOT NULL)
`;

const TYPE = 'placement';

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
  // An administrator may have named one elsewhere.
  const known = await db.selectFrom('identity_service').select('id').where('type', '=', TYPE).executeTakeFirst();
  if (known) return;
  const extra = JSON.stringify({ description: 'What hosts have, and who has it' });
  await db
    .insertInto('identity_service')
    .values({ id: stableId(TYPE), type: TYPE, name: TYPE, enabled: 1, extra })
    .execute();
  const region = await db.selectFrom('identity_region').select('id').where('id', '=', 'RegionOne').executeTakeFirst();
  const endpoints = ['public', 'internal', 'admin'].map((name) => ({
    ...{ id: stableId(TYPE, name), service_id: stableId(TYPE), region_id: region?.id ?? null, interface: name },
    ...{ url: '/placement', enabled: 1, extra: '{}' },
  }));
  await db.insertInto('identity_endpoint').values(endpoints).execute();
}

/** The same in every cloud, as of the services that came first: clients may keep ids. */
function stableId(...parts: string[]): string {
  return createHash('sha256')
    .update(`cumulet/${parts.join('/')}`)
    .digest('hex')
    .slice(0, 32);
}
