import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EventName } from '../contract/events.ts';
import type { Database } from '../database/database.ts';
import { openMigrated } from '../database/testing/migrated-database.ts';
import { systemContext } from '../policy/authorization.ts';
import { EventService } from './event.service.ts';
import type { News } from './event-feed.ts';

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

async function record(type: EventName, projectId: string | null, resourceId = 'r1'): Promise<void> {
  await database.transaction((trx) =>
    events.record(trx, systemContext('req-1'), { type, resourceId, projectId, payload: { a: 1 } }),
  );
}

/** What was committed before has been told: subscriptions begin behind it. */
async function told(): Promise<void> {
  (await events.subscribe(() => undefined)).stop();
}

test('subscribers hear of what was committed, as it is stored', async () => {
  const heard: News[] = [];
  const { position, stop } = await events.subscribe((news) => heard.push(news));
  await record('port.create.end', 'p');
  const failing = database.transaction(async (trx) => {
    await events.record(trx, null, { type: 'port.update.end', resourceId: 'x', projectId: 'p' });
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  await told();
  stop();
  await record('port.delete.end', 'p');
  await told();
  const [stored] = await events.list({ after: 0, limit: 9, visibleTo: 'all' });
  expect(stored).toMatchObject({ type: 'port.create.end', resource: { type: 'port', id: 'r1' } });
  expect(stored).toMatchObject({ requestId: 'req-1', userId: null, payload: { a: 1 } });
  expect({ position, heard }).toEqual({ position: 0, heard: [{ op: 'event', event: stored }] });
});

test('the log is read newest first before an id, oldest first after one', async () => {
  for (const id of ['a', 'b', 'c', 'd']) await record(id === 'b' ? 'quota.update' : 'port.update.end', 'p', id);
  const ids = async (query: object) =>
    (await events.list({ limit: 9, visibleTo: 'all', ...query })).map(({ resource }) => resource.id).join('');
  expect(await ids({})).toBe('dcba');
  expect(await ids({ limit: 2 })).toBe('dc');
  const [a, b, c, d] = (await events.list({ after: 0, limit: 9, visibleTo: 'all' })).map(({ id }) => id);
  expect(await ids({ before: c })).toBe('ba');
  expect(await ids({ after: a, limit: 2 })).toBe('bc');
  expect(await ids({ after: a, upTo: b })).toBe('b');
  expect(await ids({ resourceType: 'quota', resourceId: 'b' })).toBe('b');
  expect([await events.firstId(), await events.lastId()]).toEqual([a, d]);
});

test('what comes by itself again and again is left out of the log of all, and told to who asks for that thing', async () => {
  await record('host.create', '*', 'h');
  await record('host.update', '*', 'h');
  const types = async (query: object) =>
    (await events.list({ limit: 9, visibleTo: 'all', ...query })).map(({ type }) => type);
  expect(await types({ withoutRoutine: true })).toEqual(['host.create']);
  expect(await types({ withoutRoutine: true, resourceId: 'h' })).toEqual(['host.update', 'host.create']);
  expect(await types({ after: 0 })).toEqual(['host.create', 'host.update']);
});

test('a project sees its own events and everybody’s, nobody else’s and none of the administrators’', async () => {
  for (const project of ['p', 'q', '*', null]) await record('image.update', project, String(project));
  const seenBy = async (visibleTo: string | null) =>
    (await events.list({ limit: 9, visibleTo })).map(({ resource }) => resource.id).toSorted();
  expect(await seenBy('p')).toEqual(['*', 'p']);
  expect(await seenBy(null)).toEqual(['*']);
  expect(await seenBy('all')).toEqual(['*', 'null', 'p', 'q']);
});

test('an empty log has no ids', async () => {
  expect([await events.firstId(), await events.lastId()]).toEqual([0, 0]);
  await events.prune();
});

test('pruning keeps the newest', async () => {
  await record('image.update', 'p');
  await database.query.updateTable('event').set({ id: 300_000 }).execute();
  await record('image.update', 'p');
  await database.query
    .insertInto('event')
    .columns(['id', 'type', 'resource_type', 'resource_id', 'payload', 'created_at'])
    .values({ id: 600_000, type: 'new', resource_type: 't', resource_id: 'r', payload: '{}', created_at: '' })
    .execute();
  await events.prune();
  expect(await events.firstId()).toBe(600_000);
});

test('ids are never given again', async () => {
  await record('image.update', 'p');
  await record('image.update', 'p');
  const last = await events.lastId();
  await database.query.deleteFrom('event').execute();
  await record('image.update', 'p');
  expect(await events.lastId()).toBeGreaterThan(last);
});
