import { sql } from 'kysely';
import type { Queryable } from '../database.ts';
import { expressionsOf } from '../dialects/dialect.ts';
import { postgresExpressions } from '../dialects/postgres.expressions.ts';

/** From now on rows of the table for which `condition` holds (they are called `new`) cannot be written; ends with the answer. */
export async function refuseRows(query: Queryable, table: string, condition = 'true'): Promise<() => Promise<void>> {
  const [name, when] = [sql.id(table), sql.raw(condition)];
  if (expressionsOf(query) === postgresExpressions) {
    await sql`CREATE OR REPLACE FUNCTION refuse_row() RETURNS trigger LANGUAGE plpgsql
      AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$`.execute(query);
    await sql`CREATE TRIGGER refuse BEFORE INSERT ON ${name} FOR EACH ROW WHEN (${when}) EXECUTE FUNCTION refuse_row()`.execute(
      query,
    );
    return async () => void (await sql`DROP TRIGGER refuse ON ${name}`.execute(query));
  }
  await sql`CREATE TRIGGER refuse BEFORE INSERT ON ${name} WHEN ${when} BEGIN SELECT RAISE(ABORT, 'refused'); END`.execute(
    query,
  );
  return async () => void (await sql`DROP TRIGGER refuse`.execute(query));
}
