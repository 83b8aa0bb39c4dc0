import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Table } from './table.ts';
import { declaredTables } from './testing/declared-tables.ts';
import { openMigrated } from './testing/migrated-database.ts';
import { isOnPostgres } from './testing/postgres-databases.ts';
import { readPostgresSchema, readSqliteSchema } from './testing/schema.ts';

const STORED_AS = { text: 'text', time: 'text', json: 'text', integer: 'integer', flag: 'integer', real: 'real' };

const readSchema = isOnPostgres ? readPostgresSchema : readSqliteSchema;

/** The columns of a table by their names, each as `text required` or `integer optional`. */
function columnsOf(table: Table): Record<string, string> {
  return Object.fromEntries(
    Object.entries(table.columns).map(([attribute, { kind, isNullable }]) => [
      table.columnOf(attribute),
      `${STORED_AS[kind]} ${isNullable ? 'optional' : 'required'}`,
    ]),
  );
}

test('the services declare the tables and columns that the database has, and what of them may be null', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cumulet-tables-'));
  const database = await openMigrated(folder);
  try {
    const tables = await declaredTables();
    const declared = Object.fromEntries(tables.map((table) => [table.name, columnsOf(table)]));
    const schema = await readSchema(database.query);
    const found = Object.fromEntries(
      Object.entries(schema).map(([name, { columns }]) => [
        name,
        Object.fromEntries(
          Object.entries(columns).map(([column, words]) => [column, words.split(' ').slice(0, 2).join(' ')]),
        ),
      ]),
    );
    expect(declared).toEqual(found);
    expect(tables).toHaveLength(Object.keys(schema).length);
    const filledIn = tables.flatMap((table) =>
      Object.entries(table.columns)
        .filter(([, { isGenerated }]) => isGenerated)
        .map(([attribute]) => [table.name, table.columnOf(attribute)] as const),
    );
    for (const [table, column] of filledIn) {
      const hasDefault = / default /.test(schema[table]?.columns[column] ?? '');
      const isKey = schema[table]?.indexes.includes(`key unique (${column})`) ?? false;
      expect({ table, column, isFilledIn: hasDefault || isKey }).toEqual({ table, column, isFilledIn: true });
    }
  } finally {
    await database.close();
    await rm(folder, { recursive: true });
  }
});
