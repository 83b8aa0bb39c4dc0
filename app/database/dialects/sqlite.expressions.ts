import { type SqlBool, sql } from 'kysely';
import type { Expressions } from './dialect.ts';

/** sqlite.org/json1.html, sqlite.org/lang_corefunc.html */
export const sqliteExpressions: Expressions = {
  // Not json_extract: in its paths a name with a dot or a quote is another one, or none at all.
  member: (json, name) => sql<string | null>`(SELECT CASE type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false'
    ELSE CAST(value AS TEXT) END FROM json_each(${json}) WHERE key = ${name})`,
  texts: (json, as) => sql`json_each(${json}) AS ${sql.id(as)}`,
  members: (json, as) => sql`json_each(${json}) AS ${sql.id(as)}`,
  likely: (condition) => sql<SqlBool>`likely(${condition})`,
  migration: (statement) => statement,
};
