import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { once } from '../contract/testing/waiting.ts';
import type { Database } from '../database/database.ts';
import { openMigrated } from '../database/testing/migrated-database.ts';
import { Sessions } from '../http/sessions.ts';
import { FakeAgent, listen } from '../messaging/bus.fixture.ts';
import { Hub } from '../messaging/hub.ts';
import { StreamBroker } from '../messaging/stream-broker.ts';
import { systemContext } from '../policy/authorization.ts';
import { ConsoleService, type ConsoleTarget } from './console.service.ts';

const context = systemContext('req-1');
const id = '6a8f1f6e-94a5-4a7c-9d8c-0f5f6f0d7b11';
const origin = 'http://127.0.0.1:8774';

let folder: string;
let database: Database;
let hub: Hub;
let consoles: ConsoleService;
let target: ConsoleTarget | undefined;
let sessions: Sessions;
let signedIn: Set<string>;
let servers: Awaited<ReturnType<typeof listen>>[];
let bus: string;
let streams: string;
let page: string;
/** Token of the next browser. */
let token: string;
let streamId: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-console-'));
  database = await openMigrated(folder);
  const log = pino({ level: 'silent' });
  hub = new Hub({ log, controllerId: 'c1' });
  const broker = new StreamBroker();
  target = { id, hostId: 'h', isRunning: true };
  signedIn = new Set(['s1']);
  sessions = new Sessions(async (session) => (signedIn.has(session) ? context : undefined));
  consoles = new ConsoleService({ database, bus: hub, streams: broker, sessions, log, targetOf: async () => target });
  servers = [
    await listen((socket) => hub.accept(socket, null)),
    await listen((socket) => broker.arrive(streamId, socket)),
    await listen((socket) => void consoles.connect(socket, token, 'req-2')),
  ];
  [bus = '', streams = '', page = ''] = servers.map(({ url }) => url);
});

afterEach(async () => {
  hub.close();
  for (const server of servers) await server.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

async function newToken(type: 'vnc' | 'serial' = 'serial', by = context): Promise<string> {
  const { url } = await consoles.create(by, target ?? { id, hostId: 'h', isRunning: true }, type, origin);
  return new URL(url).searchParams.get('token') ?? '';
}

/** A browser that opens the page's WebSocket, and how that ends. */
function open(withToken: string): { browser: WebSocket; closed: Promise<{ code: number; reason: string }> } {
  token = withToken;
  const browser = new WebSocket(page);
  const closed = once(browser, 'close').then(([code, reason]) => ({ code, reason: String(reason) }));
  return { browser, closed };
}

/** The agent's part: asked for a console, it dials in and answers. */
async function serveConsole(agent: FakeAgent): Promise<{ far: WebSocket; args: unknown }> {
  const call = await agent.next('call');
  streamId = (call.args as { streamId: string }).streamId;
  const far = new WebSocket(streams);
  await once(far, 'open');
  agent.send({ op: 'result', id: call.id, result: {} });
  return { far, args: call.args };
}

test('a token tells whose console it opens, until the server goes', async () => {
  const withToken = await newToken();
  expect(await consoles.serverOf(withToken)).toBe(id);
  expect(await consoles.serverOf('guessed')).toBeUndefined();
  await database.transaction((trx) => consoles.revoke(trx, id));
  expect(await consoles.serverOf(withToken)).toBeUndefined();
});

test('a screen is a page, a serial line a WebSocket; the token is in the address and not in the database', async () => {
  const server = { id, hostId: 'h', isRunning: true };
  const [vnc, serial] = [
    await consoles.create(context, server, 'vnc', origin),
    await consoles.create(context, server, 'serial', 'https://cloud.example'),
  ];
  expect(vnc.url).toMatch(/^http:\/\/127\.0\.0\.1:8774\/console\/vnc\?token=[\w-]{32}$/);
  expect(serial.url).toMatch(/^wss:\/\/cloud\.example\/console\/websocket\?token=[\w-]{32}$/);
  const stored = JSON.stringify(await database.query.selectFrom('console_token').selectAll().execute());
  for (const { url } of [vnc, serial]) expect(stored).not.toContain(new URL(url).searchParams.get('token'));
  await expect(consoles.create(context, { ...server, isRunning: false }, 'vnc', origin)).rejects.toMatchObject({
    code: 'conflict',
  });
});

test('a screen by SPICE is a page, of machines that have it', async () => {
  const agent = await FakeAgent.join(bus, 'h');
  const ask = async (types: string[]) => {
    const asked = consoles.create(context, { id, hostId: 'h', isRunning: true }, 'spice', origin);
    const call = await agent.next('call');
    expect([call.method, call.args]).toEqual(['machine.hardware', { id }]);
    const board = { machineType: 'pc', firmware: 'bios', accelerator: null, vcpus: 1, memoryMib: 1 };
    agent.send({
      op: 'result',
      id: call.id,
      result: { ...board, disks: [], cards: [], devices: [], consoles: types },
    });
    return await asked;
  };
  expect((await ask(['vnc', 'spice', 'serial'])).url).toMatch(/^http:\/\/127\.0\.0\.1:8774\/console\/spice\?token=/);
  await expect(ask(['vnc', 'serial'])).rejects.toMatchObject({
    ...{ code: 'bad_request', message: 'Unavailable console type spice-html5.' },
  });
});

test('bytes go from the browser to the machine and back, also those typed before the host answered', async () => {
  const agent = await FakeAgent.join(bus, 'h');
  const { browser, closed } = open(await newToken());
  browser.on('open', () => browser.send('typed early'));
  const { far, args } = await serveConsole(agent);
  expect(args).toEqual({ id, type: 'serial', streamId });
  expect(String((await once(far, 'message'))[0])).toBe('typed early');
  far.send(Buffer.from([0, 255, 10]));
  expect((await once(browser, 'message'))[0]).toEqual(Buffer.from([0, 255, 10]));
  far.close();
  await closed;
});

test('a token may be used again while it lasts, and by several at once', async () => {
  const agent = await FakeAgent.join(bus, 'h');
  const shared = await newToken('vnc');
  const first = open(shared);
  const { far: one, args } = await serveConsole(agent);
  expect(args).toMatchObject({ type: 'vnc' });
  const second = open(shared);
  const { far: two } = await serveConsole(agent);
  one.close();
  await first.closed;
  two.send('still there');
  expect(String((await once(second.browser, 'message'))[0])).toBe('still there');
  second.browser.close();
  await second.closed;
});

test('a wrong or expired token closes with 4401', async () => {
  expect(await open('nonsense').closed).toMatchObject({ code: 4401 });
  expect(await open('').closed).toMatchObject({ code: 4401 });
  const old = await newToken();
  await database.query.updateTable('console_token').set({ expires_at: '2020-01-01T00:00:00.000Z' }).execute();
  expect(await open(old).closed).toEqual({ code: 4401, reason: 'The console link is not valid any more.' });
  await newToken();
  expect(await database.query.selectFrom('console_token').selectAll().execute()).toHaveLength(1);
});

test('a machine that is off or gone closes with 4404', async () => {
  const good = await newToken();
  target = { id, hostId: 'h', isRunning: false };
  expect(await open(good).closed).toEqual({ code: 4404, reason: 'The machine is not running.' });
  target = undefined;
  expect(await open(good).closed).toMatchObject({ code: 4404 });
});

test('a host that cannot closes with 4500 and says why, however long and in any script', async () => {
  const agent = await FakeAgent.join(bus, 'h');
  const { closed } = open(await newToken());
  const { id: call } = await agent.next('call');
  const message = '磁盘已满🐧'.repeat(20);
  agent.send({ op: 'error', id: call, error: { kind: 'operational', code: 'disk_full', origin: 'agent', message } });
  const { code, reason } = await closed;
  expect(code).toBe(4500);
  expect(message.startsWith(reason)).toBe(true);
  expect(Buffer.byteLength(reason)).toBeGreaterThan(100);
});

test('a host that is gone in the middle closes with 4500', async () => {
  const agent = await FakeAgent.join(bus, 'h');
  const { closed } = open(await newToken());
  await agent.next('call');
  agent.socket.terminate();
  expect(await closed).toEqual({ code: 4500, reason: 'Host h is not connected.' });
});

test('a host that dials in and then fails leaves no stream behind', async () => {
  const agent = await FakeAgent.join(bus, 'h');
  const { closed } = open(await newToken());
  const call = await agent.next('call');
  streamId = (call.args as { streamId: string }).streamId;
  const far = new WebSocket(streams);
  await once(far, 'open');
  const gone = once(far, 'close');
  const error = { kind: 'operational', code: 'hypervisor_failed', origin: 'agent', message: 'no screen' } as const;
  agent.send({ op: 'error', id: call.id, error });
  expect(await closed).toEqual({ code: 4500, reason: 'no screen' });
  await gone;
});

test('revoking ends tokens and open consoles with the commit, not before', async () => {
  const agent = await FakeAgent.join(bus, 'h');
  const used = await newToken();
  const { browser, closed } = open(used);
  const { far } = await serveConsole(agent);
  far.send('login:');
  await once(browser, 'message');
  const failing = database.transaction(async (trx) => {
    await consoles.revoke(trx, id);
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  browser.send('still open');
  expect(String((await once(far, 'message'))[0])).toBe('still open');
  const farClosed = once(far, 'close');
  await database.transaction((trx) => consoles.revoke(trx, id));
  expect(await closed).toEqual({ code: 4404, reason: 'The machine was deleted.' });
  await farClosed;
  expect((await open(used).closed).code).toBe(4401);
});

test('a console ends with the sign-in it was asked for with, and its link with it', async () => {
  const agent = await FakeAgent.join(bus, 'h');
  const link = await newToken('serial', { ...context, session: 's1' });
  const { closed } = open(link);
  const { far } = await serveConsole(agent);
  const farClosed = once(far, 'close');
  signedIn.clear();
  await sessions.recheck();
  expect(await closed).toEqual({ code: 4401, reason: 'The sign-in has ended.' });
  await farClosed;
  expect(await open(link).closed).toEqual({ code: 4401, reason: 'The sign-in has ended.' });
});

test('a console that still waits for its host is ended by revoking too', async () => {
  const agent = await FakeAgent.join(bus, 'h');
  const { closed } = open(await newToken());
  const call = await agent.next('call');
  await database.transaction((trx) => consoles.revoke(trx, id));
  expect((await closed).code).toBe(4404);
  const error = { kind: 'operational', code: 'unavailable', origin: 'agent', message: 'gone' } as const;
  agent.send({ op: 'error', id: call.id, error });
});
