import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { UserError } from '../contract/errors.ts';
import { once } from '../contract/testing/waiting.ts';
import { EdgeFixture } from '../http/edge.fixture.ts';
import { AgentSecret } from './agent-secret.ts';
import { FakeAgent } from './bus.fixture.ts';
import { type BusRouteParts, registerBusRoutes } from './bus.routes.ts';
import { Hub } from './hub.ts';
import { StreamBroker } from './stream-broker.ts';

let folder: string;
let edge: EdgeFixture;
let authorization: string;
const taken: { content: string; bytes: number | undefined; sha512: string | undefined }[] = [];
const hub = new Hub({ log: pino({ level: 'silent' }), controllerId: 'c1' });
const streams = new StreamBroker();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-bus-'));
  const secret = await AgentSecret.open(folder);
  authorization = `Bearer ${await readFile(join(folder, 'secrets', 'agent'), 'utf8')}`;
  await writeFile(join(folder, 'image'), '0123456789');
  await writeFile(join(folder, 'nothing'), '');
  const storedImage = async (id: string) => {
    if (id !== 'image' && id !== 'nothing') throw new UserError('not_found', `Image ${id} could not be found.`);
    return { path: join(folder, id), size: (await stat(join(folder, id))).size, sha512: 'abc' };
  };
  const takeImage: BusRouteParts['takeImage'] = async (id, source, { bytes, sha512 }) => {
    if (id !== 'awaited') throw new UserError('not_found', `Image ${id} waits for no bytes.`);
    const content = await buffer(source);
    taken.push({ content: content.toString(), bytes, sha512: sha512() });
  };
  edge = await EdgeFixture.open([], {
    prepare: (real) => registerBusRoutes(real, { hub, streams, secret, storedImage, takeImage }),
  });
});

afterAll(async () => {
  hub.close();
  await edge.close();
  await rm(folder, { recursive: true, force: true });
});

function dial(path: string, headers: Record<string, string>): WebSocket {
  return new WebSocket(edge.origin.replace('http', 'ws') + path, { headers });
}

test('the secret is made once, for its owner only, and read again', async () => {
  expect((await stat(join(folder, 'secrets', 'agent'))).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'secrets'))).mode & 0o777).toBe(0o700);
  expect((await AgentSecret.open(folder)).matches(authorization)).toBe(true);
  const other = await AgentSecret.open(join(folder, 'other'));
  for (const header of [undefined, '', 'Bearer ', 'Bearer x', authorization, `${authorization}x`]) {
    expect(other.matches(header)).toBe(false);
  }
  await writeFile(join(folder, 'other', 'secrets', 'agent'), '\n');
  await expect(AgentSecret.open(join(folder, 'other'))).rejects.toMatchObject({ hint: expect.any(String) });
});

test.for(['/bus', '/bus/stream/1'])('%s needs the secret', async (path) => {
  for (const headers of [{}, { authorization: 'Bearer wrong' }, { 'x-auth-token': 'admin' }]) {
    const socket = dial(path, headers as Record<string, string>);
    const [, response] = await once(socket, 'unexpected-response');
    expect(response.statusCode).toBe(401);
    socket.on('error', () => undefined).terminate();
  }
  // What asks for no upgrade is told so.
  expect((await edge.send(path, { headers: { authorization } })).status).toBe(400);
});

test('an agent with the secret is welcome, and its streams find who waits', async () => {
  const agent = new FakeAgent(dial('/bus', { authorization }));
  await once(agent.socket, 'open');
  agent.send({ op: 'hello', host: 'h', epoch: 'e', protocol: 1 });
  expect(await agent.next('welcome')).toEqual({ op: 'welcome', controllerId: 'c1', hostId: 'h' });
  const { streamId, socket, done } = streams.expect();
  const stream = dial(`/bus/stream/${streamId}`, { authorization });
  const closed = once(stream, 'close');
  await socket;
  done();
  await closed;
  agent.socket.terminate();
});

test('broken frames end the connection, not the controller', async () => {
  const agent = new FakeAgent(dial('/bus', { authorization }));
  await once(agent.socket, 'open');
  const closed = agent.closed();
  agent.socket.on('error', () => undefined);
  agent.socket.send(Buffer.alloc(17 * 1024 * 1024));
  expect((await closed).code).toBe(1009);
  expect((await edge.send('/bus/images/image', { headers: { authorization } })).status).toBe(200);
});

test('an image is sent whole or in part, to agents only', async () => {
  const get = (headers: object, id = 'image') =>
    edge.send(`/bus/images/${id}`, { headers: { authorization, ...headers } });
  const whole = await get({});
  expect(whole).toMatchObject({ status: 200, text: '0123456789' });
  expect(whole.headers).toMatchObject({ 'accept-ranges': 'bytes', etag: '"abc"', 'content-length': '10' });
  const part = await get({ range: 'bytes=4-' });
  expect(part).toMatchObject({ status: 206, text: '456789' });
  expect(part.headers).toMatchObject({ 'content-range': 'bytes 4-9/10', 'content-length': '6' });
  expect((await get({ range: 'bytes=10-' })).status).toBe(416);
  expect(await get({}, 'nothing')).toMatchObject({ status: 200, text: '' });
  expect((await get({}, 'missing')).status).toBe(404);
  expect((await get({ authorization: 'Bearer wrong' })).status).toBe(401);
});

test('an image that waits takes bytes, with their hash behind them, from agents only', async () => {
  const put = async (id: string, headers: Record<string, string>, isAgent = true) => {
    const request = httpRequest(`${edge.origin}/bus/images/${id}`, {
      method: 'PUT',
      headers: {
        ...(isAgent && { authorization }),
        ...{ 'content-type': 'application/octet-stream', 'transfer-encoding': 'chunked', trailer: 'x-content-sha512' },
        ...headers,
      },
    });
    request.write('01234');
    request.addTrailers({ 'x-content-sha512': 'abc' });
    request.end('56789');
    const [response] = await once(request, 'response');
    response.resume();
    return response.statusCode;
  };
  expect(await put('awaited', { 'x-openstack-image-size': '10' })).toBe(204);
  expect(await put('awaited', { 'x-openstack-image-size': '-1' })).toBe(204);
  expect(taken).toEqual([
    { content: '0123456789', bytes: 10, sha512: 'abc' },
    { content: '0123456789', bytes: undefined, sha512: 'abc' },
  ]);
  expect(await put('image', {})).toBe(404);
  expect(await put('awaited', {}, false)).toBe(401);
  const head = (id: string) => edge.send(`/bus/images/${id}`, { method: 'HEAD', headers: { authorization } });
  expect([(await head('image')).status, (await head('awaited')).status]).toEqual([200, 404]);
});
