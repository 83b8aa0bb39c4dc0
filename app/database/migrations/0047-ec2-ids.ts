import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** The numbers by which EC2 knows things. Rows stay when the things go: no number is given twice. */
const STATEMENTS = `
CREATE TABLE ec2_id (
  kind TEXT NOT NULL, number INTEGER NOT NULL, uuid TEXT NOT NULL,
  PRIMARY KEY (kind, number)
);
CREATE UNIQUE INDEX ec2_id_uuid ON ec2_id (kind, uuid)
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
