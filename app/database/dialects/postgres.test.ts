import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { change, type Database, type Transaction } from '../database.ts';
import { limitOf, setLimit } from '../testing/limits.ts';
import { openDatabase } from '../testing/migrated-database.ts';
import { testDatabase } from '../testing/postgres-databases.ts';
import { PostgresServer } from '../testing/postgres-server.ts';
import { readPostgresSchema, readSqliteSchema } from '../testing/schema.ts';

const PATIENCE = { timeout: 50_000 };

let folder: string;
let url: string;
let database: Database;
/** Another controller on the same database. */
let other: Database;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-database-'));
  url = (await testDatabase(folder)).url ?? '';
  database = await openDatabase(folder, { url });
  other = await openDatabase(folder, { url });
});

afterEach(async () => {
  await Promise.all([database.close(), other.close()]);
  await rm(folder, { recursive: true, force: true });
});

test('the schema is that of SQLite: columns, kinds, defaults, keys and indexes; texts are compared by their bytes', async () => {
  const sqlite = await openDatabase(folder);
  try {
    const [here, there] = [await readPostgresSchema(database.query), await readSqliteSchema(sqlite.query)];
    expect(Object.keys(here).length).toBeGreaterThan(50);
    expect(here).toEqual(there);
  } finally {
    await sqlite.close();
  }
});

test('two that start at once bring a new database to its schema once', async () => {
  const empty = `${url}_empty`;
  await sql`CREATE DATABASE ${sql.id(new URL(empty).pathname.slice(1))} TEMPLATE template0`.execute(database.query);
  const opened = await Promise.all(Array.from({ length: 3 }, () => openDatabase(folder, { url: empty })));
  expect(await readPostgresSchema(opened[0]?.query ?? database.query)).toEqual(
    await readPostgresSchema(database.query),
  );
  await Promise.all(opened.map((one) => one.close()));
});

test('of two decisions that read what the other writes both are kept, as if one had waited for the other', async () => {
  await database.transaction(async (trx) => {
    await setLimit(trx, 'one', 1);
    await setLimit(trx, 'two', 1);
  });
  const bothHaveRead = Promise.withResolvers<void>();
  let read = 0;
  let runs = 0;
  const told: string[] = [];
  /** Never both at 0: what a skewed write would leave. */
  const take = (on: Database, mine: string) =>
    on.transaction(async (trx) => {
      runs += 1;
      const sum = ((await limitOf(trx, 'one')) ?? 0) + ((await limitOf(trx, 'two')) ?? 0);
      read += 1;
      if (read === 2) bothHaveRead.resolve();
      await bothHaveRead.promise;
      on.afterCommit(trx, () => told.push(`${mine} ${sum}`));
      if (sum > 1) await setLimit(trx, mine, 0);
    });
  await Promise.all([take(database, 'one'), take(other, 'two')]);
  expect([await limitOf(database.query, 'one'), await limitOf(database.query, 'two')].sort()).toEqual([0, 1]);
  expect(runs).toBeGreaterThan(2);
  // Hooks of attempts that were not kept are never run.
  expect(told.map((line) => line.slice(-1)).sort()).toEqual(['1', '2']);
});

test('a claim is READ COMMITTED: it sees what came before it, waits for its row and runs once', async () => {
  await setLimit(database.query, 'places', 5);
  let runs = 0;
  const claim = (on: Database) =>
    on.claim(async (trx) => {
      runs += 1;
      const { rows } = await sql<{ level: string }>`
        UPDATE quota_limit SET hard_limit = hard_limit - 1 WHERE resource = 'places' AND hard_limit > 0
        RETURNING current_setting('transaction_isolation') AS level`.execute(trx);
      return rows.map(({ level }) => level);
    });
  const got = await Promise.all(Array.from({ length: 20 }, (_, index) => claim(index % 2 ? database : other)));
  expect(got.flat()).toEqual(Array.from({ length: 5 }, () => 'read committed'));
  expect(runs).toBe(20);
});

test('numbers of any size that JavaScript knows stay numbers, also sums and counts', async () => {
  await setLimit(database.query, 'bytes', 2 ** 52);
  await setLimit(database.query, 'more', 1);
  const row = await database.query
    .selectFrom('quota_limit')
    .select((e) => [e.fn.countAll().as('count'), e.fn.sum('hard_limit').as('sum'), e.fn.max('hard_limit').as('max')])
    .executeTakeFirst();
  expect(row).toEqual({ count: 2, sum: 2 ** 52 + 1, max: 2 ** 52 });
});

test('a text that cannot be stored is the mistake of whoever sent it', async () => {
  await expect(setLimit(database.query, 'a\0b', 1)).rejects.toMatchObject({ code: 'bad_request', status: 400 });
});

describe('what goes to the server with the next statement', () => {
  test('is there for that, in the order in which it was asked for', async () => {
    await database.transaction(async (trx) => {
      await change(trx, insertOf(trx, 'one', 1));
      await change(trx, insertOf(trx, 'two', 2));
      expect(await limitOf(trx, 'one')).toBe(1);
      await change(trx, insertOf(trx, 'three', 3));
    });
    for (const [index, name] of ['one', 'two', 'three'].entries()) {
      expect(await limitOf(database.query, name)).toBe(index + 1);
    }
  });

  test('refuses the transaction where it is refused, also with the commit, and the connection goes on', async () => {
    await database.transaction((trx) => change(trx, insertOf(trx, 'one', 1)));
    for (const more of [async () => undefined, async (trx: Transaction) => await limitOf(trx, 'one')]) {
      const refused = database.transaction(async (trx) => {
        await change(trx, insertOf(trx, 'two', 2));
        await change(trx, insertOf(trx, 'one', 1));
        await more(trx);
      });
      await expect(refused).rejects.toMatchObject({ code: '23505' });
      expect(await limitOf(database.query, 'two')).toBeUndefined();
    }
    await database.transaction((trx) => change(trx, insertOf(trx, 'two', 2)));
    expect(await limitOf(database.query, 'two')).toBe(2);
  });

  test('more than fits into one packet goes in several; what is taken back is not there', async () => {
    const names = Array.from({ length: 230 }, (_, index) => `resource ${index}`);
    const addAll = async (trx: Transaction) => {
      for (const name of names) await change(trx, insertOf(trx, name, 1));
    };
    const given = database.transaction(async (trx) => {
      await addAll(trx);
      throw new Error('changed my mind');
    });
    await expect(given).rejects.toThrow('changed my mind');
    const count = database.query.selectFrom('quota_limit').select((e) => e.fn.countAll<number>().as('count'));
    expect(await count.executeTakeFirst()).toEqual({ count: 0 });
    await database.transaction(addAll);
    expect(await count.executeTakeFirst()).toEqual({ count: 230 });
  });
});

test('a statement that was prepared answers as its table is now, and no failure of it leaves one behind', async () => {
  const names = async () => {
    const { rows } = await sql<{ name: string }>`SELECT name FROM pg_prepared_statements`.execute(database.query);
    return rows.map(({ name }) => name);
  };
  await sql`CREATE TABLE changing (one INTEGER PRIMARY KEY)`.execute(database.query);
  const read = () => sql`SELECT * FROM changing`.execute(database.query);
  const add = () => sql`INSERT INTO changing (one) VALUES (1)`.execute(database.query);
  for (let times = 0; times < 5; times++) await read();
  await add();
  for (let times = 0; times < 10; times++) await expect(add()).rejects.toMatchObject({ code: '23505' });
  const before = (await names()).length;
  await sql`ALTER TABLE changing ADD COLUMN two INTEGER`.execute(database.query);
  await read().catch(() => undefined);
  expect((await read()).rows).toEqual([{ one: 1, two: null }]);
  for (let times = 0; times < 10; times++) await expect(add()).rejects.toMatchObject({ code: '23505' });
  expect((await names()).length - before).toBeLessThan(5);
});

function insertOf(trx: Transaction, resource: string, limit: number) {
  return trx.insertInto('quota_limit').values({ project_id: 'p', resource, hard_limit: limit });
}

test('a transaction that does nothing is ended, and what it did is taken back', async () => {
  const hasty = await openDatabase(folder, { url: `${url}?idle_in_transaction_session_timeout=50` });
  try {
    const forgetful = hasty.transaction(async (trx) => {
      const pid = await pidOf(trx);
      await setLimit(trx, 'cores', 1);
      await vi.waitUntil(async () => !(await isThere(pid)), PATIENCE);
      await setLimit(trx, 'cores', 2);
    });
    await expect(forgetful).rejects.toMatchObject({ code: 'unavailable', retryAfter: 5 });
    expect(await limitOf(hasty.query, 'cores')).toBeUndefined();
  } finally {
    await hasty.close();
  }
});

async function pidOf(trx: Transaction): Promise<number> {
  const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(trx);
  return rows[0]?.pid ?? 0;
}

/** Asks over a connection of its own: the callback of a transaction may not ask over another. */
async function isThere(pid: number): Promise<boolean> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [pid])).rows.length > 0;
  } finally {
    await client.end();
  }
}

describe('a server that crashes', () => {
  let server: PostgresServer;
  let on: Database;
  beforeAll(async () => {
    server = PostgresServer.start();
    on = await openDatabase('', { url: `postgresql://cumulet@${encodeURIComponent(server.folder)}/postgres` });
  });
  afterAll(async () => {
    await on.close();
    await server.stop();
  });

  test('changes meanwhile are refused with when to try again, none is lost that was kept, and it goes on by itself', async () => {
    const kept: number[] = [];
    let isOver = false;
    const refused: unknown[] = [];
    const worker = async (lane: number) => {
      for (let n = lane; !isOver; n += 4) {
        try {
          await on.transaction((trx) => setLimit(trx, `resource ${n}`, n));
          kept.push(n);
        } catch (error) {
          refused.push(error);
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
    };
    const workers = [0, 1, 2, 3].map(worker);
    await vi.waitUntil(() => kept.length > 20, PATIENCE);
    server.restart();
    const before = kept.length;
    await vi.waitUntil(() => kept.length > before + 20, PATIENCE);
    isOver = true;
    await Promise.all(workers);
    expect(refused.length).toBeGreaterThan(0);
    for (const error of refused) expect(error).toMatchObject({ code: 'unavailable', status: 503, retryAfter: 5 });
    const rows = await on.query.selectFrom('quota_limit').select('hard_limit').execute();
    const stored = new Set(rows.map(({ hard_limit }) => hard_limit));
    expect(kept.filter((n) => !stored.has(n))).toEqual([]);
  });
});

test('a server that is not there is told so, with what to do', async () => {
  const nowhere = `postgresql://cumulet@${encodeURIComponent(folder)}/cloud`;
  await expect(openDatabase(folder, { url: nowhere })).rejects.toMatchObject({ code: 'unavailable', status: 503 });
});
