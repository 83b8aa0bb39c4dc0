import { existsSync } from 'node:fs';
import { chmod, mkdtemp, open, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { behindRequests, type Database } from '../database.ts';
import { limitOf, setLimit } from '../testing/limits.ts';
import { openDatabase, openMigrated } from '../testing/migrated-database.ts';
import { assertSqliteVersion } from './sqlite.ts';

let folder: string;
let database: Database;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-database-'));
  database = await openDatabase(folder);
});

afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

test('the database that other tests copy is what the migrations make', async () => {
  const other = await mkdtemp(join(tmpdir(), 'cumulet-database-'));
  const copy = await openMigrated(other);
  const contents = async ({ query }: Database) => {
    const { rows: things } = await sql`SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name`.execute(
      query,
    );
    const { rows: names } = await sql`SELECT name FROM kysely_migration ORDER BY name`.execute(query);
    const { rows: settings } = await sql`SELECT * FROM pragma_page_size, pragma_auto_vacuum, pragma_encoding`.execute(
      query,
    );
    return { things, names, settings };
  };
  try {
    expect(await contents(copy)).toEqual(await contents(database));
  } finally {
    await copy.close();
    await rm(other, { recursive: true });
  }
});

test('the error of a statement after which SQLite has rolled back itself is not hidden', async () => {
  const failing = database.transaction(async (trx) => {
    await setLimit(trx, 'cores', 2);
    await sql`INSERT OR ROLLBACK INTO quota_limit VALUES ('p', 'cores', 3)`.execute(trx);
  });
  await expect(failing).rejects.toThrow('UNIQUE constraint failed');
  expect(await limitOf(database.query, 'cores')).toBeUndefined();
  await database.transaction((trx) => setLimit(trx, 'cores', 4));
  expect(await limitOf(database.query, 'cores')).toBe(4);
});

test('changes are made in the order in which they were asked for, and reads wait for none of them', async () => {
  const order: string[] = [];
  const work = Array.from({ length: 200 }, (_, index) =>
    index % 10 === 5
      ? database.transaction((trx) => setLimit(trx, 'cores', index)).then(() => order.push(`write ${index}`))
      : limitOf(database.query, 'cores').then(() => order.push(`read ${index}`)),
  );
  await Promise.all(work);
  const asked = work.map((_, index) => `${index % 10 === 5 ? 'write' : 'read'} ${index}`);
  for (const kind of ['write', 'read']) {
    expect(order.filter((done) => done.startsWith(kind))).toEqual(asked.filter((each) => each.startsWith(kind)));
  }
  expect(order.slice(0, 150).filter((done) => done.startsWith('write'))).toEqual([]);
});

test('what nobody waits for gets the connection behind requests, and in its turn all the same', async () => {
  const order: string[] = [];
  const ask = async (name: string) => {
    await database.transaction(async (trx) => void (await limitOf(trx, 'cores')));
    order.push(name);
  };
  const holding = Promise.withResolvers<void>();
  const holder = database.transaction(async (trx) => {
    await holding.promise;
    await limitOf(trx, 'cores');
  });
  const behind = ['task 1', 'task 2'].map((name) => behindRequests.run(true, () => ask(name)));
  const requests = Array.from({ length: 20 }, (_, n) => ask(`request ${n}`));
  holding.resolve();
  await Promise.all([holder, ...behind, ...requests]);
  expect([order.indexOf('task 1'), order.indexOf('task 2')]).toEqual([16, 21]);
});

test('however long the line of tasks, what comes from outside is read between two of them', async () => {
  let done = 0;
  const line = Array.from({ length: 50 }, () =>
    behindRequests
      .run(true, () => database.transaction(async (trx) => void (await limitOf(trx, 'cores'))))
      .then(() => {
        done += 1;
      }),
  );
  await setImmediate();
  await database.transaction(async (trx) => void (await limitOf(trx, 'cores')));
  expect(done).toBeLessThan(5);
  await Promise.all(line);
});

test('the file is kept as SqliteLog needs it: WAL, brought to the disk by us, foreign keys', async () => {
  const read = async (name: string) =>
    Object.values(
      (await sql<Record<string, unknown>>`${sql.raw(`PRAGMA ${name}`)}`.execute(database.query)).rows[0] ?? {},
    )[0];
  expect(await read('journal_mode')).toBe('wal');
  expect(await read('synchronous')).toBe(1);
  expect(await read('foreign_keys')).toBe(1);
});

test('nobody else of this computer reads it, also where the folder is open', async () => {
  await chmod(folder, 0o755);
  await database.transaction((trx) => setLimit(trx, 'cores', 1));
  const files = (await readdir(folder)).filter((name) => name.startsWith('cumulet.db'));
  expect(files.length).toBeGreaterThan(1);
  for (const name of files) {
    expect([name, ((await stat(join(folder, name))).mode & 0o777).toString(8)]).toEqual([name, '600']);
  }
});

describe('what is answered is on the disk', () => {
  /** Each write to the disk waits until it is let go. */
  async function holdDisk() {
    const file = await open(join(folder, 'cumulet.db-wal'));
    const begun: PromiseWithResolvers<void>[] = [];
    const spy = vi.spyOn(Object.getPrototypeOf(file) as typeof file, 'datasync').mockImplementation(() => {
      const held = Promise.withResolvers<void>();
      begun.push(held);
      return held.promise;
    });
    await file.close();
    onTestFinished(() => spy.mockRestore());
    return begun;
  }

  /** Whether it has ended by now, when all that can go on without the disk has gone on. */
  async function hasEnded(work: Promise<unknown>): Promise<boolean> {
    let ended = false;
    void work.catch(() => undefined).then(() => (ended = true));
    for (let round = 0; round < 50; round++) await setImmediate();
    return ended;
  }

  test('a change waits for a write of the log that began after it; a quick one does not; those that come together share one', async () => {
    const begun = await holdDisk();
    let told = 0;
    const change = (cores: number) =>
      database.transaction(async (trx) => {
        await setLimit(trx, 'cores', cores);
        database.afterCommit(trx, () => (told += 1));
      });
    const first = change(1);
    expect(await hasEnded(first)).toBe(false);
    expect([begun.length, told]).toEqual([1, 0]);
    const later = Promise.all(Array.from({ length: 20 }, (_, index) => change(index)));
    expect(await hasEnded(database.quickTransaction((trx) => setLimit(trx, 'ram', 1)))).toBe(true);
    begun[0]?.resolve();
    expect(await hasEnded(first)).toBe(true);
    expect([begun.length, told, await hasEnded(later)]).toEqual([2, 1, false]);
    begun[1]?.resolve();
    await later;
    expect([begun.length, told]).toEqual([2, 21]);
  });

  test.each([
    ['EIO', { code: 'unavailable', status: 503 }],
    ['ENOSPC', { code: 'disk_full', status: 507 }],
  ])(
    'after a write that failed (%s) nothing is changed any more, whoever asks hears why, and what there is can be read',
    async (code, fault) => {
      const begun = await holdDisk();
      await database.quickTransaction((trx) => setLimit(trx, 'ram', 1));
      const lost = [1, 2].map((cores) => database.transaction((trx) => setLimit(trx, 'cores', cores)));
      await hasEnded(Promise.all(lost));
      const refusal = { ...fault, hint: expect.stringContaining('start Cumulet again') };
      begun[0]?.reject(Object.assign(new Error('not written'), { code }));
      for (const change of lost) await expect(change).rejects.toMatchObject(refusal);
      await expect(database.transaction((trx) => setLimit(trx, 'ram', 2))).rejects.toMatchObject(refusal);
      expect(begun.length).toBe(1);
      expect(await limitOf(database.query, 'ram')).toBe(1);
    },
  );

  test('closing waits for what is under way', async () => {
    const begun = await holdDisk();
    const change = database.transaction((trx) => setLimit(trx, 'cores', 1));
    await hasEnded(change);
    const closing = database.close();
    expect(await hasEnded(closing)).toBe(false);
    begun[0]?.resolve();
    await Promise.all([change, closing]);
    database = await openDatabase(folder);
    expect(await limitOf(database.query, 'cores')).toBe(1);
  });

  test('what is still changed while it closes is not called kept, nor the fault of the disk', async () => {
    let closing: Promise<void> | undefined;
    const change = database.transaction(async (trx) => {
      await setLimit(trx, 'cores', 1);
      closing = database.close();
      // As far as waiting for what is under way; from then on the log is being closed.
      for (let round = 0; round < 10; round++) await Promise.resolve();
    });
    await expect(change).rejects.toThrow('The database is closed');
    await closing;
    database = await openDatabase(folder);
  });
});

test('opened again it has the data, migrates nothing and makes no copy', async () => {
  await database.transaction((trx) => setLimit(trx, 'cores', 7));
  await database.close();
  database = await openDatabase(folder);
  expect(await limitOf(database.query, 'cores')).toBe(7);
  expect(existsSync(join(folder, 'cumulet.db.before-0001-initial'))).toBe(false);
});

test('a migration that fails changes nothing and leaves a copy of the file as it was', async () => {
  const other = await mkdtemp(join(tmpdir(), 'cumulet-database-'));
  try {
    const file = join(other, 'cumulet.db');
    const old = new DatabaseSync(file);
    // In the way of the new schema, half-way through its tables.
    old.exec(`CREATE TABLE compute_server (mine TEXT); INSERT INTO compute_server VALUES ('precious')`);
    old.close();
    await expect(openDatabase(other)).rejects.toMatchObject({
      code: 'unavailable',
      hint: `The file as it was is kept as ${file}.before-0001-initial.`,
    });
    for (const path of [file, `${file}.before-0001-initial`]) {
      const reopened = new DatabaseSync(path);
      expect(reopened.prepare('SELECT mine FROM compute_server').all()).toEqual([{ mine: 'precious' }]);
      expect(reopened.prepare(`SELECT name FROM sqlite_master WHERE name = 'task'`).all()).toEqual([]);
      reopened.close();
    }
  } finally {
    await rm(other, { recursive: true, force: true });
  }
});

test('the copy before a migration has all that is stored, also while another program keeps the log from the file', async () => {
  const other = await mkdtemp(join(tmpdir(), 'cumulet-database-'));
  const file = join(other, 'cumulet.db');
  const old = new DatabaseSync(file);
  const reader = new DatabaseSync(file);
  try {
    old.exec(`PRAGMA journal_mode = WAL; CREATE TABLE compute_server (mine TEXT)`);
    reader.exec('BEGIN');
    reader.prepare('SELECT mine FROM compute_server').all();
    old.exec(`INSERT INTO compute_server VALUES ('precious')`);
    await expect(openDatabase(other)).rejects.toMatchObject({ code: 'unavailable' });
    const copy = new DatabaseSync(`${file}.before-0001-initial`, { readOnly: true });
    expect(copy.prepare('SELECT mine FROM compute_server').all()).toEqual([{ mine: 'precious' }]);
    copy.close();
    expect((await stat(`${file}.before-0001-initial`)).mode & 0o777).toBe(0o600);
  } finally {
    reader.close();
    old.close();
    await rm(other, { recursive: true, force: true });
  }
});

test('a file that is no database is an error, not a new database', async () => {
  const other = await mkdtemp(join(tmpdir(), 'cumulet-database-'));
  try {
    await writeFile(join(other, 'cumulet.db'), 'This is no SQLite file, whatever its name says. '.repeat(100));
    await expect(openDatabase(other)).rejects.toThrow('not a database');
  } finally {
    await rm(other, { recursive: true, force: true });
  }
});

test('versions of SQLite with the WAL-reset bug are refused', () => {
  for (const version of ['3.51.2', '3.9.9', '2.99.0', '3.51'])
    expect(() => assertSqliteVersion(version)).toThrow(version);
  for (const version of ['3.51.3', '3.51.10', '3.53.0', '4.0.0']) assertSqliteVersion(version);
});
