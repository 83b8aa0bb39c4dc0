import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** From which image a rescued server has started. */
const STATEMENTS = `
ALTER TABLE compute_server ADD COLUMN rescue_image_id TEXT
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
