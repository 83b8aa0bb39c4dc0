import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EventView } from '../contract/event.ts';
import type { Database } from '../database/database.ts';
import { openMigrated } from '../database/testing/migrated-database.ts';
import { systemContext } from '../http/authorization.ts';
import { EventService } from './event.service.ts';

let folder: string;
let database: Database;
let events: EventService;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-events-'));
  database = await openMigrated(folder);
  events = new EventService(database);
});

afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

async function record(type: string, projectId: string | null, id = 'r1'): Promise<void> {
  await database.transaction((trx) =>
    events.record(trx, systemContext('req-1'), { type, resource: { type: 'thing', id }, projectId, payload: { a: 1 } }),
  );
}

test('subscribers hear of what was committed, as it is stored', async () => {
  const heard: EventView[] = [];
  const stop = events.onEvent((event) => heard.push(event));
  await record('thing.create', 'p');
  const failing = database.transaction(async (trx) => {
    await events.record(trx, null, { type: 'thing.never', resource: { type: 'thing', id: 'x' }, projectId: 'p' });
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  stop();
  await record('thing.delete', 'p');
  expect(heard).toEqual([
    expect.objectContaining({ id: 1, type: 'thing.create', requestId: 'req-1', userId: null, payload: { a: 1 } }),
  ]);
  expect((await events.list({ limit: 9, visibleTo: 'all' })).at(-1)).toEqual(heard[0]);
});

test('the log is read newest first before an id, oldest first after one', async () => {
  for (const type of ['a', 'b', 'c', 'd']) await record(type, 'p', type === 'b' ? 'r2' : 'r1');
  const types = async (query: object) =>
    (await events.list({ limit: 9, visibleTo: 'all', ...query })).map(({ type }) => type).join('');
  expect(await types({})).toBe('dcba');
  expect(await types({ limit: 2 })).toBe('dc');
  expect(await types({ before: 3 })).toBe('ba');
  expect(await types({ after: 1, limit: 2 })).toBe('bc');
  expect(await types({ resourceType: 'thing', resourceId: 'r2' })).toBe('b');
  expect([await events.firstId(), await events.lastId()]).toEqual([1, 4]);
});

test('a project sees its own events and everybody’s, nobody else’s and none of the administrators’', async () => {
  for (const project of ['p', 'q', '*', null]) await record(String(project), project);
  const seenBy = async (visibleTo: string | null) =>
    (await events.list({ limit: 9, visibleTo })).map(({ type }) => type).toSorted();
  expect(await seenBy('p')).toEqual(['*', 'p']);
  expect(await seenBy(null)).toEqual(['*']);
  expect(await seenBy('all')).toEqual(['*', 'null', 'p', 'q']);
});

test('an empty log has no ids', async () => {
  expect([await events.firstId(), await events.lastId()]).toEqual([0, 0]);
  await events.prune();
});

test('pruning keeps the newest, and ids are never given again', async () => {
  await record('old', 'p');
  await database.query.updateTable('event').set({ id: 300_000 }).execute();
  await record('older than allowed', 'p');
  await database.query
    .insertInto('event')
    .columns(['id', 'type', 'resource_type', 'resource_id', 'payload', 'created_at'])
    .values({ id: 600_000, type: 'new', resource_type: 't', resource_id: 'r', payload: '{}', created_at: '' })
    .execute();
  await events.prune();
  expect(await events.firstId()).toBe(600_000);
  await database.query.deleteFrom('event').execute();
  await record('next', 'p');
  expect(await events.lastId()).toBe(600_001);
});
