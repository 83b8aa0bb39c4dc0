import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** Beside which servers one was to be placed at its launch, and beside which not: it holds when it is placed again. */
const STATEMENTS = `
ALTER TABLE compute_server ADD COLUMN beside TEXT NOT NULL DEFAULT '{"sameHost":[],"differentHost":[]}'
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
