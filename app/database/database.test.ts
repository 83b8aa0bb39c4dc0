import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Database } from './database.ts';
import { limitOf, setLimit } from './testing/limits.ts';
import { openMigrated } from './testing/migrated-database.ts';

let folder: string;
let database: Database;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-database-'));
  database = await openMigrated(folder);
});

afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

test('what a transaction wrote is kept when it ends and gone when it throws', async () => {
  await database.transaction((trx) => setLimit(trx, 'cores', 1));
  const failing = database.transaction(async (trx) => {
    await setLimit(trx, 'cores', 2);
    await setLimit(trx, 'ram', 3);
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  expect(await limitOf(database.query, 'cores')).toBe(1);
  expect(await limitOf(database.query, 'ram')).toBeUndefined();
});

test('of many who claim the last of something one gets it; what belongs to decisions is not asked of a claim', async () => {
  database.beforeCommit(async () => {
    throw new Error('a claim is no decision');
  });
  await database.query
    .insertInto('quota_limit')
    .values({ project_id: 'p', resource: 'places', hard_limit: 1 })
    .execute();
  const told: number[] = [];
  const claims = Array.from({ length: 8 }, (_, claimer) =>
    database.claim(async (trx) => {
      database.afterCommit(trx, () => told.push(claimer));
      const claimed = await trx
        .updateTable('quota_limit')
        .set((e) => ({ hard_limit: e('hard_limit', '-', 1) }))
        .where('resource', '=', 'places')
        .where('hard_limit', '>', 0)
        .returning('hard_limit')
        .execute();
      return claimed.length;
    }),
  );
  expect((await Promise.all(claims)).sort()).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
  expect(told).toHaveLength(8);
  expect(await limitOf(database.query, 'places')).toBe(0);
});

test('hooks run after the commit, in order, and never after a rollback', async () => {
  const seen: string[] = [];
  await database.transaction(async (trx) => {
    database.afterCommit(trx, () => seen.push('first'));
    await setLimit(trx, 'cores', 1);
    database.afterCommit(trx, () => seen.push('second'));
    expect(seen).toEqual([]);
  });
  expect(seen).toEqual(['first', 'second']);
  const failing = database.transaction(async (trx) => {
    database.afterCommit(trx, () => seen.push('never'));
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(seen).toEqual(['first', 'second']);
});

test('a hook that throws neither fails the change that was made nor stops the other hooks', async () => {
  const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
  let reached = false;
  const answer = await database.transaction(async (trx) => {
    database.afterCommit(trx, () => {
      throw new Error('listener broke');
    });
    database.afterCommit(trx, () => {
      reached = true;
    });
    return 'kept';
  });
  expect(answer).toBe('kept');
  expect(reached).toBe(true);
  expect((await warned).message).toBe('listener broke');
});

test('a query or transaction on the outer handle inside a transaction is refused instead of waiting for ever', async () => {
  await database.transaction(async (trx) => {
    await expect(limitOf(database.query, 'cores')).rejects.toThrow('must use the transaction');
    await expect(database.transaction((inner) => setLimit(inner, 'cores', 1))).rejects.toThrow(
      'must use the transaction',
    );
    await setLimit(trx, 'cores', 2);
  });
  expect(await limitOf(database.query, 'cores')).toBe(2);
});

test('work begun inside a transaction may use the database once it has ended', async () => {
  const ended = Promise.withResolvers<void>();
  // Of every attempt: what one that was taken back has begun goes on as well.
  const later: Promise<unknown>[] = [];
  await database.transaction(async () => {
    const read = async () => await Promise.all([limitOf(database.query, 'cores'), limitOf(database.query, 'ram')]);
    later.push(ended.promise.then(read));
  });
  ended.resolve();
  for (const read of later) expect(await read).toEqual([undefined, undefined]);
});

test('parallel transactions run one after the other: no update is lost', async () => {
  await database.transaction((trx) => setLimit(trx, 'cores', 0));
  await Promise.all(
    Array.from({ length: 100 }, () =>
      database.transaction(async (trx) => setLimit(trx, 'cores', ((await limitOf(trx, 'cores')) ?? 0) + 1)),
    ),
  );
  expect(await limitOf(database.query, 'cores')).toBe(100);
});

test('values keep their kind, also in a statement that was prepared before', async () => {
  await database.transaction(async (trx) => {
    for (const name of ["Robert'); DROP TABLE task;--", 'naïve 🐧\nline', '']) {
      await setLimit(trx, name, Number.MAX_SAFE_INTEGER);
      expect(await limitOf(trx, name)).toBe(Number.MAX_SAFE_INTEGER);
    }
  });
  const many = Array.from({ length: 600 }, (_, index) => sql<{ n: number }>`SELECT ${sql.raw(String(index))} AS n`);
  for (const [index, query] of many.entries()) {
    expect((await query.execute(database.query)).rows).toEqual([{ n: index }]);
  }
  const updated = await database.query.updateTable('quota_limit').set({ hard_limit: 1 }).executeTakeFirst();
  expect(updated.numUpdatedRows).toBe(3n);
});

test('a database of a newer version is refused', async () => {
  await sql`INSERT INTO kysely_migration VALUES ('9999-from-the-future', '2099-01-01')`.execute(database.query);
  await expect(openMigrated(folder)).rejects.toThrow(
    'newer version of Cumulet (its database has 9999-from-the-future)',
  );
});
