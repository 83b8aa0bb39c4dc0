import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** Where a host is, whether it counts as down whatever it says, and which group the machine of an allocation is of. */
const STATEMENTS = `
ALTER TABLE scheduler_host ADD COLUMN zone TEXT NOT NULL DEFAULT 'nova';
ALTER TABLE scheduler_host ADD COLUMN forced_down INTEGER NOT NULL DEFAULT 0;
ALTER TABLE scheduler_allocation ADD COLUMN group_id TEXT;
CREATE INDEX scheduler_allocation_group ON scheduler_allocation (group_id, host_id) WHERE group_id IS NOT NULL;
CREATE TABLE scheduler_group (id TEXT PRIMARY KEY, revision INTEGER NOT NULL)
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
