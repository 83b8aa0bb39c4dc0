import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { OperationalError } from '../contract/errors.ts';
import { once } from '../contract/testing/waiting.ts';
import { EdgeFixture } from './edge.fixture.ts';
import { route, type ServiceDefinition } from './route.ts';
import { requireWebSocket } from './web-socket.ts';

const rule = 'demo:any';
const service: ServiceDefinition = {
  name: 'demo',
  prefix: '/demo',
  root: '/demo',
  faults: 'nova',
  routes: [
    route({ method: 'GET', path: '/things', rule, isPublic: true, answer: z.unknown(), handler: async () => [] }),
    route({
      method: 'POST',
      path: '/things',
      rule,
      isPublic: true,
      body: z.strictObject({ name: z.string() }),
      answer: z.unknown(),
      handler: async ({ body }) => body,
    }),
    route({ method: 'PUT', path: '/things', rule, body: z.unknown(), answer: z.unknown(), handler: async () => ({}) }),
    route({
      method: 'GET',
      path: '/endless',
      rule,
      isPublic: true,
      answerTypes: ['application/octet-stream'],
      handler: async ({ reply }) => {
        const block = Buffer.alloc(64 * 1024);
        return await reply.send(
          new Readable({
            read() {
              this.push(block);
            },
          }),
        );
      },
    }),
    route({
      method: 'GET',
      path: '/busy',
      rule,
      isPublic: true,
      answer: z.unknown(),
      handler: async () => {
        throw new OperationalError('too_many_requests', 'controller', 'Too much.', { retryAfter: 6.2 });
      },
    }),
  ],
};

let edge: EdgeFixture;

beforeAll(async () => {
  edge = await EdgeFixture.open([service], {
    rules: [{ name: rule, check: '@' }],
    patience: { stream: 300 },
    prepare: ({ fastify, hostGuard }) => {
      fastify.get('/socket', { websocket: true, onRequest: requireWebSocket }, () => {});
      hostGuard.allow({ hosts: ['Cloud.example'], origins: ['https://pages.example'] });
    },
  });
});

afterAll(async () => {
  await edge.close();
});

/** One request exactly as it is written, with `Host` where none is in it, and the answer's status, type and body. */
async function send(lines: string, body: string | Buffer = '') {
  const host = /^host:/im.test(lines) ? '' : `host: 127.0.0.1:${edge.port}\r\n`;
  const socket = connect(edge.port, '127.0.0.1');
  const [first = '', ...rest] = lines.split('\n');
  socket.write(`${first}\r\n${host}${rest.map((line) => `${line}\r\n`).join('')}connection: close\r\n\r\n`);
  socket.write(body);
  const answer = await text(socket);
  const [head = '', ...content] = answer.split('\r\n\r\n');
  return {
    status: Number(head.split(' ')[1]),
    isJson: /^content-type: application\/json/im.test(head),
    hasId: /^x-openstack-request-id: req-/im.test(head),
    content: content.join('\r\n\r\n'),
  };
}

const JSON_TYPE = 'content-type: application/json';
const UPGRADE = 'upgrade: websocket\nsec-websocket-version: 13\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==';

const NAMED = '{"name":"a"}';
const named = (md5: string) =>
  `POST /demo/things HTTP/1.1\n${JSON_TYPE}\ncontent-length: ${NAMED.length}\ncontent-md5: ${md5}`;

test.for<[string, string, string | Buffer, number]>([
  ['two Host headers', 'GET /demo/things HTTP/1.1\nhost: localhost\nhost: evil.example', '', 400],
  ['an unknown method', 'BREW /demo/things HTTP/1.1', '', 400],
  ['a method of WebDAV', 'PROPFIND /demo/things HTTP/1.1', '', 405],
  ['TRACE', 'TRACE /demo/things HTTP/1.1', '', 405],
  ['a tunnel', 'CONNECT evil.example:443 HTTP/1.1', '', 405],
  ['a header that is too large', `GET /demo/things HTTP/1.1\nx-a: ${'x'.repeat(20_000)}`, '', 431],
  ['a folded header', 'GET /demo/things HTTP/1.1\nx-a: 1\n 2', '', 400],
  ['a NUL in the path', 'GET /demo/\0 HTTP/1.1', '', 400],
  ['raw UTF-8 in the path', 'GET /demo/名 HTTP/1.1', '', 400],
  ['a path upwards', 'GET /demo/%2e%2e/%2e%2e/etc/passwd HTTP/1.1', '', 404],
  ['half a character in the path', 'GET /demo/%ff HTTP/1.1', '', 400],
  ['two lengths', `POST /demo/things HTTP/1.1\n${JSON_TYPE}\ncontent-length: 2\ncontent-length: 3`, '{}', 400],
  [
    'length and chunks',
    `POST /demo/things HTTP/1.1\n${JSON_TYPE}\ncontent-length: 2\ntransfer-encoding: chunked`,
    '',
    400,
  ],
  ['the hash of its body', named('iBSOQRubQkouDd8QjLArqg=='), NAMED, 200],
  ['the hash of another body', named('1B2M2Y8AsgTpgAmY7PhCfg=='), NAMED, 400],
  ['a hash that is none', named('abc'), NAMED, 400],
  ['a chunk of no size', `POST /demo/things HTTP/1.1\n${JSON_TYPE}\ntransfer-encoding: chunked`, 'zz\r\n', 400],
  ['a packed body', `POST /demo/things HTTP/1.1\n${JSON_TYPE}\ncontent-encoding: gzip\ncontent-length: 2`, '{}', 415],
  ['packed chunks', `POST /demo/things HTTP/1.1\n${JSON_TYPE}\ntransfer-encoding: gzip, chunked`, '0\r\n\r\n', 400],
  ['UTF-16', `POST /demo/things HTTP/1.1\n${JSON_TYPE}; charset=utf-16\ncontent-length: 2`, '{}', 415],
  [
    'a body that is no UTF-8',
    `POST /demo/things HTTP/1.1\n${JSON_TYPE}\ncontent-length: 13`,
    Buffer.from('{"name": "\xff"}', 'latin1'),
    400,
  ],
  ['a form', 'POST /demo/things HTTP/1.1\ncontent-type: multipart/form-data\ncontent-length: 1', 'x', 415],
  ['an expectation', `POST /demo/things HTTP/1.1\n${JSON_TYPE}\nexpect: magic\ncontent-length: 2`, '{}', 417],
  ['no sign-in and a broken body', `PUT /demo/things HTTP/1.1\n${JSON_TYPE}\ncontent-length: 2`, '{{', 401],
  ['a WebSocket where there is none', `GET /demo/things HTTP/1.1\nconnection: upgrade\n${UPGRADE}`, '', 400],
  ['a WebSocket nowhere', `GET /nowhere HTTP/1.1\nconnection: upgrade\n${UPGRADE}`, '', 400],
  ['none where there is one', 'GET /socket HTTP/1.1', '', 400],
])('%s is a JSON fault with the id of the request', async ([, lines, body, status]) => {
  const { content, ...answer } = await send(lines, body);
  expect(answer).toEqual({ status, isJson: true, hasId: true });
  expect(JSON.parse(content)).toEqual(expect.any(Object));
});

test('an upgrade to what is not spoken here is no more than a request', async () => {
  const upgrade = 'connection: upgrade, http2-settings\nupgrade: h2c\nhttp2-settings: AAMAAABkAAQAAP__';
  expect((await send(`GET /demo/things HTTP/1.1\n${upgrade}`)).status).toBe(200);
});

test('names and origins of the settings count, and no page gets leave to read', async () => {
  expect((await send('GET /demo/things HTTP/1.1\nhost: cloud.example:8080')).status).toBe(200);
  expect((await send('GET /demo/things HTTP/1.1\norigin: https://pages.example')).status).toBe(200);
  expect((await send('GET /demo/things HTTP/1.1\norigin: https://other.example')).status).toBe(403);
  const { headers } = await edge.send('/demo/things', { headers: { origin: 'https://pages.example' } });
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
});

test('requests on one connection are answered in their order', async () => {
  const socket = connect(edge.port, '127.0.0.1');
  const host = `host: 127.0.0.1:${edge.port}`;
  socket.write(
    `GET /demo/things HTTP/1.1\r\n${host}\r\n\r\nGET /demo/no HTTP/1.1\r\n${host}\r\nconnection: close\r\n\r\n`,
  );
  expect((await text(socket)).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404']);
});

test('a head that is too much is refused by the name of what is', async () => {
  const long = await send(`GET /demo/${'x'.repeat(12_000)} HTTP/1.1`);
  expect([long.status, long.content]).toEqual([414, expect.stringContaining('path')]);
  const headers = Array.from({ length: 101 }, (_, n) => `x-${n}: 1`).join('\n');
  expect((await send(`GET /demo/things HTTP/1.1\n${headers}`)).status).toBe(431);
  const many = await send(`GET /demo/things?a=1&${'tag=x&'.repeat(400)} HTTP/1.1`);
  expect([many.status, many.content]).toEqual([400, expect.stringContaining('tag')]);
  for (const place of ['things?name=a%00b', 'things?a%00=b', 'things/a%00b']) {
    expect([place, (await send(`GET /demo/${place} HTTP/1.1`)).status]).toEqual([place, 400]);
  }
  expect((await send('GET /demo/things?name=%ED%A0%80 HTTP/1.1')).status).toBe(200);
});

test('a body that needs no token is small, and refused before it is read', async () => {
  const head = 'POST /demo/things HTTP/1.1\ncontent-type: application/json\ncontent-length: 200000';
  expect((await send(head, '{')).status).toBe(413);
});

test('who does not read the answer is cut off', async () => {
  const socket = connect(edge.port, '127.0.0.1').pause();
  socket.on('error', () => {});
  socket.write(`GET /demo/endless HTTP/1.1\r\nhost: 127.0.0.1:${edge.port}\r\n\r\n`);
  const [accepted] = await once(edge.edge.fastify.server, 'connection');
  await once(accepted, 'close');
  socket.destroy();
});

test('too many requests: when to come again stands in the header and, as in Nova, in the body', async () => {
  const { status, headers, json } = await edge.send('/demo/busy');
  expect([status, headers['retry-after'], json]).toEqual([
    429,
    '7',
    { overLimit: { code: 429, message: 'Too much.', retryAfter: '7' } },
  ]);
});
