import { afterEach, beforeEach, expect, test } from 'vitest';
import { OTHER_PROJECT, TestCloud } from '../testing/test-cloud.ts';

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await TestCloud.start();
});
afterEach(() => cloud.stop());

const put = (id: string, body: unknown, options = {}) =>
  cloud.request('PUT', `/v1/servers/${id}/startup`, body, options);
const get = (id: string, options = {}) => cloud.request('GET', `/v1/servers/${id}/startup`, undefined, options);
const tag = (id: string, ...tags: string[]) =>
  cloud.request('PUT', `/servers/${id}/tags`, { tags }, { version: '2.26' });

test('a machine of which nothing is said does as the cloud, and says what it is told', async () => {
  const [db, web] = [await cloud.launchActive({ name: 'db' }), await cloud.launchActive({ name: 'web' })];
  expect((await get(web)).body).toEqual({ start: null, order: null, delaySeconds: 0, after: [], default: 'as-before' });
  const healthy = { kind: 'http', port: 8080, path: '/health?deep=1', status: 204 };
  const after = [{ server: db, healthy, timeoutSeconds: 60, onTimeout: 'stay' }];
  const told = { start: 'always', order: 2, delaySeconds: 30, after };
  const { status, body } = await put(web, told);
  expect([status, body]).toEqual([200, { ...told, after: [{ ...after[0], name: 'db' }], default: 'as-before' }]);
  expect((await get(web)).body).toEqual(body);
  expect(await cloud.eventTypes(web)).toContain('compute.instance.startup.update');
  // What is left out is as if nothing had been said of it.
  expect((await put(web, { after: [{ server: db }] })).body).toMatchObject({
    ...{ start: null, order: null, delaySeconds: 0 },
    after: [{ server: db, name: 'db', healthy: { kind: 'running' }, timeoutSeconds: 300, onTimeout: 'start' }],
  });
  // What it waits for falls away with the machine.
  await cloud.request('DELETE', `/servers/${db}`);
  await cloud.idle(db);
  expect((await get(web)).body.after).toEqual([]);
});

test.each<[unknown, string]>([
  [{ start: 'sometimes' }, 'start'],
  [{ order: -1 }, 'order'],
  [{ order: 1.5 }, 'order'],
  [{ delaySeconds: 86_401 }, 'delaySeconds'],
  [{ after: [{ server: 'web' }] }, 'after.0.server'],
  [{ after: [{ server: '11111111-1111-4111-8111-111111111111' }] }, 'after.0.server'],
  [{ after: [{ server: 'OWN', healthy: { kind: 'tcp', port: 0 } }] }, 'after.0.healthy.port'],
  [{ after: [{ server: 'OWN', healthy: { kind: 'http', port: 80, path: '/ x' } }] }, 'after.0.healthy.path'],
  [{ after: [{ server: 'OWN', healthy: { kind: 'http', port: 80, path: '/\r\nX: y' } }] }, 'after.0.healthy.path'],
  [{ after: [{ server: 'OWN', healthy: { kind: 'http', port: 80, status: 99 } }] }, 'after.0.healthy.status'],
  [{ after: [{ server: 'OWN', healthy: { kind: 'ping' } }] }, 'after.0.healthy'],
  [{ after: [{ server: 'OWN', timeoutSeconds: 0 }] }, 'after.0.timeoutSeconds'],
  [{ after: [{ server: 'OWN', onTimeout: 'fail' }] }, 'after.0.onTimeout'],
  [{ after: Array(17).fill({ server: 'OWN' }) }, 'after'],
  [{ begin: 'always' }, 'begin'],
])('%j is refused at %s', async (body, field) => {
  const id = await cloud.launchActive();
  const named = JSON.parse(JSON.stringify(body).replaceAll('OWN', id));
  const answer = await put(id, named);
  expect([answer.status, JSON.stringify(answer.body)]).toEqual([400, expect.stringContaining(field)]);
  expect((await get(id)).body).toMatchObject({ start: null, order: null, after: [] });
});

test('who would wait for itself is told through whom', async () => {
  const ids = [];
  for (const name of ['db', 'app', 'web']) ids.push(await cloud.launchActive({ name }));
  const [db = '', app = '', web = ''] = ids;
  expect((await put(app, { after: [{ server: db }] })).status).toBe(200);
  expect((await put(web, { after: [{ server: app }] })).status).toBe(200);
  const { status, body } = await put(db, { after: [{ server: web }] });
  expect([status, JSON.stringify(body)]).toEqual([
    400,
    expect.stringContaining('db for web, which waits for app, which waits for db'),
  ]);
  expect((await put(db, { after: [{ server: db }] })).status).toBe(400);
  expect((await put(web, { after: [{ server: db }, { server: db }] })).status).toBe(400);
  const [one, other] = await Promise.all([
    put(db, { after: [{ server: web }] }),
    put(web, { after: [{ server: db }, { server: app }] }),
  ]);
  expect([one.status, other.status]).toEqual([400, 200]);
});

test("another project's machines are neither shown, changed nor waited for", async () => {
  const [own, foreign] = [await cloud.launchActive(), await cloud.launch({}, 'other')];
  await cloud.idle(foreign);
  expect((await get(foreign)).status).toBe(404);
  expect((await put(foreign, {})).status).toBe(404);
  expect((await put(own, { after: [{ server: foreign }] })).status).toBe(400);
  // An administrator sees it, but it stays another project's.
  expect((await put(own, { after: [{ server: foreign }] }, { who: 'admin' })).status).toBe(400);
  expect((await put(foreign, { order: 1 }, { who: 'admin' })).status).toBe(200);
  expect((await put(own, {}, { who: 'reader' })).status).toBe(403);
  expect((await get(own, { who: 'reader' })).status).toBe(200);
  expect(OTHER_PROJECT).toHaveLength(32);
});

test('the order of a project is told in waves, of a group only with its own', async () => {
  const [db, web, other] = [
    await cloud.launchActive({ name: 'db' }),
    await cloud.launchActive({ name: 'web' }),
    await cloud.launchActive({ name: 'other' }),
  ];
  await put(web, { order: 1, after: [{ server: db }] });
  await put(other, { start: 'never', order: 3 });
  await tag(db, 'shop');
  await tag(web, 'shop', 'red');
  const namesOf = (body: { waves: { name: string }[][] }) => body.waves.map((wave) => wave.map(({ name }) => name));
  const all = (await cloud.request('GET', '/v1/startup-order')).body;
  expect(namesOf(all)).toEqual([['db'], ['web'], ['other']]);
  expect(all).toMatchObject({ default: 'as-before', atOnce: 2, settleSeconds: 3 });
  expect(all.waves.flat().map(({ start }: { start: string }) => start)).toEqual(['as-before', 'as-before', 'never']);
  const shop = (await cloud.request('GET', '/v1/startup-order?group=shop')).body;
  expect(namesOf(shop)).toEqual([['db'], ['web']]);
  expect((await cloud.request('GET', '/v1/startup-order?group=nobody')).body.waves).toEqual([]);
  const { body } = await cloud.request('GET', '/v1/machine-groups');
  expect(body.groups).toEqual([
    { name: 'red', machines: 1, running: 1, stopped: 0 },
    { name: 'shop', machines: 2, running: 2, stopped: 0 },
  ]);
  expect((await cloud.request('GET', '/v1/machine-groups', undefined, { who: 'other' })).body.groups).toEqual([]);
  expect((await cloud.request('POST', '/v1/machine-groups/nobody/start')).status).toBe(404);
  expect((await cloud.request('POST', '/v1/machine-groups/shop/stop', undefined, { who: 'other' })).status).toBe(404);
  expect((await cloud.request('POST', '/v1/machine-groups/shop/stop', undefined, { who: 'reader' })).status).toBe(403);
});
