import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from './database.ts';
import { KeptQueries } from './kept-queries.ts';
import { openDatabase } from './testing/migrated-database.ts';

let folder: string;
let database: Database;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-kept-'));
  database = await openDatabase(folder);
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

test('a statement is written once and answers for the values of each time, in transactions too', async () => {
  const kept = new KeptQueries();
  let written = 0;
  const add = (id: string) =>
    database.transaction(async (trx) => {
      const row = { id, description: `of ${id}`, extra: '{}' };
      await kept.run(trx, 'insert', Object.values(row), () => {
        written += 1;
        return trx.insertInto('identity_region').values(row);
      });
    });
  const read = async (id: string) =>
    await kept.run(database.query, 'find', [id], () => {
      written += 1;
      return database.query.selectFrom('identity_region').select('description').where('id', '=', id);
    });
  await add('one');
  await add('two');
  expect([await read('one'), await read('two'), await read('three')]).toEqual([
    [{ description: 'of one' }],
    [{ description: 'of two' }],
    [],
  ]);
  expect(written).toBe(2);
});

test('one whose parameters are others than it is given is a mistake of the program, and not run', async () => {
  const kept = new KeptQueries();
  const find = (id: string) => () => database.query.selectFrom('identity_region').selectAll().where('id', '=', id);
  for (const parameters of [[], ['two'], ['one', 'two']]) {
    await expect(kept.run(database.query, 'find', parameters, find('one'))).rejects.toThrow('The parameters of find');
  }
});
