import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type EventFrame, eventFrameSchema } from '../contract/event.ts';
import type { TaskView } from '../contract/task.ts';
import { once } from '../contract/testing/waiting.ts';
import type { Database } from '../database/database.ts';
import { openMigrated } from '../database/testing/migrated-database.ts';
import { EventService } from './event.service.ts';
import { type Audience, streamEvents } from './event-socket.ts';

let folder: string;
let database: Database;
let events: EventService;
let server: WebSocketServer;
const clients: WebSocket[] = [];
const admin = 'all';
const member = 'p';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-event-socket-'));
  database = await openMigrated(folder);
  events = new EventService(database);
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate();
  await new Promise((resolve) => server.close(resolve));
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

/** A client whose frames are kept, and its server side with the end of the replay. */
async function subscribe(audience: Audience, after?: number) {
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  clients.push(client);
  const frames: EventFrame[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  client.on('message', (data) => {
    frames.push(eventFrameSchema.parse(JSON.parse(String(data))));
    for (const { count, resolve } of waiting) if (frames.length >= count) resolve();
  });
  const [[socket]] = (await Promise.all([once(server, 'connection'), once(client, 'open')])) as [[WebSocket], unknown];
  const replayed = streamEvents(events, socket, audience, after);
  const received = async (count: number) => {
    if (frames.length < count) await new Promise<void>((resolve) => waiting.push({ count, resolve }));
    return frames.map(summary);
  };
  return { client, socket, frames, replayed, received };
}

function summary(frame: EventFrame): string {
  if (frame.op === 'event') return `event ${frame.event.id} ${frame.event.type}`;
  if (frame.op === 'tick') return `tick ${frame.taskId} ${frame.progress.done}`;
  if (frame.op === 'task') return `task ${frame.task.id}`;
  return `${frame.op} ${frame.lastEventId}`;
}

async function record(type: string, projectId: string | null = 'p'): Promise<void> {
  await database.transaction((trx) =>
    events.record(trx, null, { type, resource: { type: 'thing', id: 'r' }, projectId }),
  );
}

function task(id: string, projectId: string | null): TaskView {
  const subject = { type: 'thing', id: 's', name: null };
  const times = { createdAt: '', updatedAt: '', finishedAt: null };
  const rest = { kind: 'k', userId: null, requestId: 'r', parentId: null, steps: [], progress: null, error: null };
  return { id, projectId, subject, state: 'running', cancellable: false, abortRequested: false, ...times, ...rest };
}

test('a new subscriber is told where the log stands and then what happens', async () => {
  await record('before');
  const { received, replayed } = await subscribe(member);
  await replayed;
  await record('after');
  expect(await received(2)).toEqual(['hello 1', 'event 2 after']);
});

test('what was missed is replayed once and without a gap, also what happens meanwhile', async () => {
  for (const type of ['one', 'two', 'three']) await record(type);
  const { received, replayed } = await subscribe(member, 1);
  const meanwhile = Promise.all(['four', 'five', 'six'].map((type) => record(type)));
  await Promise.all([replayed, meanwhile]);
  await record('seven');
  const frames = await received(7);
  expect(frames[0]).toMatch(/^hello /);
  expect(frames.slice(1)).toEqual([
    'event 2 two',
    'event 3 three',
    'event 4 four',
    'event 5 five',
    'event 6 six',
    'event 7 seven',
  ]);
});

test.for([
  { why: 'more was missed than is replayed', after: 0, prepare: () => many(1001) },
  { why: 'what was missed is not kept any more', after: 3, prepare: () => forgetBefore(10) },
  { why: 'the id comes from another database', after: 5000, prepare: () => many(3) },
])('it is told to read everything again when $why', async ({ after, prepare }) => {
  await prepare();
  const { received, replayed } = await subscribe(member, after);
  await replayed;
  const last = await events.lastId();
  await record('after');
  expect(await received(2)).toEqual([`reset ${last}`, `event ${last + 1} after`]);
});

async function many(count: number): Promise<void> {
  await database.transaction(async (trx) => {
    for (let index = 0; index < count; index++) {
      await events.record(trx, null, { type: 'x', resource: { type: 'thing', id: 'r' }, projectId: 'p' });
    }
  });
}

async function forgetBefore(id: number): Promise<void> {
  await many(id + 2);
  await database.query.deleteFrom('event').where('id', '<', id).execute();
}

test('only what the project may see comes through, live and replayed', async () => {
  for (const project of ['q', 'p', null, '*']) await record(`old ${project}`, project);
  const own = await subscribe(member, 0);
  const all = await subscribe(admin, 0);
  await Promise.all([own.replayed, all.replayed]);
  for (const project of ['q', 'p', null, '*']) await record(`new ${project}`, project);
  for (const project of ['q', 'p', null]) {
    events.taskChanged(task(`t-${project}`, project));
    events.tick(`t-${project}`, project, { done: 5, total: 10, unit: 'percent', rate: null, secondsLeft: null });
  }
  expect(await own.received(7)).toEqual([
    ...['hello 4', 'event 2 old p', 'event 4 old *', 'event 6 new p', 'event 8 new *'],
    ...['task t-p', 'tick t-p 5'],
  ]);
  const everything = await all.received(15);
  expect(everything.filter((line) => line.startsWith('event'))).toHaveLength(8);
  expect(everything).toContain('tick t-null 5');
});

test('a reader that does not read is cut off, and nothing is kept for it', async () => {
  const { socket, client, replayed } = await subscribe(member);
  await replayed;
  client.pause();
  const closed = once(socket, 'close');
  // Larger than any kernel buffer between the two, so that it piles up on our side.
  const payload = { text: 'x'.repeat(1024 * 1024) };
  for (let index = 0; index < 40 && socket.readyState === socket.OPEN; index++) {
    await database.transaction((trx) =>
      events.record(trx, null, { type: 'big', resource: { type: 'thing', id: 'r' }, projectId: 'p', payload }),
    );
  }
  expect(socket.readyState).toBe(socket.CLOSING);
  const held = socket.bufferedAmount;
  await record('one more');
  expect(socket.bufferedAmount).toBe(held);
  client.resume();
  await closed;
});

test('a subscriber that goes away is not told any more', async () => {
  const { client, socket, replayed, received } = await subscribe(member);
  await replayed;
  await record('heard');
  await received(2);
  client.terminate();
  await once(socket, 'close');
  const send = vi.spyOn(socket, 'send');
  await record('not heard');
  expect(send).not.toHaveBeenCalled();
});
