import { type RawBuilder, sql } from 'kysely';
import type { Queryable } from '../database.ts';

/** What a database promises of a table, in words that are the same for each kind of database. */
interface TableSchema {
  columns: Record<string, string>;
  /** Columns of each index, `expression` where it is of something else than a column. */
  indexes: string[];
  references: string[];
}
type Schema = Record<string, TableSchema>;

const KINDS: Record<string, string> = { TEXT: 'text', INTEGER: 'integer', BIGINT: 'integer', REAL: 'real' };

export async function readSqliteSchema(query: Queryable): Promise<Schema> {
  const columns = sql<Column>`
    SELECT m.name AS "table", c.name, c.type AS kind, c."notnull" OR c.pk > 0 AS "isRequired", c.dflt_value AS "value"
    FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`;
  const indexes = sql<Index>`
    SELECT m.name AS "table", CASE i.origin WHEN 'c' THEN i.name ELSE '' END AS name, i."unique" AS "isUnique",
      i.partial AS "isPartial", (SELECT json_group_array(coalesce(c.name, 'expression') ORDER BY c.seqno)
        FROM pragma_index_info(i.name) c) AS columns
    FROM sqlite_schema m, pragma_index_list(m.name) i WHERE m.type = 'table'
    UNION ALL
    SELECT m.name, '', 1, 0, json_array(c.name) FROM sqlite_schema m, pragma_table_info(m.name) c
    WHERE m.type = 'table' AND c.pk = 1 AND c.type = 'INTEGER' AND m.name NOT LIKE 'sqlite_%'
      AND (SELECT count(*) FROM pragma_table_info(m.name) WHERE pk > 0) = 1`;
  const references = sql<Reference>`
    SELECT m.name AS "table", f."table" AS target, f.on_delete AS "onDelete",
      json_group_array(f."from" ORDER BY f.seq) AS columns, json_group_array(f."to" ORDER BY f.seq) AS keys
    FROM sqlite_schema m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table' GROUP BY m.name, f.id`;
  return assemble(query, { columns, indexes, references });
}

export async function readPostgresSchema(query: Queryable): Promise<Schema> {
  const columns = sql<Column>`
    SELECT c.relname AS "table", a.attname AS name, a.attnotnull AS "isRequired",
      CASE format_type(a.atttypid, NULL) WHEN 'bigint' THEN 'INTEGER' WHEN 'double precision' THEN 'REAL'
        WHEN 'text' THEN CASE WHEN a.attcollation = '"C"'::regcollation THEN 'TEXT' ELSE 'text in another order' END
        ELSE format_type(a.atttypid, a.atttypmod) END AS kind,
      pg_get_expr(d.adbin, d.adrelid) AS value
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace`;
  const indexes = sql<Index>`
    SELECT c.relname AS "table", CASE WHEN k.oid IS NULL THEN i.relname ELSE '' END AS name, x.indisunique AS "isUnique",
      x.indpred IS NOT NULL AS "isPartial",
      (SELECT json_agg(coalesce(a.attname, 'expression') ORDER BY n.place)::text
        FROM unnest(x.indkey) WITH ORDINALITY AS n (attnum, place)
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = n.attnum AND n.attnum > 0) AS columns
    FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
      LEFT JOIN pg_constraint k ON k.conindid = x.indexrelid AND k.contype IN ('p', 'u')
    WHERE c.relnamespace = 'public'::regnamespace`;
  const names = (numbers: string, table: string) => sql`(SELECT json_agg(a.attname ORDER BY n.place)::text
    FROM unnest(${sql.raw(numbers)}) WITH ORDINALITY AS n (attnum, place)
    JOIN pg_attribute a ON a.attrelid = ${sql.raw(table)} AND a.attnum = n.attnum)`;
  const references = sql<Reference>`
    SELECT c.relname AS "table", t.relname AS target,
      CASE k.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'NO ACTION' END AS "onDelete",
      ${names('k.conkey', 'k.conrelid')} AS columns, ${names('k.confkey', 'k.confrelid')} AS keys
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
    WHERE k.contype = 'f'`;
  return assemble(query, { columns, indexes, references });
}

interface Column {
  table: string;
  name: string;
  kind: string;
  isRequired: number;
  value: string | null;
}
interface Index {
  table: string;
  name: string;
  isUnique: number;
  isPartial: number;
  columns: string;
}
interface Reference {
  table: string;
  target: string;
  onDelete: string;
  columns: string;
  keys: string;
}

async function assemble(
  query: Queryable,
  asked: {
    columns: RawBuilder<Column>;
    indexes: RawBuilder<Index>;
    references: RawBuilder<Reference>;
  },
): Promise<Schema> {
  const schema: Schema = {};
  const isOurs = ({ table }: { table: string }) => !table.startsWith('kysely_');
  for (const { table, name, kind, isRequired, value } of (await asked.columns.execute(query)).rows.filter(isOurs)) {
    schema[table] ??= { columns: {}, indexes: [], references: [] };
    const words = [
      KINDS[kind] ?? kind,
      isRequired ? 'required' : 'optional',
      value === null ? '' : `default ${plain(value)}`,
    ];
    schema[table].columns[name] = words.join(' ').trim();
  }
  for (const { table, name, isUnique, isPartial, columns } of (await asked.indexes.execute(query)).rows.filter(
    isOurs,
  )) {
    const words = [name || 'key', isUnique ? 'unique' : '', isPartial ? 'partial' : '', list(columns)];
    schema[table]?.indexes.push(words.filter(Boolean).join(' '));
  }
  for (const { table, target, onDelete, columns, keys } of (await asked.references.execute(query)).rows) {
    schema[table]?.references.push(`${list(columns)} to ${target} ${list(keys)} ${onDelete}`);
  }
  for (const { indexes, references } of Object.values(schema)) {
    indexes.sort();
    references.sort();
  }
  return schema;
}

/** PostgreSQL writes the type behind a value. */
function plain(value: string): string {
  return value.replace(/::[a-z ]+$/, '').replace(/^'(\d+)'$/, '$1');
}

function list(json: string): string {
  return `(${(JSON.parse(json) as string[]).join(', ')})`;
}
