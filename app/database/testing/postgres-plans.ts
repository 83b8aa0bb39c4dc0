import { sql } from 'kysely';
import type { Queryable } from '../database.ts';

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  'Parent Relationship'?: string;
  Plans?: Plan[];
}

type Indexes = Map<string, { table: string; first: string }>;

/** With these, rows are found otherwise than by a key only where there is no other way; plans are for any values. */
const SETTINGS = [
  ...['seqscan', 'hashjoin', 'mergejoin', 'material', 'memoize'].map((way) => `enable_${way} = off`),
  'plan_cache_mode = force_generic_plan',
];
/** Through these a row comes when it is found, not when all are. */
const ONE_BY_ONE = ['Limit', 'LockRows', 'Result', 'Nested Loop', 'Incremental Sort', 'Subquery Scan'];

/**
 * Says of a statement which tables it reads every row of, whatever its values are: as they lie, or along an index whose
 * first column it does not ask for. A page in the order of an index is no such reading: it ends with its limit.
 */
export async function readPlansOnPostgres(connection: Queryable): Promise<(text: string) => Promise<string[]>> {
  for (const setting of SETTINGS) await sql`SET ${sql.raw(setting)}`.execute(connection);
  const indexes = await indexesOf(connection);
  return async (text) => {
    const plan = await planOf(connection, text);
    return [...new Set(scansIn(plan, indexes, pageOf(plan)))].sort();
  };
}

async function planOf(connection: Queryable, text: string): Promise<Plan> {
  await sql`PREPARE explained AS ${sql.raw(text)}`.execute(connection);
  try {
    const count = Math.max(0, ...[...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
    const values = count > 0 ? `(${Array.from({ length: count }, () => 'NULL').join(', ')})` : '';
    const { rows } = await sql<{ 'QUERY PLAN': [{ Plan: Plan }] }>`
      EXPLAIN (FORMAT JSON) EXECUTE explained${sql.raw(values)}`.execute(connection);
    const plan = rows[0]?.['QUERY PLAN'][0].Plan;
    if (plan === undefined) throw new Error(`No plan for ${text}`);
    return plan;
  } finally {
    await sql`DEALLOCATE explained`.execute(connection);
  }
}

/** Not of those that are of some rows only: where all tables are empty they are taken for nothing but their size. */
async function indexesOf(connection: Queryable): Promise<Indexes> {
  const { rows } = await sql<{ name: string; table: string; first: string }>`
    SELECT i.relname AS name, c.relname AS "table", pg_get_indexdef(x.indexrelid, 1, true) AS first
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
    WHERE c.relnamespace = 'public'::regnamespace AND x.indpred IS NULL`.execute(connection);
  return new Map(rows.map(({ name, table, first }) => [name, { table, first }]));
}

/** The reading that a limit ends; none where all is sorted or counted first. */
function pageOf(plan: Plan): Plan | undefined {
  let isLimited = false;
  for (
    let now: Plan | undefined = plan;
    now;
    now = now.Plans?.find((part) => part['Parent Relationship'] === 'Outer')
  ) {
    if (isLimited && now['Node Type'].startsWith('Index')) return now;
    if (!ONE_BY_ONE.includes(now['Node Type'])) return undefined;
    isLimited ||= now['Node Type'] === 'Limit';
  }
  return undefined;
}

function scansIn(plan: Plan, indexes: Indexes, page: Plan | undefined): string[] {
  const parts = (plan.Plans ?? []).flatMap((part) => scansIn(part, indexes, page));
  if (plan === page) return parts;
  if (plan['Node Type'].endsWith('Seq Scan')) return [plan['Relation Name'] ?? '', ...parts];
  const index = indexes.get(plan['Index Name'] ?? '');
  return index === undefined || asksFor(index.first, plan['Index Cond'] ?? '') ? parts : [index.table, ...parts];
}

function asksFor(first: string, condition: string): boolean {
  return first.includes('(') ? condition.includes(first) : condition.split(/\W+/).includes(first);
}
