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
const change = { type: 'port.update.end', resourceId: 'r', projectId: 'p' } as const;

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

/** What was committed before has been told: subscriptions begin behind it. */
async function told(): Promise<void> {
  (await events.subscribe(() => undefined)).stop();
}

function idsOf(frames: readonly EventFrame[]): number[] {
  return frames.flatMap((frame) => (frame.op === 'event' ? [frame.event.id] : []));
}

function summary(frame: EventFrame): string {
  if (frame.op === 'event') return `event ${frame.event.payload.name}`;
  if (frame.op === 'tick') return `tick ${frame.taskId} ${frame.progress.done}`;
  if (frame.op === 'task') return `task ${frame.task.id}`;
  return `${frame.op} ${frame.lastEventId}`;
}

async function record(name: string, projectId: string | null = 'p'): Promise<void> {
  await database.transaction((trx) => events.record(trx, null, { ...change, projectId, payload: { name } }));
}

function task(id: string, projectId: string | null): TaskView {
  const subject = { type: 'thing', id: 's', name: null };
  const times = { createdAt: '', updatedAt: '', finishedAt: null };
  const rest = { kind: 'k', userId: null, requestId: 'r', parentId: null, steps: [], progress: null, error: null };
  return { id, projectId, subject, state: 'running', cancellable: false, abortRequested: false, ...times, ...rest };
}

test('a new subscriber is told where the log stands and then what happens', async () => {
  await record('before');
  const last = await events.lastId();
  const { received, replayed } = await subscribe(member);
  await replayed;
  await record('after');
  expect(await received(2)).toEqual([`hello ${last}`, 'event after']);
});

test('what was missed is replayed once and without a gap, also what happens meanwhile', async () => {
  await record('one');
  const last = await events.lastId();
  for (const name of ['two', 'three']) await record(name);
  const { frames, received, replayed } = await subscribe(member, last);
  const meanwhile = Promise.all(['four', 'five', 'six'].map((type) => record(type)));
  await Promise.all([replayed, meanwhile]);
  await record('seven');
  const [hello, ...told] = await received(7);
  expect(hello).toMatch(/^hello /);
  const ids = idsOf(frames);
  expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  // Those that were written at once may have come in any order.
  expect([...told.slice(0, 2), ...told.slice(2, 5).toSorted(), ...told.slice(5)]).toEqual(
    ['two', 'three', 'five', 'four', 'six', 'seven'].map((name) => `event ${name}`),
  );
});

test.for([
  { why: 'more was missed than is replayed', ahead: 0, meanwhile: () => many(1001) },
  { why: 'what was missed is not kept any more', ahead: 0, meanwhile: () => forgetAll() },
  { why: 'the id comes from another database', ahead: 5000, meanwhile: () => many(3) },
])('it is told to read everything again when $why', async ({ ahead, meanwhile }) => {
  await many(3);
  const after = (await events.lastId()) + ahead;
  await meanwhile();
  const { received, replayed } = await subscribe(member, after);
  await replayed;
  const last = await events.lastId();
  await record('after');
  expect(await received(2)).toEqual([`reset ${last}`, 'event after']);
});

async function many(count: number): Promise<void> {
  await database.transaction(async (trx) => {
    for (let index = 0; index < count; index++) {
      await events.record(trx, null, change);
    }
  });
}

/** All but the newest of some that come now. */
async function forgetAll(): Promise<void> {
  await many(3);
  const last = await events.lastId();
  await database.query.deleteFrom('event').where('id', '<', last).execute();
}

test('only what the project may see comes through, live and replayed', async () => {
  await record('before');
  const last = await events.lastId();
  for (const project of ['q', 'p', null, '*']) await record(`old ${project}`, project);
  const own = await subscribe(member, last);
  const all = await subscribe(admin, last);
  await Promise.all([own.replayed, all.replayed]);
  for (const project of ['q', 'p', null, '*']) await record(`new ${project}`, project);
  for (const project of ['q', 'p', null]) {
    events.taskChanged(task(`t-${project}`, project));
    events.tick(`t-${project}`, project, { done: 5, total: 10, unit: 'percent', rate: null, secondsLeft: null });
  }
  expect((await own.received(7)).slice(1)).toEqual([
    ...['event old p', 'event old *', 'event new p', 'event new *'],
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
    await database.transaction((trx) => events.record(trx, null, { ...change, payload }));
    await told();
  }
  expect(socket.readyState).toBe(socket.CLOSING);
  const held = socket.bufferedAmount;
  await record('one more');
  await told();
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
  await told();
  expect(send).not.toHaveBeenCalled();
});

test('whoever loses the connection again and again hears of all, once and in order, whichever commit comes first', async () => {
  await record('before');
  const start = await events.lastId();
  let last = start;
  const heard: number[] = [];
  /** Goes on behind the last event, until `isEnough`. */
  const listen = async (isEnough: (received: (count: number) => Promise<unknown>) => Promise<unknown>) => {
    const { client, frames, replayed, received } = await subscribe(member, last);
    await Promise.all([replayed, isEnough(received)]);
    // What was sent before the answer to this has come.
    client.ping();
    await once(client, 'pong');
    client.terminate();
    heard.push(...idsOf(frames));
    last = heard.at(-1) ?? last;
  };
  let isOver = false;
  const writing = Promise.all(Array.from({ length: 6 }, (_, writer) => write(writer))).then(() => {
    isOver = true;
  });
  while (!isOver) await listen((received) => Promise.race([received(6), writing]));
  await listen(async () => undefined);
  const rows = await database.query.selectFrom('event').select('id').where('id', '>', start).orderBy('id').execute();
  expect(heard).toEqual(rows.map(({ id }) => id));
});

/** Transactions of three events, of which every fourth is taken back. */
async function write(writer: number): Promise<void> {
  for (let count = 0; count < 12; count++) {
    const isTakenBack = (writer + count) % 4 === 0;
    const done = database.transaction(async (trx) => {
      for (let part = 0; part < 3; part++) await events.record(trx, null, change);
      if (isTakenBack) throw new Error('taken back');
    });
    await done.catch((error: Error) => expect(error.message).toBe('taken back'));
  }
}
