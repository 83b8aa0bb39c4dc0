import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NodeSqliteDialect } from './sqlite.driver.ts';

let folder: string;
let other: DatabaseSync;
const opened: Kysely<{ thing: { name: string } }>[] = [];

function open(patienceMs: number) {
  const database = new Kysely<{ thing: { name: string } }>({
    dialect: new NodeSqliteDialect(join(folder, 'things.db'), { patienceMs }),
  });
  opened.push(database);
  return database;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cumulet-sqlite-'));
  await sql`CREATE TABLE thing (name TEXT NOT NULL)`.execute(open(1000));
  other = new DatabaseSync(join(folder, 'things.db'));
});
afterEach(async () => {
  other.close();
  for (const database of opened.splice(0)) await database.destroy();
  rmSync(folder, { recursive: true });
});

describe('while another program writes', () => {
  test('reads go on, also many and also while a change waits, which is made when the other is done', async () => {
    const database = open(60_000);
    await database.insertInto('thing').values({ name: 'first' }).execute();
    other.exec(`BEGIN IMMEDIATE; INSERT INTO thing VALUES ('of the other')`);
    let isMade = false;
    const change = database
      .transaction()
      .execute((trx) => trx.insertInto('thing').values({ name: 'second' }).execute())
      .then(() => {
        isMade = true;
      });
    for (let time = 0; time < 20; time++) {
      expect(await database.selectFrom('thing').selectAll().execute()).toEqual([{ name: 'first' }]);
    }
    expect(isMade).toBe(false);
    other.exec('COMMIT');
    await change;
    const names = (await database.selectFrom('thing').selectAll().execute()).map(({ name }) => name);
    expect(names).toEqual(['first', 'of the other', 'second']);
  });

  test('a change that waited too long is refused with when to try again, as are those behind it', async () => {
    const database = open(100);
    other.exec('BEGIN IMMEDIATE');
    const changes = Array.from({ length: 5 }, () => database.insertInto('thing').values({ name: 'late' }).execute());
    for (const change of await Promise.allSettled(changes)) {
      expect(change).toMatchObject({ status: 'rejected', reason: { code: 'unavailable', status: 503, retryAfter: 5 } });
    }
    other.exec('COMMIT');
    expect(await database.selectFrom('thing').selectAll().execute()).toEqual([]);
    await database.insertInto('thing').values({ name: 'in time' }).execute();
    expect(await database.selectFrom('thing').selectAll().execute()).toEqual([{ name: 'in time' }]);
  });
});

test('what was changed is read at once, and what is being changed only when it is done', async () => {
  const database = open(1000);
  await database.transaction().execute(async (trx) => {
    await trx.insertInto('thing').values({ name: 'one' }).execute();
    expect(await trx.selectFrom('thing').selectAll().execute()).toHaveLength(1);
    expect(await database.selectFrom('thing').selectAll().execute()).toHaveLength(0);
  });
  expect(await database.selectFrom('thing').selectAll().execute()).toHaveLength(1);
});
