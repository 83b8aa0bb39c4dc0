import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { within } from '../contract/testing/waiting.ts';
import { copiesFolder, copyDaily, databaseCopies } from '../database/database-copies.ts';
import { ALL_MIGRATIONS } from '../database/testing/all-migrations.ts';
import { openDatabase } from '../database/testing/migrated-database.ts';
import { keepDailyCopy } from './backup.tasks.ts';
import { BackupThreads } from './backup-thread.ts';
import { restoreDatabase } from './restore-database.ts';
import { SmallCloud } from './testing/small-cloud.ts';

let cloud: SmallCloud;

beforeEach(async () => {
  cloud = await SmallCloud.make();
});

afterEach(async () => {
  await cloud.database.close();
  await rm(cloud.dataDir, { recursive: true });
});

function day(number: number): Date {
  return new Date(Date.UTC(2026, 10, number, 3, 30));
}

function overwriteMiddle(path: string): void {
  const { size } = statSync(path);
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(64 * 1024, 0x5a), 0, 64 * 1024, Math.floor(size / 2 / 4096) * 4096);
  closeSync(file);
}

test('one copy a day is kept for a week, and the newest however old it is', async () => {
  for (let number = 1; number <= 12; number++) {
    await copyDaily(cloud.dataDir, day(number));
    expect(await copyDaily(cloud.dataDir, new Date(day(number).getTime() + 23 * 3600_000))).toBeNull();
  }
  const days = async () => (await databaseCopies(cloud.dataDir)).map(({ at }) => Number(at.slice(8, 10)));
  expect(await days()).toEqual([12, 11, 10, 9, 8, 7, 6, 5]);
  await copyDaily(cloud.dataDir, day(40));
  expect(await days()).toEqual([10]);
});

test('a running controller makes it in a thread of its own, while others write', async () => {
  let isMade = false;
  const made = keepDailyCopy(
    new BackupThreads(),
    cloud.dataDir,
    pino({ level: 'silent' }),
    new AbortController().signal,
  );
  const writing = (async () => {
    for (let count = 0; !isMade; count++) {
      await cloud.token(`user ${count}`);
      await setImmediate();
    }
  })();
  await within('the copy', made);
  isMade = true;
  await writing;
  expect(await readdir(copiesFolder(cloud.dataDir))).toHaveLength(1);
});

test('a damaged database offers the newest copy that is whole; the command puts it in place and keeps the damaged one', async () => {
  await cloud.addMachine();
  await cloud.token('ada');
  const good = await copyDaily(cloud.dataDir, day(1));
  const bad = await copyDaily(cloud.dataDir, day(2));
  await cloud.database.close();
  overwriteMiddle(bad?.path ?? '');
  const file = join(cloud.dataDir, 'cumulet.db');
  overwriteMiddle(file);
  const damaged = await readFile(file);

  const refused = await openDatabase(cloud.dataDir).catch((error: unknown) => error);
  expect(refused).toMatchObject({ message: expect.stringContaining('is damaged') });
  expect((refused as { hint: string }).hint).toContain(
    `cumulet restore --database ${JSON.stringify(good?.path)} --data-dir ${JSON.stringify(cloud.dataDir)}\n`,
  );
  expect(readFileSync(file).equals(damaged)).toBe(true);

  await expect(restoreDatabase(cloud.dataDir, bad?.path ?? '', ALL_MIGRATIONS)).rejects.toThrow(
    /not whole|no whole database/,
  );
  expect(readFileSync(file).equals(damaged)).toBe(true);
  const aside = await restoreDatabase(cloud.dataDir, good?.path ?? '', ALL_MIGRATIONS);
  expect(readFileSync(aside).equals(damaged)).toBe(true);
  cloud.database = await openDatabase(cloud.dataDir);
  const [server] = await cloud.database.query.selectFrom('compute_server').selectAll().execute();
  expect(server).toMatchObject({ vm_state: 'stopped' });
  expect(server?.generation).toBeGreaterThan(1_000_000_000_000);
  expect(await cloud.database.query.selectFrom('console_token').selectAll().execute()).toEqual([]);
});

test('what is no database is refused as a copy', async () => {
  const text = join(cloud.dataDir, 'notes.txt');
  await writeFile(text, 'no database at all');
  await expect(restoreDatabase(cloud.dataDir, text, ALL_MIGRATIONS)).rejects.toThrow('no whole database');
  expect((await readdir(cloud.dataDir)).filter((name) => name.startsWith('cumulet.db.'))).toEqual([]);
});
