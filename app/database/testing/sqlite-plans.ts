import { sql } from 'kysely';
import type { Queryable } from '../database.ts';

interface Step {
  id: number;
  parent: number;
  detail: string;
}

/**
 * Says of a statement which tables it reads every row of (sqlite.org/eqp.html): as they lie, along an index, or to make an
 * index for the moment. A page in the order of an index is no such reading: it ends with its limit.
 */
export async function readPlansOnSqlite(connection: Queryable): Promise<(text: string) => Promise<string[]>> {
  const tables = new Set((await connection.introspection.getTables()).map(({ name }) => name));
  return async (text) => {
    const { rows } = await sql<Step>`EXPLAIN QUERY PLAN ${sql.raw(text)}`.execute(connection);
    return scansIn(rows, text, tables);
  };
}

function scansIn(steps: Step[], text: string, tables: ReadonlySet<string>): string[] {
  const outer = steps.filter(({ parent }) => parent === 0);
  const isSorted = outer.some(({ detail }) => /^USE TEMP B-TREE FOR (?!LAST |RIGHT )/.test(detail));
  const isPage = !isSorted && /\border by\b.*\blimit\b/is.test(withoutParts(text));
  const scans = steps.flatMap((step) => {
    const [, name] = /^SCAN (\S+)/.exec(step.detail) ?? /^SEARCH (\S+) USING AUTOMATIC/.exec(step.detail) ?? [];
    if (name === undefined || step.detail.includes(' VIRTUAL TABLE ') || (isPage && step === outer[0])) return [];
    return tableOf(name, text, tables) ?? [];
  });
  return [...new Set(scans)].sort();
}

/** What stands in brackets may have orders and limits of its own. */
function withoutParts(text: string): string {
  for (let now = text; ; ) {
    const next = now.replaceAll(/\([^()]*\)/g, '');
    if (next === now) return now;
    now = next;
  }
}

/** A plan names a table as the statement does; `undefined` of what the statement makes itself. */
function tableOf(name: string, text: string, tables: ReadonlySet<string>): string | undefined {
  if (tables.has(name)) return name;
  for (const [, table = '', alias] of text.matchAll(/\b(\w+)"?(?=\s+(?:as\s+)?"?(\w+)"?)/gi)) {
    if (alias === name && tables.has(table)) return table;
  }
  return undefined;
}
