import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/**
 * Steps of a task are found by their names, which their list has had from the beginning. Refusals that are alike are
 * counted in one row of the audit trail.
 */
const STATEMENTS = `
ALTER TABLE task ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE task DROP COLUMN step_index;
ALTER TABLE audit_record ADD COLUMN count INTEGER NOT NULL DEFAULT 1
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
