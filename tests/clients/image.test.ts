import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestCloud } from '../cloud.ts';
import { OpenStackSession } from './testing/openstack-session.ts';

const run = promisify(execFile);
const MIB = 1024 * 1024;

/** The image commands of the `openstack` client, against a cloud without machines. */
let cloud: TestCloud;
let openstack: OpenStackSession;
let dir: string;
beforeAll(async () => {
  ({ cloud, openstack } = await OpenStackSession.start());
  dir = await mkdtemp(join(tmpdir(), 'cumulet-image-client-'));
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', join(dir, 'disk.qcow2'), '1G']);
  await writeFile(join(dir, 'disk.raw'), randomBytes(6 * MIB));
});
afterAll(async () => {
  await openstack?.close();
  await cloud?.close();
  if (dir) await rm(dir, { recursive: true });
});

/** `rest` is the name, and what options there are before it. */
async function createFrom(file: string, format: string, rest: string) {
  return await openstack.json(
    `image create --disk-format ${format} --container-format bare --file ${dir}/${file} ${rest}`,
  );
}

test('qcow2 and raw are created, shown, listed, saved, set and deleted', async () => {
  await createFrom('disk.qcow2', 'qcow2', '--public --min-disk 1 --property os_distro=debian "small disk"');
  const created = await createFrom('disk.raw', 'raw', '--tag mine "raw <disk>"');
  const raw = await readFile(join(dir, 'disk.raw'));

  const shown = await openstack.json('image show "small disk"');
  expect(shown).toMatchObject({ status: 'active', disk_format: 'qcow2', visibility: 'public', min_disk: 1 });
  expect(shown.properties).toMatchObject({ os_distro: 'debian', os_hash_algo: 'sha512' });
  expect(shown.virtual_size).toBe(1024 * MIB);

  const listed = await openstack.json('image list --long --sort name:asc');
  expect(listed).toMatchObject([
    { Name: 'raw <disk>', Status: 'active', Size: 6 * MIB, Tags: ['mine'], 'Disk Format': 'raw' },
    { Name: 'small disk', Status: 'active', Visibility: 'public' },
  ]);
  expect(listed[0].Checksum).toBe(createHash('md5').update(raw).digest('hex'));
  expect(await openstack.json('image list --tag mine')).toHaveLength(1);
  expect(await openstack.json('image list --property os_distro=debian')).toHaveLength(1);

  const back = join(dir, 'back');
  await openstack.run(`image save --file ${back} ${created.id}`);
  expect(raw.equals(await readFile(back))).toBe(true);

  await openstack.run(`image set --name renamed --property color=blue --protected ${created.id}`);
  expect(await openstack.json(`image show ${created.id}`)).toMatchObject({
    name: 'renamed',
    protected: true,
    properties: { color: 'blue' },
  });
  await expect(openstack.run(`image delete ${created.id}`)).rejects.toThrow('is protected and cannot be deleted');
  await openstack.run(`image unset --property color ${created.id}`);
  await openstack.run(`image set --unprotected --deactivate ${created.id}`);
  expect((await openstack.json(`image show ${created.id}`)).status).toBe('deactivated');
  await openstack.run(`image set --activate ${created.id}`);
  await openstack.run(`image delete ${created.id} "small disk"`);
  expect(await openstack.json('image list')).toEqual([]);
});

test('more images than fit a page are listed all', async () => {
  const names = Array.from({ length: 30 }, (_, index) => `page-${index}`);
  for (const name of names) await cloud.request('POST', '/image/v2/images', { name });
  const listed = await openstack.json('image list --limit 7');
  expect(listed).toHaveLength(7);
  const all = await openstack.json('image list');
  expect(all.map((image: { Name: string }) => image.Name).sort()).toEqual(names.sort());
  const ids = all.map((image: { ID: string }) => image.ID);
  await openstack.run(`image delete ${ids.join(' ')}`);
});

test('what is not what it says is refused, and the client says why', async () => {
  const base = join(dir, 'disk.qcow2');
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', base, '-F', 'qcow2', join(dir, 'overlay.qcow2')]);
  await expect(createFrom('overlay.qcow2', 'qcow2', 'overlay')).rejects.toThrow(/has a backing file/);
  await expect(createFrom('disk.qcow2', 'raw', 'disguised')).rejects.toThrow(/is qcow2, not raw/);
  await expect(createFrom('disk.raw', 'qcow2', 'nonsense')).rejects.toThrow(/is not qcow2/);
});

test('an image is shared with another project', async () => {
  const { id } = await createFrom('disk.qcow2', 'qcow2', '--shared "to share"');
  const project = 'f'.repeat(32);
  const { body } = await cloud.request('POST', `/image/v2/images/${id}/members`, { member: project });
  expect(body).toMatchObject({ member_id: project, status: 'pending' });
  expect(await openstack.json(`image member list ${id}`)).toMatchObject([
    { 'Image ID': id, 'Member ID': project, Status: 'pending' },
  ]);
  await openstack.run(`image delete ${id}`);
});

/** Glance's own library, which reads refusals as Glance writes them. */
const REFUSALS = `
import sys
from glanceclient import Client
client = Client('2', endpoint=sys.argv[1], token=sys.argv[2])
for call in (
    lambda: client.images.get('nothing'),
    lambda: client.images.create(name='x', disk_format='floppy'),
    lambda: client.images.create(id=client.images.create(name='<b> & "c"').id),
):
    try:
        call()
        print('taken')
    except Exception as error:
        print(type(error).__name__, ' '.join(str(error).split()))
`;

test("Glance's own library tells what was refused", async () => {
  const { stdout } = await run('/usr/bin/python3', ['-c', REFUSALS, `${cloud.url}/image`, cloud.token]);
  const [missing, wrong, doubled] = stdout.trim().split('\n');
  expect(missing).toMatch(/^HTTPNotFound HTTP 404 Not Found: No image found with ID nothing/);
  expect(wrong).toMatch(/^(SchemaBasedModel|TypeError|HTTPBadRequest).*floppy/);
  expect(doubled).toMatch(/^HTTPConflict HTTP 409 Conflict: .*[0-9a-f-]{36}/);
  await expect(openstack.run('image show nothing')).rejects.toThrow(/No Image found for nothing/i);
  await expect(openstack.run('image create --min-disk -1 wrong')).rejects.toThrow(/min_disk/);
});

/** Glance's own library checks what it sends and gets against the schemas that the service gives it. */
const DEFINITIONS = `
import json, sys
from glanceclient import Client
client = Client('2', endpoint=sys.argv[1], token=sys.argv[2])
spaces = client.metadefs_namespace
known = {space.namespace for space in spaces.list(page_size=5)}
hardware = client.metadefs_property.get('OS::Compute::LibvirtImage', 'hw_disk_bus')
spaces.create(namespace='Acme', display_name='Acme', visibility='public', description='Ours')
client.metadefs_object.create('Acme', name='Rack', properties={'row': {'title': 'Row', 'type': 'integer'}})
client.metadefs_property.create('Acme', name='side', title='Side', type='string', enum=['left', 'right'])
list(client.metadefs_tag.create_multiple('Acme', tags=['a', 'b']))
client.metadefs_resource_type.associate('Acme', name='OS::Nova::Flavor', prefix='acme:')
spaces.update('Acme', display_name='Acme Inc')
client.metadefs_object.update('Acme', 'Rack', description='Where it stands')
client.metadefs_property.update('Acme', 'side', title='Which side')
shown = spaces.get('Acme', resource_type='OS::Nova::Flavor')
result = {
    'known': sorted(known),
    'buses': hardware.enum,
    'name': shown.display_name,
    'visibility': shown.visibility,
    'properties': shown.properties,
    'object': [shown.objects[0]['name'], shown.objects[0]['description'], list(shown.objects[0]['properties'])],
    'tags': sorted(tag.name for tag in client.metadefs_tag.list('Acme')),
    'types': [each.name for each in client.metadefs_resource_type.get('Acme')],
    'some': [each.name for each in client.metadefs_object.list('Acme')],
}
client.metadefs_tag.delete_all('Acme')
client.metadefs_resource_type.deassociate('Acme', 'OS::Nova::Flavor')
client.metadefs_object.delete_all('Acme')
client.metadefs_property.delete_all('Acme')
spaces.delete('Acme')
result['left'] = [each.namespace for each in spaces.list(filters={'visibility': 'public'}) if each.namespace == 'Acme']
print(json.dumps(result))
`;

test("Glance's own library keeps metadata definitions", async () => {
  const { stdout } = await run('/usr/bin/python3', ['-c', DEFINITIONS, `${cloud.url}/image`, cloud.token]);
  const result = JSON.parse(stdout);
  expect(result.known).toEqual(expect.arrayContaining(['OS::Compute::LibvirtImage', 'OS::Compute::CPUPinning']));
  expect(result).toMatchObject({
    buses: ['virtio', 'scsi', 'ide', 'sata', 'usb'],
    name: 'Acme Inc',
    visibility: 'public',
    properties: { 'acme:side': { title: 'Which side', type: 'string', enum: ['left', 'right'] } },
    object: ['Rack', 'Where it stands', ['acme:row']],
    tags: ['a', 'b'],
    types: ['OS::Nova::Flavor'],
    some: ['Rack'],
    left: [],
  });
});
