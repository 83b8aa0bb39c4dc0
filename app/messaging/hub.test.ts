import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { type BusProgress, defineMethod } from '../contract/bus.ts';
import { OperationalError, UserError } from '../contract/errors.ts';
import { once } from '../contract/testing/waiting.ts';
import { systemContext } from '../policy/authorization.ts';
import { FakeAgent, listen } from './bus.fixture.ts';
import type { PeerChange } from './bus.ts';
import { Hub } from './hub.ts';

const double = defineMethod('math.double', 1, z.object({ n: z.number().max(100) }), z.object({ n: z.number() }));
const context = systemContext('req-1');

let hub: Hub;
let server: Awaited<ReturnType<typeof listen>>;
let changes: PeerChange[];
/** The host the secret of the next connection belongs to. */
let allowedHost: string | null;

beforeEach(async () => {
  hub = new Hub({ log: pino({ level: 'silent' }), controllerId: 'c1' });
  changes = [];
  allowedHost = null;
  hub.onPeerChange((change) => changes.push(change));
  server = await listen((socket) => hub.accept(socket, allowedHost));
});

afterEach(async () => {
  hub.close();
  await server.close();
});

const call = (host: string, options = {}) => hub.call(`agent.${host}`, double, { n: 2 }, context, options);

test('a call waits for the answer of its host', async () => {
  const agent = await FakeAgent.join(server.url, 'a');
  const answers = [call('a'), hub.call('agent.a', double, { n: 3 }, context)];
  const [one, two] = [await agent.next('call'), await agent.next('call')];
  expect(one).toMatchObject({ topic: 'agent.a', method: 'math.double', version: 1, args: { n: 2 }, context });
  agent.send({ op: 'result', id: two.id, result: { n: 6 } });
  agent.send({ op: 'result', id: one.id, result: { n: 4 } });
  expect(await Promise.all(answers)).toEqual([{ n: 4 }, { n: 6 }]);
});

test('progress comes before the answer, none after it', async () => {
  const agent = await FakeAgent.join(server.url, 'a');
  const told: BusProgress[] = [];
  const answer = call('a', { onProgress: (progress: BusProgress) => told.push(progress) });
  const { id } = await agent.next('call');
  const progress = { stage: 'image', done: 1, total: 10, unit: 'bytes' as const };
  agent.send({ op: 'progress', id, progress });
  agent.send({ op: 'result', id, result: { n: 4 } });
  agent.send({ op: 'progress', id, progress: { ...progress, done: 9 } });
  await answer;
  const again = call('a');
  agent.send({ op: 'result', id: (await agent.next('call')).id, result: { n: 4 } });
  await again;
  expect(told).toEqual([progress]);
});

test('an error crosses as itself, one of a newer version as unexpected', async () => {
  const agent = await FakeAgent.join(server.url, 'a');
  const known = call('a');
  const error = {
    kind: 'operational',
    code: 'disk_full',
    origin: 'hypervisor',
    message: 'full',
    hint: 'Free some.',
  } as const;
  agent.send({ op: 'error', id: (await agent.next('call')).id, error });
  const caught = await known.catch((reason) => reason);
  expect(caught).toBeInstanceOf(OperationalError);
  expect(caught).toMatchObject({
    code: 'disk_full',
    origin: 'hypervisor',
    message: 'full',
    hint: 'Free some.',
    status: 507,
  });
  const unknown = call('a');
  agent.send({ op: 'error', id: (await agent.next('call')).id, error: { ...error, code: 'melted' } });
  await expect(unknown).rejects.toMatchObject({ code: 'unexpected', message: 'full', status: 500 });
});

test('abort is sent to the host, and what it answers counts', async () => {
  const agent = await FakeAgent.join(server.url, 'a');
  const controller = new AbortController();
  const answer = call('a', { signal: controller.signal });
  const { id } = await agent.next('call');
  controller.abort();
  expect(await agent.next('abort')).toEqual({ op: 'abort', id });
  const error = { kind: 'user', code: 'aborted', origin: 'user', message: 'stopped' } as const;
  agent.send({ op: 'error', id, error });
  await expect(answer).rejects.toBeInstanceOf(UserError);
});

test('a call that was aborted before never leaves, nor one with wrong arguments', async () => {
  const agent = await FakeAgent.join(server.url, 'a');
  await expect(call('a', { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
  await expect(hub.call('agent.a', double, { n: 101 }, context)).rejects.toThrow();
  hub.cast('agent.a', double, { n: 5 }, context);
  expect(await agent.next('cast')).toMatchObject({ args: { n: 5 } });
});

test('an answer that is none is the agent’s fault', async () => {
  const agent = await FakeAgent.join(server.url, 'a');
  const answer = call('a');
  agent.send({ op: 'result', id: (await agent.next('call')).id, result: { n: 'four' } });
  await expect(answer).rejects.toMatchObject({ code: 'unexpected', origin: 'agent' });
});

test('calls end with the connection they went out on', async () => {
  const agent = await FakeAgent.join(server.url, 'a');
  const answer = call('a');
  await agent.next('call');
  agent.socket.terminate();
  await expect(answer).rejects.toMatchObject({ code: 'unavailable', message: 'Host a is not connected.' });
  expect(changes).toEqual([
    { host: 'a', state: 'up' },
    { host: 'a', state: 'down' },
  ]);
});

test('a host that dials again replaces its connection; calls on the old one end, the host stays up', async () => {
  const old = await FakeAgent.join(server.url, 'a');
  const lost = expect(call('a')).rejects.toMatchObject({ code: 'unavailable' });
  await old.next('call');
  const closed = old.closed();
  const fresh = await FakeAgent.join(server.url, 'a');
  await lost;
  expect(await closed).toEqual({ code: 1008, reason: 'replaced by a newer connection' });
  const answer = call('a');
  fresh.send({ op: 'result', id: (await fresh.next('call')).id, result: { n: 4 } });
  expect(await answer).toEqual({ n: 4 });
  expect(changes).toEqual([
    { host: 'a', state: 'up' },
    { host: 'a', state: 'up' },
  ]);
});

test('a host cannot answer for another', async () => {
  const [a, b] = [await FakeAgent.join(server.url, 'a'), await FakeAgent.join(server.url, 'b')];
  const answer = call('a');
  const { id } = await a.next('call');
  b.send({ op: 'result', id, result: { n: 666 } });
  // What b sent has been read once it is answered.
  b.send({ op: 'call', id: 'x', topic: 'compute', method: 'no.such', version: 1, context, args: {} });
  await b.next('error');
  a.send({ op: 'result', id, result: { n: 4 } });
  expect(await answer).toEqual({ n: 4 });
});

test('a call waits for a host that is away, as long as it is told', async () => {
  const answer = call('late');
  await expect(call('late', { waitForPeer: 0 })).rejects.toMatchObject({ code: 'unavailable' });
  const controller = new AbortController();
  const impatient = call('late', { signal: controller.signal });
  controller.abort(new Error('enough'));
  await expect(impatient).rejects.toThrow('enough');
  const agent = await FakeAgent.join(server.url, 'late');
  agent.send({ op: 'result', id: (await agent.next('call')).id, result: { n: 4 } });
  expect(await answer).toEqual({ n: 4 });
});

test('casts and fanout reach who is there, and nobody else', async () => {
  const agents = [await FakeAgent.join(server.url, 'a'), await FakeAgent.join(server.url, 'b')];
  hub.cast('agent.nobody', double, { n: 1 }, context);
  hub.fanout(double, { n: 7 }, context);
  for (const agent of agents) expect(await agent.next('cast')).toMatchObject({ args: { n: 7 } });
});

test('hosts call the controller: answers, errors, unknown methods and versions', async () => {
  const agent = await FakeAgent.join(server.url, 'a');
  hub.handle(double, async ({ n }, { requestId }) => {
    if (n === 13) throw new UserError('conflict', `not ${n} for ${requestId}`);
    return { n: n * 2 };
  });
  const ask = (id: string, args: unknown, method = 'math.double', version = 1) =>
    agent.send({ op: 'call', id, topic: 'compute', method, version, context, args });
  ask('1', { n: 5 });
  expect(await agent.next('result')).toEqual({ op: 'result', id: '1', result: { n: 10 } });
  ask('2', { n: 13 });
  expect(await agent.next('error')).toMatchObject({
    id: '2',
    error: { code: 'conflict', message: 'not 13 for req-1' },
  });
  ask('3', { n: 'x' });
  expect(await agent.next('error')).toMatchObject({ id: '3', error: { code: 'bad_request' } });
  ask('4', { n: 1 }, 'math.double', 2);
  expect(await agent.next('error')).toMatchObject({
    id: '4',
    error: { code: 'unknown_method', hint: expect.any(String) },
  });
  ask('5', {}, 'no.such');
  expect(await agent.next('error')).toMatchObject({ id: '5', error: { code: 'unknown_method' } });
  agent.send({ op: 'cast', topic: 'compute', method: 'no.such', version: 1, context, args: {} });
  ask('6', { n: 1 });
  expect(await agent.next('result')).toMatchObject({ id: '6' });
});

test.for<[string, string[]]>([
  ['not a frame of the bus', ['no json']],
  ['not a frame of the bus', ['{"op":"hello","host":"a","epoch":"e","protocol":2}']],
  ['one hello is enough', Array(2).fill('{"op":"hello","host":"a","epoch":"e","protocol":1}')],
])('a connection is refused: %s', async ([reason, frames]) => {
  const agent = new FakeAgent(new WebSocket(server.url));
  await once(agent.socket, 'open');
  const closed = agent.closed();
  for (const frame of frames) agent.socket.send(frame);
  expect(await closed).toEqual({ code: 1008, reason });
});

test('a host can only say hello as whom its secret was made for', async () => {
  allowedHost = 'b';
  const agent = new FakeAgent(new WebSocket(server.url));
  await once(agent.socket, 'open');
  agent.send({ op: 'hello', host: 'a', epoch: 'e1', protocol: 1 });
  expect((await agent.closed()).reason).toBe('this secret belongs to another host');
  expect(changes).toEqual([]);
});

test('the end of the hub ends calls, waiting ones too, and tells nobody that hosts went away', async () => {
  const agent = await FakeAgent.join(server.url, 'a');
  const [running, waiting] = [call('a'), call('late')];
  await agent.next('call');
  const closed = agent.closed();
  hub.close();
  await expect(running).rejects.toMatchObject({ code: 'unavailable' });
  await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
  await expect(call('a')).rejects.toMatchObject({ code: 'unavailable' });
  expect((await closed).code).toBe(1001);
  expect((await new FakeAgent(new WebSocket(server.url)).closed()).code).toBe(1001);
  expect(changes).toEqual([{ host: 'a', state: 'up' }]);
});
