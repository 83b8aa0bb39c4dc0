import { type SqlBool, sql } from 'kysely';
import type { Expressions } from './dialect.ts';

/** sqlite.org/json1.html, sqlite.org/lang_corefunc.html */
export const sqliteExpressions: Expressions = {
  member: (json, name) => sql<string | null>`json_extract(${json}, ${`$.${name}`})`,
  texts: (json, as) => sql`json_each(${json}) AS ${sql.id(as)}`,
  members: (json, as) => sql`json_each(${json}) AS ${sql.id(as)}`,
  likely: (condition) => sql<SqlBool>`likely(${condition})`,
  migration: (statement) => statement,
};
