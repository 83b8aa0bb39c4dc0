import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { EdgeFixture } from './edge.fixture.ts';
import { route } from './route.ts';

const page = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };
const service = {
  name: 'v1',
  prefix: '/v1',
  root: '/v1',
  faults: 'v1' as const,
  routes: [
    route({
      method: 'GET',
      path: '/ping',
      rule: 'ping',
      isPublic: true,
      answer: z.unknown(),
      handler: async () => ({}),
    }),
  ],
};

/** Another API, to see in whose words it is. */
const compute = { ...service, name: 'compute', prefix: '/compute/v2.1', root: '/compute', faults: 'nova' as const };

const INLINE = "addEventListener('error', () => {});\nlet a;";

let folder: string;
let edge: EdgeFixture;
let bare: EdgeFixture;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-dashboard-'));
  const dashboardDir = join(folder, 'dashboard');
  await mkdir(join(dashboardDir, 'assets'), { recursive: true });
  await writeFile(join(dashboardDir, 'index.html'), `<!doctype html><title>Cumulet</title><script>${INLINE}</script>`);
  await writeFile(join(dashboardDir, 'assets', 'main-abc123.js'), 'export {};');
  await writeFile(join(folder, 'secret'), 'outside');
  edge = await EdgeFixture.open([service, compute], { dashboardDir });
  bare = await EdgeFixture.open([service], { dashboardDir: join(folder, 'never-built') });
});

afterAll(async () => {
  await edge.close();
  await bare.close();
  await rm(folder, { recursive: true, force: true });
});

test('the page is never kept without asking, files with a hash in their name for ever', async () => {
  const index = await edge.send('/');
  expect(index).toMatchObject({ status: 200, text: expect.stringContaining('Cumulet') });
  expect(index.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' });
  const script = await edge.send('/assets/main-abc123.js');
  expect(script.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(script.headers['content-type']).toMatch(/javascript/);
  const again = await edge.send('/', { headers: { 'if-none-match': String(index.headers.etag) } });
  expect(again.status).toBe(304);
});

test('pages may load only what is ours, and nobody may frame them', async () => {
  for (const path of ['/', '/machines/42']) {
    const { headers } = await edge.send(path, page);
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toEqual(
      expect.arrayContaining([
        "connect-src 'self'",
        "default-src 'self'",
        `script-src 'self' 'sha256-${createHash('sha256').update(INLINE).digest('base64')}'`,
        "object-src 'none'",
        "frame-ancestors 'none'",
      ]),
    );
    expect(policy.find((rule) => rule.startsWith('script-src'))).not.toContain('unsafe');
    expect(headers).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  }
});

test('addresses of the dashboard give the page, to browsers that ask for one', async () => {
  for (const path of ['/machines', '/machines/42?tab=log', '/console/vnc?token=abc']) {
    const answer = await edge.send(path, page);
    expect([path, answer.status, answer.headers['cache-control']]).toEqual([path, 200, 'no-cache']);
    expect(answer.text).toContain('<!doctype html>');
  }
});

test.for<[string, string, object, number]>([
  ['a program', '/machines', { headers: { accept: 'application/json' } }, 404],
  ['no Accept', '/machines', {}, 404],
  ['a POST', '/machines', { ...page, method: 'POST' }, 404],
  ['a missing file', '/assets/old-hash.js', page, 404],
  ['an API’s address', '/v1/nowhere', page, 404],
  ['another method on an API', '/v1/ping', { ...page, method: 'DELETE' }, 405],
  ['a folder', '/assets', { headers: { accept: '*/*' } }, 404],
])('%s does not get the page', async ([, path, asked, status]) => {
  const answer = await edge.send(path, asked);
  expect(answer.status).toBe(status);
  expect(answer.text).not.toContain('<!doctype html>');
  expect(answer.json).toHaveProperty('error');
});

test.for(['/', '/assets/main-abc123.js', '/machines'])('%s is no WebSocket', async (path) => {
  const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };
  const key = { 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };
  expect(await edge.send(path, { headers: { ...page.headers, ...upgrade, ...key } })).toMatchObject({ status: 400 });
});

test('HEAD answers as GET without the body', async () => {
  const head = await edge.send('/', { method: 'HEAD' });
  expect(head).toMatchObject({ status: 200, text: '' });
  expect(Number(head.headers['content-length'])).toBe((await edge.send('/')).text.length);
});

test.for([
  '/../secret',
  '/%2e%2e/secret',
  '/..%2fsecret',
  '/assets/..%5c..%5csecret',
  '//../secret',
  '/%00',
  '/.%2e/%2e./secret',
])('%s does not lead out of the folder', async (path) => {
  const answer = await edge.send(path);
  expect(answer.text).not.toContain('outside');
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
});

test.for([
  '//compute/v2.1/ping',
  '/compute//v2.1/ping',
  '/compute/v2.1//ping',
  '/./compute/v2.1/ping',
  '/compute/v2.1/../v2.1/ping',
  '/%2e/compute/v2.1/ping',
  '/v1/../compute/v2.1/ping',
  '/\\compute/v2.1/ping',
])('%s is not there, in the words of the API that is meant', async (path) => {
  for (const asked of [{}, page, { method: 'POST' }]) {
    const answer = await edge.send(path, asked);
    expect([answer.status, answer.json]).toEqual([404, { itemNotFound: expect.objectContaining({ code: 404 }) }]);
  }
});

test.for(['//', '//machines', '/machines/../', '/assets//main-abc123.js', '/./', '//evil.example/page'])(
  '%s is neither a page nor a file',
  async (path) => {
    for (const asked of [{}, page, { method: 'HEAD' }]) expect((await edge.send(path, asked)).status).toBe(404);
  },
);

test('without a built dashboard there are the APIs', async () => {
  expect((await bare.send('/v1/ping')).status).toBe(200);
  for (const path of ['/', '/machines']) expect((await bare.send(path, page)).status).toBe(404);
});
