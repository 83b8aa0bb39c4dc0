import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Unclaimed } from '../contract/unclaimed.ts';
import { qcow2Image } from './formats/disk-image.fixture.ts';
import { contextOf, type ImageFixture, startImages } from './testing/image.fixture.ts';

let fixture: ImageFixture;
let folder: string;
beforeEach(async () => {
  fixture = await startImages();
  folder = join(fixture.dataDir, 'images');
});
afterEach(async () => {
  await fixture.close();
});

/** Files nobody knows are found at a start. */
async function startWith(files: Record<string, Uint8Array>): Promise<void> {
  await fixture.close({ keep: true });
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  fixture = await startImages({ dataDir: fixture.dataDir });
}

const list = async (): Promise<Unclaimed[]> => (await fixture.unclaimed.list({ limit: 100 })).unclaimed;
const aside = () => readdir(join(folder, 'unclaimed'));

async function adopt(name: string, projectId = 'alice') {
  const thing = (await list()).find((one) => one.name === name);
  return await fixture.unclaimed.adopt(contextOf('admin'), thing?.id ?? '', projectId);
}

const show = async (id: string) => await fixture.ask('alice', 'GET', `/v2/images/${id}`);

test.each([
  ['qcow2', Buffer.concat([qcow2Image(), randomBytes(1000)])],
  ['raw', randomBytes(4096)],
])('a %s file nobody knows becomes an image of its id, with its hash', async (format, bytes) => {
  const id = randomUUID();
  await startWith({ [id]: bytes });
  expect(await list()).toMatchObject([
    { kind: 'image-file', name: id, host: null, bytes: bytes.length, canAdopt: true, machine: null },
  ]);
  expect(await adopt(id)).toMatchObject({ resource: { type: 'image', id } });
  await expect.poll(async () => (await show(id)).body.status).toBe('active');
  expect((await show(id)).body).toMatchObject({
    disk_format: format,
    container_format: 'bare',
    owner: 'alice',
    visibility: 'private',
    size: bytes.length,
    os_hash_value: createHash('sha512').update(bytes).digest('hex'),
  });
  expect((await fixture.ask('alice', 'GET', `/v2/images/${id}/file`)).body).toEqual(bytes);
  expect([await list(), await aside()]).toEqual([[], []]);
  await fixture.close({ keep: true });
  fixture = await startImages({ dataDir: fixture.dataDir });
  expect((await show(id)).body.status).toBe('active');
});

test('a file that is no good image stays unclaimed, and so does one that its project has no room for', async () => {
  const [bad, large] = [randomUUID(), randomUUID()];
  const backed = qcow2Image();
  backed.writeBigUInt64BE(512n, 8);
  backed.writeUInt32BE(11, 16);
  backed.write('/etc/shadow', 512);
  await startWith({ [bad]: backed, [large]: randomBytes(2 * 1024 * 1024) });
  await adopt(bad);
  await expect.poll(async () => (await show(bad)).status).toBe(404);
  await expect.poll(async () => (await list()).map(({ name }) => name).sort()).toEqual([bad, large].sort());
  await fixture.database.transaction((trx) =>
    trx
      .insertInto('quota_limit')
      .values({ project_id: 'alice', resource: 'image_size_total', hard_limit: 1 })
      .execute(),
  );
  await adopt(large);
  await expect.poll(async () => (await list()).map(({ name }) => name).sort()).toEqual([bad, large].sort());
  expect((await aside()).sort()).toEqual([bad, large].sort());
  expect((await show(large)).status).toBe(404);
});

test('half a file cannot be adopted; each is removed by its name, and nothing else', async () => {
  const [whole, half] = [randomUUID(), `${randomUUID()}.download`];
  await startWith({ [whole]: randomBytes(10), [half]: randomBytes(10) });
  await expect(adopt(half)).rejects.toMatchObject({ code: 'conflict' });
  const thing = (await list()).find(({ name }) => name === half);
  const context = contextOf('admin');
  await expect(fixture.unclaimed.remove(context, thing?.id ?? '', whole)).rejects.toMatchObject({ field: 'name' });
  await fixture.unclaimed.remove(context, thing?.id ?? '', half);
  await expect.poll(aside).toEqual([whole]);
  await expect.poll(async () => (await list()).map(({ name }) => name)).toEqual([whole]);
  expect(await fixture.database.query.selectFrom('leftover').selectAll().execute()).toEqual([]);
});
