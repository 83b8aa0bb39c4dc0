import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** What a machine calls the card of a port, and which of its cards it is; those of before are in the order of their making. */
const STATEMENTS = `
ALTER TABLE network_port ADD COLUMN device_tag TEXT;
ALTER TABLE network_port ADD COLUMN device_index INTEGER NOT NULL DEFAULT 0
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
