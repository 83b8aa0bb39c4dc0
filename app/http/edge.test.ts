import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Delegation } from '../contract/context.ts';
import { OperationalError, UserError } from '../contract/errors.ts';
import { ADMIN, ANYONE, MEMBER, READER, rules } from '../policy/base.policy.ts';
import { EdgeFixture } from './edge.fixture.ts';
import { type FaultStyle, route, type ServiceDefinition } from './route.ts';

const RULES = [
  ...rules(ANYONE, ['get_authenticated']),
  ...rules(READER, ['get_reader']),
  ...rules(MEMBER, ['get_member']),
  ...rules(ADMIN, ['get_admin']),
];

const STYLES: FaultStyle[] = ['nova', 'keystone', 'glance', 'neutron', 'v1'];
const thing = z.strictObject({ thing: z.strictObject({ name: z.string(), size: z.number().optional() }) });

/** The same routes for every API, at `/<style>`. */
function service(faults: FaultStyle): ServiceDefinition {
  const accesses = ['public', 'authenticated', 'reader', 'member', 'admin'];
  const microversions =
    faults === 'nova'
      ? {
          requestIdHeader: 'x-compute-request-id',
          microversions: { type: 'compute', min: 1, max: 96, legacyHeader: 'x-openstack-nova-api-version' },
        }
      : {};
  return {
    name: faults,
    prefix: `/${faults}`,
    root: `/${faults}`,
    faults,
    ...microversions,
    routes: [
      ...accesses.map((access) =>
        route({
          method: 'GET',
          path: `/for/${access}`,
          rule: `get_${access}`,
          isPublic: access === 'public',
          answer: z.unknown(),
          handler: async ({ context }) => ({ user: context.userName, project: context.projectId }),
        }),
      ),
      route({
        method: 'POST',
        path: '/things',
        rule: 'create_thing',
        isPublic: true,
        body: thing,
        answer: thing,
        status: 201,
        handler: async ({ body }) => body,
      }),
      route({
        method: 'GET',
        path: '/things/:id',
        rule: 'get_thing',
        isPublic: true,
        query: z.strictObject({ limit: z.coerce.number().optional() }),
        answer: z.unknown(),
        handler: async ({ params, query, origin, version }) => ({ id: params.id, query, origin, version }),
      }),
      route({ method: 'DELETE', path: '/things/:id', rule: 'd', isPublic: true, handler: async () => undefined }),
      route({
        method: 'GET',
        path: '/new',
        rule: 'n',
        isPublic: true,
        since: 50,
        until: 60,
        answer: z.unknown(),
        handler: async () => ({}),
      }),
      route({
        method: 'GET',
        path: '/fails/:how',
        rule: 'fail',
        isPublic: true,
        handler: async ({ params }) => {
          if (params.how === 'mine') throw new Error('secret path /etc/shadow');
          if (params.how === 'known') throw new OperationalError('disk_full', 'agent', 'The disk is full.');
          throw new UserError('conflict', 'In use.', { hint: 'Stop it first.', field: 'thing.name' });
        },
      }),
    ],
  };
}

let edge: EdgeFixture;

beforeAll(async () => {
  edge = await EdgeFixture.open(STYLES.map(service), { rules: RULES });
});

afterAll(async () => {
  await edge.close();
});

test.for(STYLES)('faults have the form of %s', async (style) => {
  const kinds: [string, Parameters<EdgeFixture['send']>[1] & object][] = [
    [`/${style}/nowhere`, {}],
    [`/${style}/things/1`, { method: 'PUT', json: {} }],
    [`/${style}/for/reader`, {}],
    [`/${style}/for/admin`, { token: 'reader' }],
    [`/${style}/things`, { method: 'POST', json: { thing: {} } }],
    [`/${style}/things`, { method: 'POST', headers: { 'content-type': 'text/xml' }, body: '<thing/>' }],
    [`/${style}/things`, { method: 'POST', json: { thing: { name: 'x'.repeat(3_000_000) } } }],
    [`/${style}/fails/hinted`, {}],
    [`/${style}/fails/known`, {}],
    [`/${style}/fails/mine`, {}],
  ];
  const answers = await Promise.all(
    kinds.map(([path, asked]) =>
      edge.send(path, { ...asked, headers: { accept: 'application/json', ...asked.headers } }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual([404, 405, 401, 403, 400, 415, 413, 409, 507, 500]);
  for (const { headers } of answers) {
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(headers['x-openstack-request-id']).toMatch(/^req-[0-9a-f-]{36}$/);
  }
  expect(answers.map(({ json }) => json)).toMatchSnapshot();
  expect(answers.at(-1)?.text).not.toContain('shadow');
});

test('a header names the field at fault, for the bodies that cannot', async () => {
  const fieldOf = async (path: string, json?: unknown) =>
    (await edge.send(path, json === undefined ? {} : { method: 'POST', json })).headers['cumulet-error-field'];
  for (const style of STYLES) expect(await fieldOf(`/${style}/fails/hinted`)).toBe('thing.name');
  expect(await fieldOf('/nova/things', { thing: { name: 7 } })).toBe('thing.name');
  expect(await fieldOf('/nova/things', { thing: { name: 'x', 'é\r\nset-cookie: a=b': 1 } })).toBeUndefined();
  expect(await fieldOf('/nova/fails/known')).toBeUndefined();
});

test("Glance's faults are HTML unless JSON is preferred, and hold nothing that a browser would run", async () => {
  const ask = async (accept: string | undefined, path = '/glance/fails/known') =>
    await edge.send(path, { headers: accept === undefined ? {} : { accept } });
  for (const accept of [undefined, '*/*', 'text/html, application/json', 'application/json;q=0.5, text/html']) {
    const { headers, text, status } = await ask(accept);
    expect([status, headers['content-type']]).toEqual([507, 'text/html; charset=UTF-8']);
    expect(text).toContain('<h1>507 Insufficient Storage</h1>');
    expect(headers['content-security-policy']).toBe("default-src 'none'");
  }
  for (const accept of ['application/json', 'application/json, */*;q=0.5']) {
    expect((await ask(accept)).headers['content-type']).toBe('application/json; charset=utf-8');
  }
  const plain = await ask('application/octet-stream');
  expect([plain.headers['content-type'], plain.text]).toEqual([
    'text/plain; charset=UTF-8',
    expect.stringMatching(/^507 Insufficient Storage\n\n/),
  ]);
  expect((await ask('*/*', '/nova/fails/known')).headers['content-type']).toBe('application/json; charset=utf-8');
  const attack = await edge.send('/glance/things', {
    method: 'POST',
    json: { thing: { name: 'x', '<script>alert(1)</script>': 1 } },
  });
  expect(attack.status).toBe(400);
  expect(attack.text).toContain('&lt;script&gt;');
  expect(attack.text).not.toContain('<script>');
});

test('405 says what is allowed; the challenge of 401 says where to sign in', async () => {
  expect((await edge.send('/nova/things/1', { method: 'PATCH' })).headers.allow).toBe('GET, DELETE');
  expect((await edge.send('/nova/things/1', { method: 'HEAD' })).status).toBe(405);
  expect((await edge.send('/nova/things/1', { method: 'OPTIONS' })).headers.allow).toBe('GET, DELETE');
  expect((await edge.send('/nova/for/reader')).headers['www-authenticate']).toBe(
    `Keystone uri="${edge.origin}/identity"`,
  );
});

test.for<[string, Record<string, number>]>([
  ['public', { none: 200, wrong: 200, unscoped: 200, stranger: 200, reader: 200, member: 200, admin: 200 }],
  ['authenticated', { none: 401, wrong: 401, unscoped: 200, stranger: 200, reader: 200, member: 200, admin: 200 }],
  [
    'reader',
    { none: 401, wrong: 401, unscoped: 403, stranger: 403, reader: 200, member: 200, manager: 200, admin: 200 },
  ],
  [
    'member',
    { none: 401, wrong: 401, unscoped: 403, stranger: 403, reader: 403, member: 200, manager: 200, admin: 200 },
  ],
  [
    'admin',
    { none: 401, wrong: 401, unscoped: 403, stranger: 403, reader: 403, member: 403, manager: 403, admin: 200 },
  ],
])('who may call what is for %s', async ([access, expected]) => {
  const got: Record<string, number> = {};
  for (const token of Object.keys(expected)) {
    got[token] = (await edge.send(`/v1/for/${access}`, token === 'none' ? {} : { token })).status;
  }
  expect(got).toEqual(expected);
});

test('a route whose rule nobody knows is refused when it is declared', () => {
  const routes = [
    route({ method: 'GET', path: '/unstated', rule: 'get_unstated', answer: z.unknown(), handler: async () => ({}) }),
  ];
  const stray = { name: 'stray', prefix: '/stray', root: '/stray', faults: 'v1' as const, routes };
  expect(() => edge.edge.register(stray)).toThrow('unknown rule: get_unstated');
});

test('a service that says who somebody is lets delegated tokens reach what a route declares, and nothing else', async () => {
  const paths = (by?: readonly Delegation[]) =>
    route({
      method: 'GET',
      path: by ? `/${by.join('-') || 'nobody'}` : '/silent',
      rule: 'get_reader',
      ...(by && { delegated: { by, source: 'the test' } }),
      answer: z.unknown(),
      handler: async () => ({}),
    });
  const routes = [paths(), paths([]), paths(['trust']), paths(['trust', 'oauth1'])];
  const own = await EdgeFixture.open(
    ['who', 'what'].map((name) => {
      const refusesDelegated = name === 'who';
      return { name, prefix: `/${name}`, root: `/${name}`, faults: 'keystone' as const, refusesDelegated, routes };
    }),
    { rules: RULES },
  );
  const ask = async (token: string) =>
    await Promise.all(
      ['who', 'what'].flatMap((name) =>
        ['silent', 'nobody', 'trust', 'trust-oauth1'].map(
          async (path) => (await own.send(`/${name}/${path}`, { token })).status,
        ),
      ),
    );
  expect(await ask('reader')).toEqual([200, 200, 200, 200, 200, 200, 200, 200]);
  expect(await ask('reader+trust')).toEqual([403, 403, 200, 200, 200, 403, 200, 200]);
  // By both at once: each of them has to reach it.
  expect(await ask('reader+trust+oauth1')).toEqual([403, 403, 403, 200, 200, 403, 403, 200]);
  await own.close();
});

test('the microversion is negotiated, answered and decides what there is', async () => {
  const ask = (path: string, version: string) =>
    edge.send(path, { headers: { 'openstack-api-version': `compute ${version}` } });
  const { json, headers } = await ask('/nova/things/1', 'latest');
  expect(json).toMatchObject({ version: 96 });
  expect(headers).toMatchObject({
    'openstack-api-version': 'compute 2.96',
    'x-openstack-nova-api-version': '2.96',
    'x-compute-request-id': headers['x-openstack-request-id'],
    vary: 'OpenStack-API-Version, x-openstack-nova-api-version',
  });
  const versions = ['2.1', '2.49', '2.50', '2.60', '2.61', '2.97', 'x'];
  const statuses = await Promise.all(versions.map(async (version) => (await ask('/nova/new', version)).status));
  expect(statuses).toEqual([404, 404, 200, 200, 404, 406, 400]);
});

test.for<[string, string, number]>([
  ['no JSON', '{"thing": ', 400],
  ['nothing', '', 400],
  ['a number', '7', 400],
  ['a __proto__ key', '{"thing": {"name": "a", "__proto__": {"size": 1}}}', 400],
  ['a constructor with a prototype', '{"thing": {"name": "a"}, "constructor": {"prototype": {}}}', 400],
  ['a BOM', '\uFEFF{"thing": {"name": "a"}}', 201],
  ['a key twice', '{"thing": {"name": 1}, "thing": {"name": "b"}}', 400],
])('a body that has %s', async ([, body, status]) => {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  expect((await edge.send('/nova/things', { method: 'POST', headers, body })).status).toBe(status);
});

test('a body where none is read is no harm, and trailing slashes do not matter', async () => {
  const odd = await edge.send('/v1/things/1/', { headers: { 'content-type': 'application/json' }, body: '{"broken' });
  expect(odd).toMatchObject({ status: 200, json: { id: '1' } });
  expect((await edge.send('/v1/things/1', { method: 'DELETE' })).status).toBe(204);
  const unknown = { method: 'DELETE', headers: { 'content-type': 'text/plain' }, body: 'x' };
  expect((await edge.send('/v1/things/1', unknown)).status).toBe(415);
});

test('names in the path and the query are data', async () => {
  const { json } = await edge.send(`/v1/things/${encodeURIComponent('../é"<b>\n🐧')}?limit=5`);
  expect(json).toEqual({ id: '../é"<b>\n🐧', query: { limit: 5 }, origin: edge.origin, version: 1 });
  const longest = `${'🐧'.repeat(127)}x`;
  expect((await edge.send(`/v1/things/${encodeURIComponent(longest)}`)).json).toMatchObject({ id: longest });
  expect((await edge.send('/v1/things/1?limt=5')).json).toMatchObject({ error: { field: 'limt' } });
  expect((await edge.send('/v1/things/1?limit=many')).json).toMatchObject({ error: { field: 'limit' } });
  expect((await edge.send('/v1/things/1?__proto__=5')).status).toBe(400);
});

test.for<[string, string, number]>([
  ['cannot be decoded', '/nova/things/%zz', 400],
  ['has a segment longer than any name', `/nova/things/${'x'.repeat(4000)}`, 400],
  ['is absurdly long', `/nova/things/1?q=${'x'.repeat(100_000)}`, 431],
])('a path that %s is refused', async ([, path, status]) => {
  const answer = await edge.send(path);
  expect(answer.status).toBe(status);
  if (status !== 431) {
    expect(answer.headers['x-openstack-request-id']).toMatch(/^req-/);
    expect(answer.json).toHaveProperty('badRequest');
  }
});

test('a request that is no HTTP is answered and does no harm', async () => {
  const socket = connect(edge.port, '127.0.0.1');
  socket.write('\u0016\u0003\u0001 this is not HTTP\r\n\r\n');
  expect(await text(socket)).toMatch(/^HTTP\/1.1 400 /);
  expect((await edge.send('/v1/for/public')).status).toBe(200);
});
