import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { OperationalError } from '../contract/errors.ts';
import { once } from '../contract/testing/waiting.ts';
import { EdgeFixture } from './edge.fixture.ts';
import type { Edge } from './edge.ts';
import { route, type ServiceDefinition } from './route.ts';

let fixture: EdgeFixture | undefined;
const started = Promise.withResolvers<void>();
const finish = Promise.withResolvers<void>();

const rule = 'demo:any';
const service: ServiceDefinition = {
  name: 'demo',
  prefix: '/demo',
  root: '/demo',
  faults: 'nova',
  routes: [
    route({
      method: 'POST',
      path: '/things',
      rule,
      isPublic: true,
      body: z.unknown(),
      answer: z.unknown(),
      handler: async () => ({}),
    }),
    route({
      method: 'PUT',
      path: '/file',
      rule,
      isPublic: true,
      answer: z.unknown(),
      bodyTypes: ['application/octet-stream'],
      handler: async ({ raw }) => ({ length: (await text(raw.raw)).length }),
    }),
    route({
      method: 'GET',
      path: '/long',
      rule,
      isPublic: true,
      answer: z.unknown(),
      handler: async () => {
        started.resolve();
        await finish.promise;
        return { done: true };
      },
    }),
    route({
      method: 'GET',
      path: '/busy',
      rule,
      isPublic: true,
      answer: z.unknown(),
      handler: async () => {
        throw new OperationalError('unavailable', 'controller', 'Too much to do.', { retryAfter: 7 });
      },
    }),
  ],
};

async function open(patience: NonNullable<Parameters<typeof EdgeFixture.open>[1]>['patience'] = {}) {
  const prepare = ({ fastify }: Edge) => {
    fastify.get('/socket', { websocket: true }, () => {});
  };
  fixture = await EdgeFixture.open([service], { patience, prepare, rules: [{ name: rule, check: '' }] });
  return fixture;
}

function dial({ port }: EdgeFixture): Socket {
  return connect(port, '127.0.0.1').setEncoding('utf8');
}

const head = (method: string, path: string, type: string, length: number) =>
  `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n`;

afterEach(async () => {
  await fixture?.close();
});

test('headers that do not arrive in time end the connection', async () => {
  const socket = dial(await open({ headers: 100 }));
  socket.write('GET /demo/long HTTP/1.1\r\nhost: 127.');
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /);
});

test('a JSON body that does not arrive in time is answered with a fault, and the connection ends', async () => {
  const socket = dial(await open({ body: 100 }));
  socket.write(`${head('POST', '/demo/things', 'application/json', 100)}{"a": `);
  const answer = await text(socket);
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(answer).toContain('did not arrive in time');
});

test('an upload may take longer than a JSON body', async () => {
  const opened = await open({ body: 50 });
  const upload = dial(opened);
  const answer = text(upload);
  upload.write(`${head('PUT', '/demo/file', 'application/octet-stream', 5)}he`);
  // Began later, and is over.
  const json = dial(opened);
  json.write(head('POST', '/demo/things', 'application/json', 100));
  expect(await text(json)).toMatch(/^HTTP\/1\.1 408 /);
  upload.end('llo');
  expect(await answer).toMatch(/"length":5/);
});

test('an upload that stands still is cut, one that moves goes on for longer than that', async () => {
  const opened = await open({ stream: 1000 });
  const moving = dial(opened);
  const answer = text(moving);
  moving.write(`${head('PUT', '/demo/file', 'application/octet-stream', 100_000)}`);
  let sent = 0;
  const pieces = setInterval(() => {
    moving.write('.');
    sent += 1;
  }, 20);
  // Begins later, and is cut.
  const still = dial(opened);
  still.on('error', () => {});
  still.write(`${head('PUT', '/demo/file', 'application/octet-stream', 5)}he`);
  await once(still, 'close');
  clearInterval(pieces);
  moving.end('.'.repeat(100_000 - sent));
  expect(await answer).toMatch(/"length":100000/);
});

test('stopping lets a running request finish, and tells WebSockets that the server goes away', async () => {
  const opened = await open({ stop: 20_000 });
  const socket = new WebSocket(`ws://127.0.0.1:${opened.port}/socket`);
  await once(socket, 'open');
  const closed = once(socket, 'close');
  const running = opened.send('/demo/long');
  await started.promise;
  const stopped = opened.close();
  expect(((await closed) as [number])[0]).toBe(1001);
  await expect(opened.send('/demo/busy')).rejects.toThrow();
  finish.resolve();
  const answer = await running;
  expect(answer.json).toEqual({ done: true });
  expect(answer.headers.connection).toBe('close');
  await stopped;
});

test('a fault that knows when to try again says so', async () => {
  const { status, headers } = await (await open()).send('/demo/busy');
  expect([status, headers['retry-after']]).toEqual([503, '7']);
});

test.each([
  ['PUT', '/demo/things', 405],
  ['OPTIONS', '/demo/things', 405],
  ['GET', '/demo/nothing', 404],
  ['POST', '/demo/things', 415],
])('%s %s is a JSON fault of the service', async (method, path, status) => {
  const headers = { 'content-type': 'application/octet-stream' };
  const answer = await (await open()).send(path, { method, headers, body: 'x' });
  expect(answer.status).toBe(status);
  expect(Object.values(answer.json as object)[0]).toMatchObject({ code: status, message: expect.any(String) });
});
