import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { until } from '../../tests/cloud.ts';
import { SmallDisk } from '../../tests/small-disk.ts';
import type { EventView } from '../contract/event.ts';
import type { EventName } from '../contract/events.ts';
import { DatabaseUnavailable } from '../database/database.errors.ts';
import { qcow2Image } from './formats/disk-image.fixture.ts';
import { contextOf, createImage, type ImageFixture, startImages } from './testing/image.fixture.ts';

const MIB = 1024 * 1024;

let fixture: ImageFixture;
beforeEach(async () => {
  fixture = await startImages();
});
afterEach(async () => {
  await fixture.close();
});

async function upload(id: string, bytes: Uint8Array, headers: Record<string, string> = {}) {
  return await fixture.ask('alice', 'PUT', `/v2/images/${id}/file`, bytes, headers);
}

/** With headers that `fetch` keeps to itself; of an unknown length where one says so. */
async function sendRaw(id: string, bytes: Uint8Array, headers: Record<string, string>) {
  const sending = request(`${fixture.url}/image/v2/images/${id}/file`, {
    method: 'PUT',
    headers: {
      accept: 'application/json',
      'x-auth-token': 'alice',
      'content-type': 'application/octet-stream',
      ...(headers['transfer-encoding'] === undefined && { 'content-length': String(bytes.length) }),
      ...headers,
    },
  });
  const answered = once(sending, 'response');
  // An answer may come before the last byte, which is not taken then.
  sending.on('error', () => undefined);
  sending.end(bytes);
  const [response] = (await answered) as [IncomingMessage];
  return { status: response.statusCode, text: await textOf(response) };
}

async function show(id: string) {
  return (await fixture.ask('alice', 'GET', `/v2/images/${id}`)).body;
}

/** A body that waits for `go` after its first half. */
function halting(bytes: Buffer, go: Promise<void>): Readable {
  return Readable.from(
    (async function* () {
      yield bytes.subarray(0, bytes.length / 2);
      await go;
      yield bytes.subarray(bytes.length / 2);
    })(),
  );
}

/** Resolves with the first event of a type. */
/** From now on; ends once it listens. */
async function event(type: EventName): Promise<{ told: Promise<EventView> }> {
  const { promise, resolve } = Promise.withResolvers<EventView>();
  const { stop } = await fixture.events.subscribe((news) => {
    if (news.op === 'event' && news.event.type === type) resolve(news.event);
  });
  return { told: promise.finally(stop) };
}

test.each([
  ['nothing', 0],
  ['a few bytes', 3],
  ['a block', MIB],
  ['a block and a byte', MIB + 1],
  ['more than is hashed on the spot', 6 * MIB + 123],
])('%s is stored, hashed and given back as it was', async (_name, size) => {
  const bytes = randomBytes(size);
  const id = await createImage(fixture, 'alice');
  expect((await fixture.ask('alice', 'GET', `/v2/images/${id}/file`)).status).toBe(204);
  expect((await upload(id, bytes)).status).toBe(204);
  expect(await show(id)).toMatchObject({
    status: 'active',
    size,
    virtual_size: size,
    checksum: createHash('md5').update(bytes).digest('hex'),
    os_hash_algo: 'sha512',
    os_hash_value: createHash('sha512').update(bytes).digest('hex'),
  });
  const back = await fixture.ask('alice', 'GET', `/v2/images/${id}/file`);
  expect(back.status).toBe(200);
  expect(bytes.equals(back.body)).toBe(true);
  expect(back.headers.get('content-length')).toBe(String(size));
  expect(back.headers.get('content-md5')).toBe(createHash('md5').update(bytes).digest('hex'));
  expect(await fixture.files()).toEqual([id]);
});

test('bytes the client has already are not sent again', async () => {
  const id = await createImage(fixture, 'alice');
  await upload(id, randomBytes(1000));
  const first = await fixture.ask('alice', 'GET', `/v2/images/${id}/file`);
  const etag = first.headers.get('etag') ?? '';
  const ask = async (known: string) =>
    await fixture.ask('alice', 'GET', `/v2/images/${id}/file`, undefined, { 'if-none-match': known });
  expect([(await ask(etag)).status, (await ask(`"other", W/${etag}`)).status]).toEqual([304, 304]);
  expect((await ask('"other"')).status).toBe(200);
});

test('parts are given by Range', async () => {
  const bytes = randomBytes(1000);
  const id = await createImage(fixture, 'alice');
  await upload(id, bytes);
  const part = async (range: string) =>
    await fixture.ask('alice', 'GET', `/v2/images/${id}/file`, undefined, { range });
  for (const [range, start, end] of [
    ['bytes=0-0', 0, 1],
    ['bytes=10-19', 10, 20],
    ['bytes=990-', 990, 1000],
    ['bytes=990-5000', 990, 1000],
    ['bytes=-7', 993, 1000],
  ] as const) {
    const answer = await part(range);
    expect([range, answer.status]).toEqual([range, 206]);
    expect(bytes.subarray(start, end).equals(answer.body)).toBe(true);
    expect(answer.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/1000`);
  }
  const outside = await part('bytes=1000-');
  expect([outside.status, outside.headers.get('content-range')]).toEqual([416, 'bytes */1000']);
  const other = { range: 'bytes=0-9', 'if-range': '"of another image"' };
  expect((await fixture.ask('alice', 'GET', `/v2/images/${id}/file`, undefined, other)).status).toBe(200);
  expect((await part('lines=1-2')).status).toBe(200);
});

test('refused content leaves a queued image, no file, and says why; the right content may follow', async () => {
  const id = await createImage(fixture, 'alice', { disk_format: 'qcow2' });
  const backed = qcow2Image();
  backed.writeBigUInt64BE(200n, 8);
  const noQcow2 = randomBytes(9 * MIB);
  for (const [bytes, message] of [
    [Buffer.from('not qcow2'), 'is not qcow2'],
    [backed, 'backing file'],
    [qcow2Image().subarray(0, 100_000), 'ends before'],
    [noQcow2, 'is not qcow2'],
  ] as const) {
    const answer = await upload(id, bytes);
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining(message)]);
    expect(await show(id)).toMatchObject({ status: 'queued', size: null, checksum: null });
    expect(await fixture.files()).toEqual([]);
  }
  expect((await upload(id, qcow2Image())).status).toBe(204);
  expect(await show(id)).toMatchObject({ status: 'active', virtual_size: 64 * MIB, size: 4 * 65_536 });
});

test('data goes to queued images with formats only, as octets, with a sane size', async () => {
  const id = await createImage(fixture, 'alice', { disk_format: null, container_format: null });
  expect((await upload(id, Buffer.from('x'))).body.message).toBe(
    'Properties disk_format, container_format must be set prior to saving data.',
  );
  const ready = await createImage(fixture, 'alice');
  const text = await fixture.ask('alice', 'PUT', `/v2/images/${ready}/file`, { a: 1 });
  expect(text.status).toBe(415);
  expect((await upload(ready, Buffer.from('x'), { 'x-openstack-image-size': 'big' })).status).toBe(400);
  expect((await upload(ready, Buffer.from('x'))).status).toBe(204);
  const again = await upload(ready, Buffer.from('y'));
  expect([again.status, again.body.message]).toEqual([
    409,
    'Image status transition from active to saving is not allowed',
  ]);
});

test('what is said of the bytes is measured: another length, hash or part is refused, and nothing of it stays', {
  meta: { asksAtRandom: true },
}, async () => {
  const id = await createImage(fixture, 'alice');
  const bytes = randomBytes(7 * MIB);
  const [md5, other] = [bytes, randomBytes(1)].map((each) => createHash('md5').update(each).digest());
  for (const [headers, field, message] of [
    [{ 'x-openstack-image-size': String(bytes.length - 1) }, 'x-openstack-image-size', `${bytes.length}`],
    [{ 'x-openstack-image-size': '1', 'transfer-encoding': 'chunked' }, 'x-openstack-image-size', 'more'],
    [{ 'x-openstack-image-size': '99999999', 'transfer-encoding': 'chunked' }, 'x-openstack-image-size', '7340032'],
    [{ 'content-md5': other?.toString('base64') }, 'content-md5', md5?.toString('hex')],
    [{ 'content-md5': other?.toString('hex') }, 'content-md5', md5?.toString('hex')],
    [{ 'content-md5': 'nothing' }, 'content-md5', 'no MD5'],
    [{ 'content-range': 'bytes 0-99/200' }, 'content-range', 'whole'],
  ] as const) {
    const answer = await sendRaw(id, bytes, headers as Record<string, string>);
    expect([field, answer.status, answer.text]).toEqual([field, 400, expect.stringContaining(message ?? '?')]);
    expect(await show(id)).toMatchObject({ status: 'queued', size: null });
    expect(await fixture.files()).toEqual([]);
  }
  const right = { 'x-openstack-image-size': String(bytes.length), 'content-md5': md5?.toString('base64') ?? '' };
  expect((await sendRaw(id, bytes, right)).status).toBe(204);
  expect(await show(id)).toMatchObject({ status: 'active', size: bytes.length });
});

test('two uploads at once: one goes on, the other is refused', async () => {
  const id = await createImage(fixture, 'alice');
  const { promise: go, resolve } = Promise.withResolvers<void>();
  const { told: prepared } = await event('image.prepare');
  const bytes = randomBytes(4096);
  const first = fixture.images.data.upload(contextOf('alice'), id, halting(bytes, go));
  await prepared;
  expect(await show(id)).toMatchObject({ status: 'saving' });
  expect((await upload(id, Buffer.from('other'))).status).toBe(409);
  resolve();
  await first;
  expect((await fixture.ask('alice', 'GET', `/v2/images/${id}/file`)).body.equals(bytes)).toBe(true);
});

test('an upload that breaks off leaves a queued image and no file', async () => {
  const id = await createImage(fixture, 'alice');
  const { hostname, port } = new URL(fixture.url);
  const { told: prepared } = await event('image.prepare');
  const { told: back } = await event('image.update');
  const client = request({
    hostname,
    port,
    method: 'PUT',
    path: `/image/v2/images/${id}/file`,
    headers: { 'x-auth-token': 'alice', 'content-type': 'application/octet-stream', 'content-length': 50 * MIB },
  });
  client.on('error', () => {});
  client.write(randomBytes(3 * MIB));
  await prepared;
  client.destroy();
  await back;
  expect(await show(id)).toMatchObject({ status: 'queued', size: null });
  expect(await fixture.files()).toEqual([]);
  expect((await upload(id, Buffer.from('whole'))).status).toBe(204);
});

test('deleting an image ends its upload and leaves nothing', async () => {
  const id = await createImage(fixture, 'alice');
  const { told: prepared } = await event('image.prepare');
  const never = new Promise<void>(() => {});
  const going = fixture.images.data.upload(contextOf('alice'), id, halting(randomBytes(4096), never));
  const ended = expect(going).rejects.toMatchObject({ code: 'gone' });
  await prepared;
  expect((await fixture.ask('alice', 'DELETE', `/v2/images/${id}`)).status).toBe(204);
  await ended;
  expect(await fixture.files()).toEqual([]);
});

test('a deactivated image keeps its bytes to itself', async () => {
  const id = await createImage(fixture, 'alice', { visibility: 'community' });
  const act = async (who: string, action: string) =>
    (await fixture.ask(who, 'POST', `/v2/images/${id}/actions/${action}`)).status;
  expect(await act('alice', 'deactivate')).toBe(403);
  await upload(id, Buffer.from('x'));
  expect(await act('bob', 'deactivate')).toBe(403);
  expect(await act('alice', 'deactivate')).toBe(204);
  expect(await act('alice', 'deactivate')).toBe(204);
  expect((await fixture.ask('alice', 'GET', `/v2/images/${id}/file`)).status).toBe(403);
  expect((await fixture.ask('admin', 'GET', `/v2/images/${id}/file`)).status).toBe(200);
  await expect(fixture.images.imageForLaunch(contextOf('alice'), id)).rejects.toMatchObject({ code: 'bad_request' });
  expect(await act('alice', 'reactivate')).toBe(204);
  expect((await fixture.ask('alice', 'GET', `/v2/images/${id}/file`)).status).toBe(200);
});

test('limits: the file’s size, the disk’s size, the project’s quota', async () => {
  const small = await startImages({ limits: { maxBytes: MIB, maxVirtualBytes: 8 * MIB } });
  try {
    const raw = await createImage(small, 'alice');
    const tooLarge = await small.ask('alice', 'PUT', `/v2/images/${raw}/file`, Buffer.alloc(MIB + 1));
    expect([tooLarge.status, tooLarge.body.message]).toEqual([413, expect.stringContaining(String(MIB))]);
    const qcow2 = await createImage(small, 'alice', { disk_format: 'qcow2' });
    const tooWide = await small.ask('alice', 'PUT', `/v2/images/${qcow2}/file`, qcow2Image(64 * MIB));
    expect([tooWide.status, tooWide.body.message]).toEqual([400, expect.stringContaining('virtual size')]);
    await small.quota.update(contextOf('admin'), 'alice', { image_size_total: 0 }, { force: false });
    expect((await small.ask('alice', 'PUT', `/v2/images/${raw}/file`, Buffer.alloc(10))).status).toBe(403);
    expect(await small.files()).toEqual([]);
  } finally {
    await small.close();
  }
});

test('quota counts what comes in while it comes, of all uploads together, declared or not', async () => {
  const small = await startImages({});
  const never = new Promise<void>(() => {});
  try {
    await small.quota.update(contextOf('admin'), 'alice', { image_size_total: 3 }, { force: false });
    const first = await createImage(small, 'alice');
    const second = await createImage(small, 'alice');
    const end = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const source = halting(randomBytes(3 * MIB), end.promise);
    source.once('pause', held.resolve);
    const going = small.images.data.upload(contextOf('alice'), first, source);
    await held.promise;
    const refused = small.images.data.upload(contextOf('alice'), second, halting(randomBytes(4 * MIB), never));
    await expect(refused).rejects.toMatchObject({ code: 'quota_exceeded', field: 'image_size_total' });
    end.resolve();
    await going;
  } finally {
    await small.close();
  }
});

test('one person brings so many images at a time; when one has ended there is a place again', async () => {
  const end = Promise.withResolvers<void>();
  const uploads: Promise<void>[] = [];
  for (let number = 0; number < 16; number++) {
    const id = await createImage(fixture, 'alice');
    uploads.push(fixture.images.data.upload(contextOf('alice'), id, halting(Buffer.from('x'), end.promise)));
  }
  const id = await createImage(fixture, 'alice');
  const refused = await upload(id, Buffer.from('one more'));
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
  expect(await show(id)).toMatchObject({ status: 'queued' });
  const others = await createImage(fixture, 'bob');
  expect((await fixture.ask('bob', 'PUT', `/v2/images/${others}/file`, Buffer.from('y'))).status).toBe(204);
  end.resolve();
  await Promise.all(uploads);
  expect((await upload(id, Buffer.from('one more'))).status).toBe(204);
});

test('a start puts back what a crash left, and moves aside what it does not know', async () => {
  const id = await createImage(fixture, 'alice');
  const whole = await createImage(fixture, 'alice');
  await upload(whole, Buffer.from('whole'));
  await fixture.close({ keep: true });
  const images = join(fixture.dataDir, 'images');
  await writeFile(join(images, `${id}.part`), 'half');
  await writeFile(join(images, id), 'renamed, but not yet recorded');
  await writeFile(join(images, '00000000-0000-4000-8000-000000000000'), 'of nobody');
  await writeFile(join(images, 'note.txt'), 'not ours');
  const { openMigrated } = await import('../database/testing/migrated-database.ts');
  const database = await openMigrated(fixture.dataDir);
  await database.query.updateTable('image_image').set({ status: 'saving' }).where('id', '=', id).execute();
  await database.close();

  fixture = await startImages({ dataDir: fixture.dataDir });
  expect(await show(id)).toMatchObject({ status: 'queued' });
  const stranger = '00000000-0000-4000-8000-000000000000';
  expect(await fixture.files()).toEqual([whole, 'note.txt', 'unclaimed'].sort());
  expect(await readFile(join(images, 'unclaimed', stranger), 'utf8')).toBe('of nobody');
  expect((await upload(id, Buffer.from('again'))).status).toBe(204);
});

test('a database that has forgotten an image costs nobody its file, which is back with the image', async () => {
  const id = await createImage(fixture, 'alice');
  const deleted = await createImage(fixture, 'alice');
  for (const image of [id, deleted]) await upload(image, Buffer.from('precious'));
  await fixture.ask('alice', 'DELETE', `/v2/images/${deleted}`);
  expect(await fixture.database.query.selectFrom('leftover').selectAll().execute()).toEqual([]);
  const forgotten = await fixture.database.query.selectFrom('image_image').selectAll().execute();
  await fixture.database.query.deleteFrom('image_image').execute();
  await fixture.close({ keep: true });
  fixture = await startImages({ dataDir: fixture.dataDir });
  expect(await fixture.files()).toEqual(['unclaimed']);
  expect(await readdir(join(fixture.dataDir, 'images', 'unclaimed'))).toEqual([id]);
  await fixture.database.query.insertInto('image_image').values(forgotten).execute();
  await fixture.close({ keep: true });
  fixture = await startImages({ dataDir: fixture.dataDir });
  expect((await fixture.ask('alice', 'GET', `/v2/images/${id}/file`)).body.toString()).toBe('precious');
});

test('the file of a deleted image that could not be removed goes at the next start', async () => {
  const id = await createImage(fixture, 'alice');
  await upload(id, Buffer.from('whole'));
  await fixture.close({ keep: true });
  const { openMigrated } = await import('../database/testing/migrated-database.ts');
  const { imageFileLeftover, LeftoverService } = await import('../leftover/leftover.service.ts');
  const database = await openMigrated(fixture.dataDir);
  await database.transaction(async (trx) => {
    await trx.deleteFrom('image_image').where('id', '=', id).execute();
    await new LeftoverService().add(trx, imageFileLeftover(id));
  });
  await database.close();
  fixture = await startImages({ dataDir: fixture.dataDir });
  expect(await fixture.files()).toEqual([]);
  expect(await fixture.database.query.selectFrom('leftover').selectAll().execute()).toEqual([]);
});

test('what a launch needs, and what agents fetch', async () => {
  const id = await createImage(fixture, 'alice', { disk_format: 'qcow2', min_disk: 1, os_admin_user: 'debian' });
  const alice = contextOf('alice');
  await expect(fixture.images.imageForLaunch(alice, id)).rejects.toThrow('is not active');
  await upload(id, qcow2Image());
  const file = await fixture.images.storedFile(id);
  expect(await fixture.images.imageForLaunch(alice, id)).toMatchObject({
    id,
    diskFormat: 'qcow2',
    virtualSize: 64 * MIB,
    size: (await stat(file.path)).size,
    sha512: file.sha512,
    minDisk: 1,
    properties: { os_admin_user: 'debian' },
    defaultUser: 'debian',
  });
  await expect(fixture.images.imageForLaunch(contextOf('bob'), id)).rejects.toThrow('Can not find requested image');
  await expect(fixture.images.imageForLaunch(alice, '../x')).rejects.toThrow('Can not find requested image');
  const kernel = await createImage(fixture, 'alice', { disk_format: 'aki', container_format: 'aki' });
  await upload(kernel, Buffer.from('x'));
  await expect(fixture.images.imageForLaunch(alice, kernel)).rejects.toThrow('no host runs');
  await expect(fixture.images.storedFile('../x')).rejects.toMatchObject({ code: 'not_found' });
});

test.skipIf(!SmallDisk.canMount())(
  'a full disk is said so, and leaves a queued image, no file and an unharmed database',
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'cumulet-full-'));
    const disk = await SmallDisk.mount({ mib: 80, at: join(dataDir, 'images') });
    const full = await startImages({ dataDir });
    try {
      const id = await createImage(full, 'alice');
      const announced = await full.ask('alice', 'PUT', `/v2/images/${id}/file`, Buffer.alloc(20 * MIB));
      expect([announced.status, announced.body.message]).toEqual([
        507,
        expect.stringMatching(/no room.*Delete images/),
      ]);
      // Its size is not announced, so that it runs into the wall.
      const blind = Readable.from(
        (function* () {
          for (let count = 0; count < 90; count++) yield randomBytes(MIB);
        })(),
      );
      await expect(full.images.data.upload(contextOf('alice'), id, blind)).rejects.toMatchObject({
        code: 'disk_full',
      });
      expect((await full.ask('alice', 'GET', `/v2/images/${id}`)).body).toMatchObject({ status: 'queued', size: null });
      expect(await full.files()).toEqual([]);
      expect((await full.ask('alice', 'PUT', `/v2/images/${id}/file`, Buffer.alloc(MIB))).status).toBe(204);
    } finally {
      await full.close({ keep: true });
      await disk.unmount();
      await rm(dataDir, { recursive: true });
    }
  },
);

test('an upload that breaks off while nothing can be stored is put back when it can', async () => {
  const id = await createImage(fixture, 'alice');
  const { database } = fixture;
  const away = vi.spyOn(database, 'transaction');
  const breaking = Readable.from(
    (async function* () {
      yield Buffer.from('half');
      away.mockRejectedValue(new DatabaseUnavailable('disk_full', 'The disk is full.', {}));
      throw new Error('the client is gone');
    })(),
  );
  await expect(fixture.images.data.upload(contextOf('alice'), id, breaking)).rejects.toThrow('interrupted');
  expect(await show(id)).toMatchObject({ status: 'saving' });
  away.mockRestore();
  await until('the image to wait for its bytes', 20, async () => (await show(id)).status === 'queued' || undefined);
  expect(await fixture.files()).toEqual([]);
  expect((await upload(id, Buffer.from('again'))).status).toBe(204);
});
