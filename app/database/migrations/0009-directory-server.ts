import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** Users and groups of an LDAP server that are no longer found there are kept for a while. */
const STATEMENTS = `
ALTER TABLE identity_id_mapping ADD COLUMN missing_since TEXT;
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
