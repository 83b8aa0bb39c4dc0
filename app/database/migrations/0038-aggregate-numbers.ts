import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** The last number that an aggregate was given: none is given twice. */
const STATEMENTS = `
CREATE TABLE compute_aggregate_number (last INTEGER NOT NULL);
INSERT INTO compute_aggregate_number (last) SELECT coalesce(max(id), 0) FROM compute_aggregate
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
