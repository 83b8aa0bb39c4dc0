import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCloud, type TestCloud } from '../cloud.ts';

const run = promisify(execFile);
const MIB = 1024 * 1024;
const asJson = ['-f', 'json'];

/** The image commands of the `openstack` client, against a cloud without machines. */
let cloud: TestCloud;
let dir: string;
beforeAll(async () => {
  cloud = await startCloud({ hypervisor: 'none' });
  dir = await mkdtemp(join(tmpdir(), 'cumulet-image-client-'));
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', join(dir, 'disk.qcow2'), '1G']);
  await writeFile(join(dir, 'disk.raw'), randomBytes(6 * MIB));
});
afterAll(async () => {
  await cloud.close();
  await rm(dir, { recursive: true });
});

async function createFrom(file: string, format: string, name: string, ...more: string[]) {
  return await cloud.openstack(
    ...['image', 'create', '--disk-format', format, '--container-format', 'bare', '--file', join(dir, file)],
    ...more,
    name,
    ...asJson,
  );
}

test('qcow2 and raw are created, shown, listed, saved, set and deleted', async () => {
  await createFrom(
    'disk.qcow2',
    'qcow2',
    'small disk',
    '--public',
    '--min-disk',
    '1',
    '--property',
    'os_distro=debian',
  );
  const created = await createFrom('disk.raw', 'raw', 'raw <disk>', '--tag', 'mine');
  const raw = await readFile(join(dir, 'disk.raw'));

  const shown = await cloud.openstack('image', 'show', 'small disk', ...asJson);
  expect(shown).toMatchObject({ status: 'active', disk_format: 'qcow2', visibility: 'public', min_disk: 1 });
  expect(shown.properties).toMatchObject({ os_distro: 'debian', os_hash_algo: 'sha512' });
  expect(shown.virtual_size).toBe(1024 * MIB);

  const listed = await cloud.openstack('image', 'list', '--long', '--sort', 'name:asc', ...asJson);
  expect(listed).toMatchObject([
    { Name: 'raw <disk>', Status: 'active', Size: 6 * MIB, Tags: ['mine'], 'Disk Format': 'raw' },
    { Name: 'small disk', Status: 'active', Visibility: 'public' },
  ]);
  expect(listed[0].Checksum).toBe(createHash('md5').update(raw).digest('hex'));
  expect(await cloud.openstack('image', 'list', '--tag', 'mine', ...asJson)).toHaveLength(1);
  expect(await cloud.openstack('image', 'list', '--property', 'os_distro=debian', ...asJson)).toHaveLength(1);

  const back = join(dir, 'back');
  await cloud.openstack('image', 'save', '--file', back, created.id);
  expect(raw.equals(await readFile(back))).toBe(true);

  await cloud.openstack('image', 'set', '--name', 'renamed', '--property', 'color=blue', '--protected', created.id);
  expect(await cloud.openstack('image', 'show', created.id, ...asJson)).toMatchObject({
    name: 'renamed',
    protected: true,
    properties: { color: 'blue' },
  });
  await expect(cloud.openstack('image', 'delete', created.id)).rejects.toThrow('is protected and cannot be deleted');
  await cloud.openstack('image', 'unset', '--property', 'color', created.id);
  await cloud.openstack('image', 'set', '--unprotected', '--deactivate', created.id);
  expect((await cloud.openstack('image', 'show', created.id, ...asJson)).status).toBe('deactivated');
  await cloud.openstack('image', 'set', '--activate', created.id);
  await cloud.openstack('image', 'delete', created.id, 'small disk');
  expect(await cloud.openstack('image', 'list', ...asJson)).toEqual([]);
});

test('more images than fit a page are listed all', async () => {
  const names = Array.from({ length: 30 }, (_, index) => `page-${index}`);
  for (const name of names) await cloud.request('POST', '/image/v2/images', { name });
  const listed = await cloud.openstack('image', 'list', '--limit', '7', ...asJson);
  expect(listed).toHaveLength(7);
  const all = await cloud.openstack('image', 'list', ...asJson);
  expect(all.map((image: { Name: string }) => image.Name).sort()).toEqual(names.sort());
  const ids = all.map((image: { ID: string }) => image.ID);
  await cloud.openstack('image', 'delete', ...ids);
});

test('what is not what it says is refused, and the client says why', async () => {
  const base = join(dir, 'disk.qcow2');
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', base, '-F', 'qcow2', join(dir, 'overlay.qcow2')]);
  await expect(createFrom('overlay.qcow2', 'qcow2', 'overlay')).rejects.toThrow(/has a backing file/);
  await expect(createFrom('disk.qcow2', 'raw', 'disguised')).rejects.toThrow(/is qcow2, not raw/);
  await expect(createFrom('disk.raw', 'qcow2', 'nonsense')).rejects.toThrow(/is not qcow2/);
});

test('an image is shared with another project', async () => {
  const { id } = await createFrom('disk.qcow2', 'qcow2', 'to share', '--shared');
  const project = 'f'.repeat(32);
  const { body } = await cloud.request('POST', `/image/v2/images/${id}/members`, { member: project });
  expect(body).toMatchObject({ member_id: project, status: 'pending' });
  expect(await cloud.openstack('image', 'member', 'list', id, ...asJson)).toMatchObject([
    { 'Image ID': id, 'Member ID': project, Status: 'pending' },
  ]);
  await cloud.openstack('image', 'delete', id);
});
