import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { systemContext } from '../policy/authorization.ts';
import { IMAGE, PROJECT, TestCloud } from './testing/test-cloud.ts';

let cloud: TestCloud;
/** Of the member's project, without data. */
let own: string;
beforeAll(async () => {
  cloud = await TestCloud.start();
  own = randomUUID();
  await cloud.addImage({
    ...IMAGE,
    id: own,
    name: 'own',
    properties: { instance_uuid: 'abc', auto_disk_config: 'True' },
  });
  await cloud.database.transaction((trx) =>
    trx
      .updateTable('image_image')
      .set({ owner: PROJECT, visibility: 'private', status: 'queued' })
      .where('id', '=', own)
      .execute(),
  );
});
afterAll(() => cloud.stop());

const get = (path: string, options: { who?: string; version?: string } = {}) =>
  cloud.request('GET', path, undefined, options);
const idsOf = async (query: string, who = 'member') =>
  (await get(`/images${query}`, { who })).body.images.map(({ id }: { id: string }) => id).toSorted();

test('images as Nova showed them, until 2.35', async () => {
  expect(await idsOf('')).toEqual([IMAGE.id, own].toSorted());
  expect(await idsOf('', 'other')).toEqual([IMAGE.id]);
  const { image } = (await get(`/images/${own}`, { version: '2.35' })).body;
  expect(image).toMatchObject({
    id: own,
    name: 'own',
    status: 'SAVING',
    progress: 25,
    minRam: 0,
    minDisk: 0,
    metadata: { instance_uuid: 'abc', auto_disk_config: 'True' },
    'OS-EXT-IMG-SIZE:size': 1000,
    'OS-DCF:diskConfig': 'AUTO',
    server: { id: 'abc' },
  });
  expect(image.created).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(image.links.map(({ rel }: { rel: string }) => rel)).toEqual(['self', 'bookmark', 'alternate']);
  const [shown] = (await get('/images/detail?name=tiny')).body.images;
  expect(shown).toMatchObject({ id: IMAGE.id, status: 'ACTIVE', progress: 100, metadata: IMAGE.properties });
  for (const path of ['/images', '/images/detail', `/images/${own}`]) {
    expect((await get(path, { version: '2.36' })).status).toBe(404);
  }
  expect(await get(`/images/${own}`, { who: 'other' })).toMatchObject({
    status: 404,
    body: { itemNotFound: { message: 'Image not found.' } },
  });
});

test("images are filtered and paged in Nova's words", async () => {
  expect(await idsOf('?status=ACTIVE')).toEqual([IMAGE.id]);
  expect(await idsOf('?server=http://nova/servers/abc')).toEqual([own]);
  expect(await idsOf('?property-hw_disk_bus=virtio')).toEqual([IMAGE.id]);
  expect(await idsOf('?changes-since=2999-01-01T00:00:00Z')).toEqual([]);
  expect(await idsOf('?whatever=1')).toHaveLength(2);
  const first = (await get('/images?limit=1')).body;
  const next = new URL(first.images_links[0].href);
  const second = (await get(`/images${next.search}`)).body;
  expect([first, second].flatMap(({ images }) => images.map(({ id }: { id: string }) => id)).toSorted()).toEqual(
    [IMAGE.id, own].toSorted(),
  );
  expect((await get('/images?limit=-1')).status).toBe(400);
  expect((await cloud.request('DELETE', '/images/')).status).toBe(404);
  expect((await get(`/images?marker=${randomUUID()}`)).status).toBe(400);
});

test('metadata of an image, until 2.38, for who may change it', async () => {
  const path = `/images/${own}/metadata`;
  const change = (
    method: 'POST' | 'PUT' | 'DELETE',
    below: string,
    body?: object,
    options: { who?: string; version?: string } = {},
  ) => cloud.request(method, path + below, body, options);
  expect((await change('PUT', '', { metadata: { a: '1', b: '2' } }, { version: '2.38' })).body).toEqual({
    metadata: { a: '1', b: '2' },
  });
  expect((await change('POST', '', { metadata: { b: '3', c: '4' } })).body).toEqual({
    metadata: { a: '1', b: '3', c: '4' },
  });
  expect((await change('PUT', '/a', { meta: { a: '5' } })).body).toEqual({ meta: { a: '5' } });
  expect((await get(`${path}/a`)).body).toEqual({ meta: { a: '5' } });
  expect((await change('DELETE', '/a')).status).toBe(204);
  expect((await get(path)).body).toEqual({ metadata: { b: '3', c: '4' } });
  expect((await get(`${path}/a`)).status).toBe(404);
  expect((await change('DELETE', '/a')).status).toBe(404);
  expect((await change('PUT', '/a', { meta: { b: '5' } })).status).toBe(400);
  expect((await change('POST', '', { metadata: { name: 'x' } })).status).toBe(400);
  expect((await change('POST', '', { metadata: { d: '1' } }, { who: 'reader' })).status).toBe(403);
  expect((await get(path, { who: 'other' })).status).toBe(404);
  expect((await get(path, { version: '2.39' })).status).toBe(404);
  const many = Object.fromEntries(Array.from({ length: 129 }, (_, index) => [`k${index}`, '1']));
  expect(await change('PUT', '', { metadata: many })).toMatchObject({ status: 403, body: { forbidden: {} } });
});

test('the limit on metadata holds for requests side by side', { meta: { asksAtRandom: true } }, async () => {
  await cloud.quota.update(systemContext(), PROJECT, { metadata_items: 10 }, { force: true });
  onTestFinished(() => cloud.quota.reset(systemContext(), PROJECT));
  const some = (prefix: string) => Object.fromEntries(Array.from({ length: 6 }, (_, index) => [prefix + index, '1']));
  const put = (prefix: string) => cloud.request('POST', `/images/${own}/metadata`, { metadata: some(prefix) });
  const answers = await Promise.all([put('x'), put('y')]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 403]);
  expect(Object.keys((await get(`/images/${own}/metadata`)).body.metadata)).toHaveLength(8);
});

test('an image is deleted by who may', async () => {
  const drop = (who: string, id = own) => cloud.request('DELETE', `/images/${id}`, undefined, { who });
  expect((await drop('reader')).status).toBe(403);
  expect((await drop('member', randomUUID())).status).toBe(404);
  expect((await drop('member')).status).toBe(204);
  expect((await get(`/images/${own}`)).status).toBe(404);
});

test('networks as Nova showed them, until 2.35', async () => {
  const [network] = (await get('/os-networks', { who: 'reader' })).body.networks;
  expect(network).toMatchObject({ label: 'default', cidr: null, gateway: null });
  expect(network).not.toHaveProperty('bridge');
  expect((await get(`/os-networks/${network.id}`, { who: 'admin' })).body.network).toMatchObject({
    id: network.id,
    bridge: null,
  });
  expect((await get('/os-tenant-networks')).body).toEqual({
    networks: [{ id: network.id, label: 'default', cidr: 'None' }],
  });
  expect((await get(`/os-tenant-networks/${network.id}`)).body.network.id).toBe(network.id);
  for (const path of ['/os-networks', '/os-tenant-networks']) {
    expect(await get(`${path}/${randomUUID()}`)).toMatchObject({
      status: 404,
      body: { itemNotFound: { message: 'Network not found' } },
    });
    expect((await get(path, { version: '2.36' })).status).toBe(404);
  }
});
