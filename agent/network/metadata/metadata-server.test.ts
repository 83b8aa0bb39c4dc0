import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OperationalError, UserError } from '../../../app/contract/errors.ts';
import { silentLog } from '../../testing/silent-log.ts';
import { makeTemporaryFolder } from '../../testing/temporary-folder.ts';
import { MOST_AT_ONCE } from './metadata-relay.ts';
import { MetadataServer, type Question } from './metadata-server.ts';

const MACHINE = '0b5d0f3e-8c5b-4c41-9d5e-0d6f4b8f9a10';
const OTHER = '11111111-2222-4333-8444-555555555555';

let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
let server: MetadataServer;
let path: string;
let asked: [string, Question][] = [];
/** What the controller does. */
let tell: () => Promise<string> = async () => 'told';

beforeEach(async () => {
  folder = await makeTemporaryFolder();
  path = join(folder.path, 'metadata');
  asked = [];
  tell = async () => 'told';
  server = await listen();
});

afterEach(async () => {
  server.close();
  await folder[Symbol.asyncDispose]();
});

async function listen(): Promise<MetadataServer> {
  const ask = async (machine: string, question: Question) => {
    asked.push([machine, question]);
    return { status: 200, type: 'text/plain' as const, body: Buffer.from(await tell()).toString('base64') };
  };
  const made = new MetadataServer(MACHINE, ask, silentLog);
  await made.listen(path);
  return made;
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

async function send(options: {
  path?: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}): Promise<Answer> {
  const { body = '', ...rest } = options;
  const sent = request({ socketPath: path, ...rest });
  sent.end(body);
  const [response] = await once(sent, 'response');
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** What comes back for those bytes until the connection ends. */
async function sendRaw(bytes: string): Promise<string> {
  const socket = connect(path);
  socket.on('error', () => undefined);
  socket.write(bytes);
  let said = '';
  socket.on('data', (part) => {
    said += part;
  });
  await new Promise((resolve) => socket.once('close', resolve));
  return said;
}

test('a question goes on as it is, and its answer comes back', async () => {
  const answer = await send({ path: '/openstack/latest/password?x=1', method: 'POST', body: 'secret' });
  expect(answer).toMatchObject({
    status: 200,
    body: 'told',
    headers: { 'content-type': 'text/plain; charset=UTF-8', connection: 'close' },
  });
  const body = Buffer.from('secret').toString('base64');
  expect(asked).toEqual([[MACHINE, { method: 'POST', path: '/openstack/latest/password?x=1', body }]]);
});

test('nothing that is sent says whose data it gets', async () => {
  await send({
    path: '/latest/meta-data',
    headers: {
      'x-instance-id': OTHER,
      'x-tenant-id': 'b'.repeat(32),
      'x-instance-id-signature': '0'.repeat(64),
      'x-forwarded-for': '10.0.0.9',
      host: '10.0.0.9',
    },
  });
  expect(asked).toEqual([[MACHINE, { method: 'GET', path: '/latest/meta-data', body: '' }]]);
});

test('while the controller is away it says so, and when to ask again', async () => {
  tell = () => Promise.reject(new OperationalError('unavailable', 'agent', 'There is no controller.'));
  expect(await send({ path: '/' })).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
  tell = async () => 'there again';
  expect(await send({ path: '/' })).toMatchObject({ status: 200, body: 'there again' });
});

test('what goes wrong in the cloud is not told', async () => {
  tell = () => Promise.reject(new UserError('bad_request', 'The file /etc/cumulet/vendor.json is not JSON.'));
  const answer = await send({ path: '/' });
  expect(answer.status).toBe(500);
  expect(answer.body).not.toContain('vendor');
});

test.each([
  ['a long path', { path: `/${'x'.repeat(3000)}` }, 414],
  ['a long head', { path: '/', headers: { 'x-long': 'x'.repeat(9000) } }, 431],
  ['a long body', { path: '/', method: 'POST', body: 'x'.repeat(100_000) }, 400],
])('%s is refused, and the controller hears nothing of it', async (_what, sent, status) => {
  expect((await send(sent)).status).toBe(status);
  expect(asked).toEqual([]);
});

test('a body without end is not read', async () => {
  const socket = connect(path);
  socket.on('error', () => undefined);
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
  const chunk = `1000\r\n${'x'.repeat(0x1000)}\r\n`;
  const writing = setInterval(() => socket.write(chunk), 1);
  try {
    await new Promise((resolve) => socket.once('close', resolve));
  } finally {
    clearInterval(writing);
  }
  expect(asked).toEqual([]);
});

test('one question a connection, also of many sent at once', async () => {
  const said = await sendRaw('GET /1 HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(50));
  expect(said.match(/HTTP\/1.1 200/g)).toHaveLength(1);
  expect(asked).toHaveLength(1);
});

test('what is no HTTP is ended', async () => {
  expect(await sendRaw('\x16\x03\x01\x02\x00 hello\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
});

test('no more are answered at once than there may be', async () => {
  let release: (told: string) => void = () => undefined;
  const told = new Promise<string>((resolve) => {
    release = resolve;
  });
  tell = () => told;
  const answers = Array.from({ length: 3 * MOST_AT_ONCE }, () => sendRaw('GET / HTTP/1.0\r\n\r\n'));
  // Those beyond are ended without an answer.
  const ended = await Promise.all(answers.slice(MOST_AT_ONCE));
  expect(new Set(ended)).toEqual(new Set(['']));
  release('told');
  const first = await Promise.all(answers.slice(0, MOST_AT_ONCE));
  expect(first.every((said) => said.endsWith('told'))).toBe(true);
  expect(asked).toHaveLength(MOST_AT_ONCE);
});

test('a socket that an agent has left behind is no hindrance', async () => {
  const next = await listen();
  expect(await send({ path: '/' })).toMatchObject({ status: 200 });
  next.close();
});
