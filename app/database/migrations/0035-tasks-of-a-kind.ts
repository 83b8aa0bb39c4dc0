import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** For lists of tasks of some kinds, such as imports of images. */
const STATEMENTS = 'CREATE INDEX task_kind ON task (kind, created_at, id)';

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
