import { request } from 'node:http';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { once } from '../contract/testing/waiting.ts';
import { EdgeFixture } from './edge.fixture.ts';
import { route } from './route.ts';

const ping = (method: 'GET' | 'POST') =>
  route({
    method,
    path: '/ping',
    rule: 'ping',
    isPublic: true,
    answer: z.unknown(),
    handler: async ({ origin }) => ({ origin }),
  });
const service = { name: 'v1', prefix: '/v1', root: '/v1', faults: 'v1' as const, routes: [ping('GET'), ping('POST')] };

let local: EdgeFixture;
let everywhere: EdgeFixture;

beforeAll(async () => {
  local = await EdgeFixture.open([service], {
    prepare: ({ fastify }) => {
      fastify.get('/socket', { websocket: true }, (socket) => socket.send('hello'));
    },
  });
  everywhere = await EdgeFixture.open([service], { prepare: ({ hostGuard }) => hostGuard.listenOn('0.0.0.0') });
});

afterAll(async () => {
  await local.close();
  await everywhere.close();
});

async function status(edge: EdgeFixture, headers: Record<string, string>, method = 'GET'): Promise<number> {
  return (await edge.send('/v1/ping', { method, headers })).status;
}

test('loopback and the computer’s own name are ours, with our port and in any case', async () => {
  for (const host of [
    `127.0.0.1:${local.port}`,
    'localhost',
    `LocalHost:${local.port}`,
    `[::1]:${local.port}`,
    hostname(),
  ]) {
    expect([host, await status(local, { host })]).toEqual([host, 200]);
  }
});

test('a name that only resolves to us is not (DNS rebinding)', async () => {
  const others = ['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io', '127.0.0.1@evil.example', '10.0.0.1'];
  for (const host of others) expect([host, await status(local, { host })]).toEqual([host, 400]);
  const { json, headers } = await local.send('/v1/ping', { headers: { host: 'evil.example' } });
  expect(json).toMatchObject({ error: { code: 'bad_request', hint: expect.any(String) } });
  expect(JSON.stringify(headers)).not.toContain('evil');
});

test('our names with the port of something else are not, but for those a proxy passes on', async () => {
  for (const host of ['localhost:1', '127.0.0.1:8774', `${hostname()}:1`]) {
    expect([host, await status(local, { host })]).toEqual([host, 400]);
  }
  expect(await status(everywhere, { host: '10.0.0.1:1' })).toBe(400);
  everywhere.edge.hostGuard.allow({ hosts: ['cloud.example'], origins: [] });
  expect(await status(everywhere, { host: 'cloud.example:1' })).toBe(200);
});

test('paths nobody serves are guarded as well', async () => {
  expect((await local.send('/nowhere', { headers: { host: 'evil.example' } })).status).toBe(400);
});

test('listening everywhere, any address is ours but no foreign name', async () => {
  for (const host of [`10.1.2.3:${everywhere.port}`, `[fe80::1]:${everywhere.port}`])
    expect(await status(everywhere, { host })).toBe(200);
  for (const host of ['evil.example', '10.1.2.3.nip.io']) expect(await status(everywhere, { host })).toBe(400);
});

test('a request without Host, or with a foreign one before ours, is refused', async () => {
  for (const start of [
    'HTTP/1.0',
    'HTTP/1.1',
    'HTTP/1.1\r\nHost:',
    'HTTP/1.1\r\nHost: evil.example\r\nHost: localhost',
  ]) {
    const socket = connect(local.port, '127.0.0.1');
    socket.write(`GET /v1/ping ${start}\r\nConnection: close\r\n\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1.1 400 /);
  }
});

test('only our own pages may send requests, whatever the method', async () => {
  const { host } = new URL(local.origin);
  for (const method of ['GET', 'POST']) {
    for (const origin of [`http://${host}`, `https://${host}`]) {
      expect([origin, await status(local, { host, origin }, method)]).toEqual([origin, 200]);
    }
    const others = ['http://evil.example', 'http://127.0.0.1:1', `http://${host}.evil.example`, 'null', 'file://', 'x'];
    for (const origin of others) {
      expect([method, origin, await status(local, { host, origin }, method)]).toEqual([method, origin, 403]);
    }
  }
});

test('no header lets another origin read our answers', async () => {
  const { headers, status: code } = await local.send('/v1/ping', {
    method: 'OPTIONS',
    headers: { origin: local.origin, 'access-control-request-method': 'GET' },
  });
  expect(code).toBe(405);
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
});

test('WebSockets are guarded as well', async () => {
  const url = `ws://127.0.0.1:${local.port}/socket`;
  const mine = new WebSocket(url, { origin: local.origin });
  expect(String((await once(mine, 'message'))[0])).toBe('hello');
  mine.terminate();
  const refused: { headers: Record<string, string>; status: number }[] = [
    { headers: { origin: 'http://evil.example' }, status: 403 },
    { headers: { origin: 'null' }, status: 403 },
    { headers: { host: 'evil.example' }, status: 400 },
  ];
  for (const { headers, status: wanted } of refused) {
    const socket = new WebSocket(url, { headers });
    const [, response] = await once(socket, 'unexpected-response');
    expect(response.statusCode).toBe(wanted);
    socket.on('error', () => undefined);
    socket.terminate();
  }
});

test('an absolute address in the request line has to be that of the Host header', async () => {
  const ask = async (path: string) => {
    const sent = request({ host: '127.0.0.1', port: local.port, path });
    sent.end();
    const [response] = await once(sent, 'response');
    return [response.statusCode, JSON.parse(await text(response))];
  };
  expect(await ask(`${local.origin}/v1/ping`)).toEqual([200, { origin: local.origin }]);
  for (const path of ['http://evil.example/v1/ping', 'ftp://127.0.0.1/v1/ping', '*', 'http://[/v1/ping']) {
    expect((await ask(path))[0]).toBe(400);
  }
});
