import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { once, within } from '../contract/testing/waiting.ts';
import { qcow2Image } from './formats/disk-image.fixture.ts';
import type { CatalogSource } from './image-catalog.ts';
import { contextOf, createImage, type ImageFixture, startImages } from './testing/image.fixture.ts';

const DISK = qcow2Image();

let server: Server;
let fixture: ImageFixture;
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/disk') response.end(DISK);
    else response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  fixture = await startImages({ catalog: [entry('there', `${origin}/disk`), entry('gone', `${origin}/nothing`)] });
});
afterAll(async () => {
  await fixture.close();
  server.close();
});

function entry(id: string, url: string): CatalogSource {
  const value = createHash('sha256').update(DISK).digest('hex');
  return {
    ...{ id, url, family: 'debian', name: id, version: '1', summary: '', arch: 'x86_64', diskFormat: 'qcow2' },
    checksum: { algorithm: 'sha256', value, url: null },
    ...{ size: DISK.length, minDiskGib: 1, minRamMib: 1, defaultUser: null, properties: {}, builtIn: false },
  };
}

async function ended(id: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const off = fixture.events.onTask((task) => {
    if (task.id === id && task.finishedAt !== null) resolve();
  });
  if ((await fixture.tasks.find(id))?.finishedAt) resolve();
  await within('the end of the task', promise);
  off();
}

const asAdmin = (path: string) => fixture.ask('admin', 'GET', path);
const asAlice = (path: string) => fixture.ask('alice', 'GET', path);

test('imports are tasks to administrators, and to whoever sees the image', async () => {
  const context = contextOf('alice', 'req-import');
  const there = await fixture.images.importFromCatalog(context, 'there', 'private');
  const gone = await fixture.images.importFromCatalog(context, 'gone', 'private');
  for (const { task } of [there, gone]) await ended(task?.id ?? '');

  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const stub = {
    ...{ id: there.task?.id, type: 'api_image_import', status: 'success', owner: 'alice', image_id: there.imageId },
    ...{ request_id: 'req-import', user_id: 'alice', created_at: time, updated_at: time },
  };
  const links = { self: `/v2/tasks/${there.task?.id}`, schema: '/v2/schemas/task' };
  const outcome = {
    input: { image_id: there.imageId, import_req: { method: { name: 'web-download' } } },
    ...{ result: { image_id: there.imageId }, message: '' },
  };
  const all = (await asAdmin('/v2/tasks?sort_dir=asc')).body;
  expect(all).toMatchObject({ first: '/v2/tasks?sort_dir=asc', schema: '/v2/schemas/tasks' });
  expect(all.tasks).toHaveLength(2);
  expect(all.tasks).toContainEqual({ ...stub, ...links });
  expect((await asAdmin(`/v2/tasks/${there.task?.id}`)).body).toEqual({ ...stub, ...links, ...outcome });

  const failed = (await asAdmin('/v2/tasks?status=failure')).body.tasks;
  expect(failed).toMatchObject([{ id: gone.task?.id, image_id: gone.imageId }]);
  const told = (await asAdmin(`/v2/tasks/${gone.task?.id}`)).body;
  expect(told).toMatchObject({ status: 'failure', result: null, message: expect.stringContaining('404') });

  const own = (await asAlice(`/v2/images/${there.imageId}/tasks`)).body;
  expect(own).toEqual({ tasks: [{ ...stub, ...outcome, expires_at: null, deleted: false, deleted_at: null }] });
  expect((await fixture.ask('bob', 'GET', `/v2/images/${there.imageId}/tasks`)).status).toBe(404);
  expect((await asAlice('/v2/tasks')).status).toBe(403);
  expect((await asAlice(`/v2/tasks/${there.task?.id}`)).status).toBe(403);
});

test('tasks are paged', async () => {
  const first = (await asAdmin('/v2/tasks?limit=1&sort_dir=asc')).body;
  const second = (await asAdmin(first.next)).body;
  const ids = [...first.tasks, ...second.tasks].map(({ id }: { id: string }) => id);
  expect(ids).toHaveLength(2);
  expect((await asAdmin('/v2/tasks')).body.tasks.map(({ id }: { id: string }) => id)).toEqual(ids.toReversed());
  expect((await asAdmin('/v2/tasks?type=import')).body.tasks).toEqual([]);
});

test.each([
  ['?limit=-1', 'limit'],
  ['?marker=nothing', 'nothing'],
  ['?status=done', 'status'],
  ['?type=export', 'type'],
  ['?sort_key=owner', 'sort key'],
  ['?sort_dir=up', 'sort direction'],
])('a list of tasks is refused: %s', async (query, text) => {
  const { status, body } = await asAdmin(`/v2/tasks${query}`);
  expect([status, body.message]).toEqual([400, expect.stringContaining(text)]);
});

test('a task that is none of images is not there', async () => {
  expect((await asAdmin('/v2/tasks/nothing')).status).toBe(404);
});

test('there is one store, whose place only administrators are told', async () => {
  const store = { id: 'file', description: 'Files of the controller.', default: 'true' };
  expect((await asAlice('/v2/info/stores')).body).toEqual({ stores: [store] });
  expect((await asAdmin('/v2/info/stores/detail')).body).toEqual({
    stores: [
      {
        ...store,
        ...{ type: 'file', weight: 0 },
        properties: { data_dir: `${fixture.dataDir}/images`, chunk_size: 1_048_576, thin_provisioning: false },
      },
    ],
  });
  expect((await asAlice('/v2/info/stores/detail')).status).toBe(403);
  expect((await asAlice('/v2/info/import')).body['import-methods'].value).toEqual([]);
});

test('data is sent to the store there is', async () => {
  const id = await createImage(fixture, 'alice');
  const send = (store: string) =>
    fixture.ask('alice', 'PUT', `/v2/images/${id}/file`, Buffer.alloc(512), { 'x-image-meta-store': store });
  const refused = await send('elsewhere');
  expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining('elsewhere')]);
  expect((await send('file')).status).toBe(204);
});

test('the use of a project is counted', async () => {
  const used = async () => (await fixture.ask('carol', 'GET', '/v2/info/usage')).body.usage;
  const none = { limit: -1, usage: 0 };
  expect(await used()).toEqual({
    image_size_total: none,
    image_stage_total: none,
    image_count_total: none,
    image_count_uploading: none,
  });
  const id = await createImage(fixture, 'carol');
  await fixture.ask('carol', 'PUT', `/v2/images/${id}/file`, Buffer.alloc(3 * 1024 * 1024));
  expect(await used()).toMatchObject({ image_size_total: { usage: 3 }, image_count_total: { usage: 1 } });
});

test('an image that is coming in is counted as such', async () => {
  const id = await createImage(fixture, 'dave');
  const uploading = async () =>
    (await fixture.ask('dave', 'GET', '/v2/info/usage')).body.usage.image_count_uploading.usage;
  const counted: number[] = [];
  async function* data() {
    yield Buffer.alloc(512);
    counted.push(await uploading());
  }
  await fixture.images.data.upload(contextOf('dave'), id, Readable.from(data(), { objectMode: false }));
  expect([...counted, await uploading()]).toEqual([1, 0]);
});

test('the cache of Glance is known and not there', async () => {
  for (const [method, path] of [
    ['GET', '/v2/cache'],
    ['DELETE', '/v2/cache'],
    ['PUT', '/v2/cache/x'],
    ['DELETE', '/v2/cache/x'],
  ] as const) {
    const { status, body } = await fixture.ask('admin', method, path);
    expect([status, body.message]).toEqual([404, 'Caching via API is not supported at this site.']);
    expect((await fixture.ask('alice', method, path)).status).toBe(403);
  }
});

test('an empty id is the id of nothing', async () => {
  const id = await createImage(fixture, 'alice', { id: '00000000-0000-4000-8000-00000000000a' });
  for (const [method, path] of [
    ['GET', '/v2/images/'],
    ['DELETE', '/v2/images/'],
    ['PATCH', '/v2/images/'],
    ['GET', `/v2/images/${id}/members/`],
    ['DELETE', `/v2/images/${id}/tags/`],
    ['GET', '/v2/metadefs/namespaces/'],
    ['DELETE', '/v2/metadefs/namespaces/'],
    ['GET', '/v2/metadefs/namespaces/x/objects/'],
    ['GET', '/v2/tasks/'],
    ['GET', '/v2/images/?limit=1'],
  ] as const) {
    expect((await fixture.ask('alice', method, path)).status, `${method} ${path}`).toBe(404);
  }
  expect((await asAlice('/v2/images')).status).toBe(200);
});
