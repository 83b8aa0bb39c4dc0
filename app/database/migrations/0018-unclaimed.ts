import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** What hosts and the controller's own folders have that nobody knows; it stays until a person decides. */
const STATEMENTS = `
CREATE TABLE unclaimed (
  id TEXT PRIMARY KEY, host TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, bytes INTEGER,
  detail TEXT NOT NULL, since TEXT NOT NULL, UNIQUE (host, kind, key))
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
