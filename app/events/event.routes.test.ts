import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { once } from '../contract/testing/waiting.ts';
import type { Database } from '../database/database.ts';
import { openMigrated } from '../database/testing/migrated-database.ts';
import { authenticate, EdgeFixture } from '../http/edge.fixture.ts';
import { Sessions } from '../http/sessions.ts';
import { BASE_RULES } from '../policy/base.policy.ts';
import { PolicyService } from '../policy/policy.service.ts';
import { eventModule } from './event.module.ts';
import { registerEventRoutes } from './event.routes.ts';
import { EventService } from './event.service.ts';

let folder: string;
let database: Database;
let sessions: Sessions;
let events: EventService;
/** What became of a token since it came. */
let changed: Map<string, string | undefined>;
let edge: EdgeFixture;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-event-routes-'));
  database = await openMigrated(folder);
  changed = new Map();
  sessions = new Sessions(async (session) => {
    const token = changed.has(session) ? changed.get(session) : session;
    return token === undefined ? undefined : await authenticate(token, 'req-1');
  });
  events = new EventService(database);
  edge = await EdgeFixture.open([], {
    prepare: (real) =>
      registerEventRoutes(real, {
        events,
        sessions,
        policy: new PolicyService([...BASE_RULES, ...(eventModule.rules ?? [])]),
      }),
  });
  await database.transaction((trx) =>
    events.record(trx, null, { type: 'port.create.end', resourceId: 'r', projectId: 'p' }),
  );
});

afterEach(async () => {
  await edge.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const dial = (query: string, protocols: string[], headers = {}) =>
  new WebSocket(`${edge.origin.replace('http', 'ws')}/v1/events${query}`, protocols, { headers });

test.for<[string, string[], Record<string, string>, number]>([
  ['no token', ['cumulet.events.v1'], {}, 401],
  ['a wrong token', ['cumulet.events.v1', 'token.nobody'], {}, 401],
  ['another origin', ['cumulet.events.v1', 'token.reader'], { origin: 'http://evil.example' }, 403],
])('a subscriber with %s is refused', async ([, protocols, headers, status]) => {
  const socket = dial('', protocols, headers);
  const [, response] = await once(socket, 'unexpected-response');
  expect(response.statusCode).toBe(status);
  socket.on('error', () => undefined).terminate();
});

test('the token comes as a sub-protocol; the answer names ours, never the token', async () => {
  const id = await events.lastId();
  const socket = dial(`?after=${id - 1}`, ['cumulet.events.v1', 'token.reader']);
  const frames: unknown[] = [];
  const both = new Promise<void>((resolve) => {
    socket.on('message', (data) => {
      frames.push(JSON.parse(String(data)));
      if (frames.length === 2) resolve();
    });
  });
  await once(socket, 'open');
  expect(socket.protocol).toBe('cumulet.events.v1');
  await both;
  expect(frames).toMatchObject([
    { op: 'hello', lastEventId: id },
    { op: 'event', event: { id, type: 'port.create.end' } },
  ]);
  const closed = once(socket, 'close');
  changed.set('reader', undefined);
  await sessions.recheck();
  expect((await closed)[0]).toBe(4401);
});

test('who may see more or less than before is asked to come back', async () => {
  const [admin, member] = [
    dial('', ['cumulet.events.v1', 'token.admin']),
    dial('', ['cumulet.events.v1', 'token.member']),
  ];
  await Promise.all([once(admin, 'message'), once(member, 'message')]);
  const closed = once(admin, 'close');
  changed.set('admin', 'reader').set('member', 'reader');
  await sessions.recheck();
  expect((await closed)[0]).toBe(1012);
  expect(member.readyState).toBe(WebSocket.OPEN);
  member.terminate();
});

test.for(['', '?after=', '?after=x', '?after=-1', '?after=1.5'])(
  '%s begins with what happens from now on',
  async (query) => {
    const socket = dial(query, ['cumulet.events.v1', 'token.reader']);
    const frames: unknown[] = [];
    socket.on('message', (data) => frames.push(JSON.parse(String(data))));
    await once(socket, 'message');
    socket.ping();
    await once(socket, 'pong');
    expect(frames).toEqual([{ op: 'hello', lastEventId: await events.lastId() }]);
    socket.terminate();
  },
);

test.for(['unscoped', 'stranger'])('%s hears of nothing but what is for everybody', async (token) => {
  await database.transaction((trx) =>
    events.record(trx, null, { type: 'flavor.create', resourceId: 'f', projectId: '*' }),
  );
  const socket = dial(`?after=${(await events.firstId()) - 1}`, ['cumulet.events.v1', `token.${token}`]);
  const frames: unknown[] = [];
  socket.on('message', (data) => frames.push(JSON.parse(String(data))));
  await once(socket, 'message');
  socket.ping();
  await once(socket, 'pong');
  expect(frames).toMatchObject([{ op: 'hello' }, { op: 'event', event: { type: 'flavor.create' } }]);
  socket.terminate();
});
