import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** What projects make of networks, subnets and ports themselves: tags, revisions, and finding the few of a project. */
const STATEMENTS = `
ALTER TABLE network_network ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE network_network ADD COLUMN revision_number INTEGER NOT NULL DEFAULT 1;
ALTER TABLE network_network ADD COLUMN availability_zone_hints TEXT NOT NULL DEFAULT '[]';
ALTER TABLE network_subnet ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE network_subnet ADD COLUMN revision_number INTEGER NOT NULL DEFAULT 1;
ALTER TABLE network_port ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE network_port ADD COLUMN revision_number INTEGER NOT NULL DEFAULT 1;
ALTER TABLE network_port ADD COLUMN allowed_address_pairs TEXT NOT NULL DEFAULT '[]';
CREATE INDEX network_network_project ON network_network (project_id);
CREATE INDEX network_network_default ON network_network (is_default) WHERE is_default = 1;
CREATE INDEX network_network_shared ON network_network (shared) WHERE shared = 1;
CREATE INDEX network_subnet_project ON network_subnet (project_id);
CREATE INDEX network_ip_allocation_address ON network_ip_allocation (ip_address)
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
