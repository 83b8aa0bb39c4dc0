import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StaleDatabase } from '../contract/unclaimed.ts';
import { openDatabase } from '../database/testing/migrated-database.ts';
import { EventService } from '../events/event.service.ts';
import { DataGeneration } from './data-generation.ts';

let top: string;
let folder: string;
const log = pino({ level: 'silent' });
const file = (name: string) => join(folder, name);

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'cumulet-generation-'));
  folder = top;
});
afterEach(() => rm(top, { recursive: true, force: true }));

/** A start of the controller, so many changes, and its end; answers what the start noticed. `atEnd` sees the files as a kill leaves them. */
async function run(
  changes: number,
  {
    isUnclaimedLeft = false,
    atEnd = async () => undefined,
  }: { isUnclaimedLeft?: boolean; atEnd?: () => Promise<unknown> } = {},
): Promise<StaleDatabase | null> {
  const database = await openDatabase(folder);
  const events = new EventService(database);
  const generation = await DataGeneration.open({ dataDir: folder, database, events, log });
  for (let count = 0; count < changes; count++) {
    await database.transaction((trx) =>
      events.record(trx, null, { type: 'quota.update', resourceId: 'a', projectId: null }),
    );
  }
  if (isUnclaimedLeft) {
    const thing = { id: '1', host: 'h', kind: 'machine', key: 'k', name: 'n', bytes: null, detail: '{}', since: '' };
    await database.transaction((trx) => trx.insertInto('unclaimed').values(thing).execute());
  }
  await atEnd();
  generation.close();
  await database.close();
  return generation.stale;
}

test('a database as new as its folder is nothing to speak of', async () => {
  expect(await run(3)).toBeNull();
  expect(await run(2)).toBeNull();
  expect(await run(0)).toBeNull();
});

test('an older copy of the database is noticed, as long as anything is unclaimed and at least until the next start', async () => {
  await run(3);
  await copyFile(file('cumulet.db'), file('copy.db'));
  await run(1);
  await copyFile(file('copy.db'), file('cumulet.db'));
  const noticed = await run(5, { isUnclaimedLeft: true });
  expect(noticed).toMatchObject({ kind: 'older' });
  expect(await run(0)).toEqual(noticed);
  const database = await openDatabase(folder);
  await database.transaction((trx) => trx.deleteFrom('unclaimed').execute());
  await database.close();
  expect(await run(0)).toBeNull();
});

test('a new database in an old folder is noticed, also when it has seen more', async () => {
  await run(2);
  await rm(file('cumulet.db'));
  expect(await run(5)).toMatchObject({ kind: 'other' });
  expect(await run(0)).toBeNull();
});

test('what was changed a moment before a kill counts as well', async () => {
  await run(3);
  const killed = join(folder, 'killed');
  await mkdir(killed);
  // The database without its log.
  const atEnd = () =>
    Promise.all(['cumulet.db', 'database-generation.json'].map((name) => copyFile(file(name), join(killed, name))));
  await run(1, { atEnd });
  folder = killed;
  expect(await run(0)).toMatchObject({ kind: 'older' });
});

test('a note of before, when the number had no room of its own, is understood and replaced', async () => {
  await run(3);
  const { database, event, stale } = JSON.parse(await readFile(file('database-generation.json'), 'utf8'));
  await writeFile(file('database-generation.json'), JSON.stringify({ database, event: event + 1, stale }));
  expect(await run(2)).toMatchObject({ kind: 'older' });
  expect(JSON.parse(await readFile(file('database-generation.json'), 'utf8'))).toMatchObject({ event: event + 2 });
});

test('a folder of before is nothing to speak of', async () => {
  await run(3);
  await rm(file('database-generation.json'));
  expect(await run(0)).toBeNull();
});
