import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MachineSpec } from '../contract/machine.ts';
import { systemContext } from '../policy/authorization.ts';
import { IMAGE, PROJECT, TestCloud } from './testing/test-cloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start();
  for (const [id, ephemeral, swap] of [
    ['disks', 4, 512],
    ['more-disks', 8, 1024],
    ['fewer-disks', 2, 0],
  ] as const) {
    const flavor = { id, name: id, vcpus: 1, ram: 128, disk: 1, 'OS-FLV-EXT-DATA:ephemeral': ephemeral, swap };
    const { status } = await cloud.request('POST', '/flavors', { flavor }, { who: 'admin' });
    expect(status).toBe(200);
  }
});
afterAll(() => cloud.stop());

const image = { source_type: 'image', destination_type: 'local', boot_index: 0, uuid: IMAGE.id };
const blank = { source_type: 'blank', destination_type: 'local' };
const swap = { ...blank, guest_format: 'swap' };

const launch = (fields: object, version = '2.96') => {
  const good = { name: 'x', imageRef: IMAGE.id, flavorRef: 'disks', networks: 'auto' };
  return cloud.request('POST', '/servers', { server: { ...good, ...fields } }, { version });
};
const launchWith = (devices: object[], fields: object = {}, version?: string) =>
  launch({ block_device_mapping_v2: devices, ...fields }, version);

async function specOf({ status, body }: Awaited<ReturnType<typeof launch>>): Promise<MachineSpec> {
  expect([status, body]).toEqual([202, expect.anything()]);
  await cloud.idle(body.server.id);
  return requireSpec(body.server.id);
}

function requireSpec(id: string): MachineSpec {
  const spec = cloud.agent.machines.get(id)?.spec;
  if (spec === undefined) throw new Error('its host has no such machine');
  return spec;
}

const disksOf = ({ disks }: MachineSpec) => disks.map(({ id, sizeMib }) => [id, sizeMib]);

test('without devices a machine has the disks of its flavor', async () => {
  const spec = await specOf(await launch({}));
  expect(spec).toMatchObject({ rootDiskGib: 1, root: { bus: null, serial: null }, image: { id: IMAGE.id } });
  expect(spec.disks).toEqual([
    { id: 'ephemeral', role: 'ephemeral', sizeMib: 4096, bus: null, serial: null, bootIndex: null },
    { id: 'swap', role: 'swap', sizeMib: 512, bus: null, serial: null, bootIndex: null },
  ]);
});

test('several ephemeral disks and swap, with bus, tag and turn; what no device is named for is as the flavor has it', async () => {
  const devices = [
    { ...swap, volume_size: 256, device_name: '/dev/vdx' },
    { ...image, disk_bus: 'scsi', tag: 'system', delete_on_termination: 'true' },
    { ...blank, guest_format: 'ephemeral', volume_size: 1, boot_index: '1', disk_bus: 'sata' },
    { ...blank, volume_size: '2', device_type: 'disk', boot_index: null, tag: 'data' },
  ];
  const spec = await specOf(await launchWith(devices));
  expect(spec.root).toEqual({ bus: 'scsi', serial: 'root' });
  expect(spec.disks).toEqual([
    { id: 'ephemeral', role: 'ephemeral', sizeMib: 1024, bus: 'sata', serial: null, bootIndex: 1 },
    { id: 'ephemeral1', role: 'ephemeral', sizeMib: 2048, bus: null, serial: 'ephemeral1', bootIndex: null },
    { id: 'swap', role: 'swap', sizeMib: 256, bus: null, serial: null, bootIndex: null },
  ]);
  expect(disksOf(await specOf(await launchWith([image, { ...blank, volume_size: 1 }])))).toEqual([
    ['ephemeral', 1024],
    ['swap', 512],
  ]);
  expect(disksOf(await specOf(await launchWith([image, blank, { ...swap, volume_size: 8 }])))).toEqual([
    ['ephemeral', 4096],
    ['swap', 8],
  ]);
});

test('a guest is told of those with a tag, by their serial numbers', async () => {
  const { body } = await launchWith([
    { ...image, tag: 'system' },
    { ...blank, volume_size: 1 },
    { ...blank, volume_size: 1, tag: 'data' },
    { ...swap, volume_size: 1, tag: 'paging' },
  ]);
  const { id } = body.server;
  await cloud.idle(id);
  const device = (serial: string, tag: string) => ({ type: 'disk', bus: 'none', address: 'none', serial, tags: [tag] });
  const question = { host: 'host-1', id, method: 'GET', body: '', path: '/openstack/latest/meta_data.json' };
  const answer = await cloud.metadata.answer(question);
  expect(JSON.parse(Buffer.from(answer.body, 'base64').toString()).devices).toEqual([
    device('root', 'system'),
    device('ephemeral1', 'data'),
    device('swap', 'paging'),
  ]);
  const drive = requireSpec(id).configDrive?.['openstack/latest/meta_data.json'] ?? '';
  expect(JSON.parse(Buffer.from(drive, 'base64').toString()).devices).toHaveLength(3);
});

test('devices as they were before: beside the image, by their names', async () => {
  const devices = [
    { virtual_name: 'ephemeral0', volume_size: 1 },
    { virtual_name: 'swap', volume_size: '64', delete_on_termination: true },
    { virtual_name: 'ephemeral1', volume_size: 3, device_name: 'vdz' },
  ];
  const spec = await specOf(await launch({ block_device_mapping: devices }));
  expect([spec.image?.id, disksOf(spec)]).toEqual([
    IMAGE.id,
    [
      ['ephemeral', 1024],
      ['ephemeral1', 3072],
      ['swap', 64],
    ],
  ]);
});

test('a machine without an image starts from an empty disk, and is shown so; an image makes it another', async () => {
  const response = await launchWith([{ ...blank, volume_size: 2, boot_index: 0, tag: 'a' }, blank2()], {
    imageRef: '',
  });
  const spec = await specOf(response);
  expect(spec).toMatchObject({ image: null, rootDiskGib: 2, root: { serial: 'root' } });
  expect(disksOf(spec)).toEqual([
    ['ephemeral1', 1024],
    ['swap', 512],
  ]);
  const { id } = response.body.server;
  expect(await cloud.show(id)).toMatchObject({ status: 'ACTIVE', image: '' });
  const resized = await cloud.request('POST', `/servers/${id}/action`, { resize: { flavorRef: 'more-disks' } });
  expect(resized.status).toBe(202);
  await cloud.idle(id);
  expect(requireSpec(id)).toMatchObject({ rootDiskGib: 2, disks: [{ sizeMib: 1024 }, { sizeMib: 1024 }] });
  await cloud.request('POST', `/servers/${id}/action`, { confirmResize: null });
  await cloud.idle(id);
  await cloud.request('POST', `/servers/${id}/action`, { rebuild: { imageRef: IMAGE.id } });
  await cloud.idle(id);
  const rebuilt = requireSpec(id);
  expect(rebuilt).toMatchObject({ image: { id: IMAGE.id }, rootDiskGib: 1, root: { serial: null } });
  expect(disksOf(rebuilt)).toEqual([
    ['ephemeral', 2048],
    ['ephemeral1', 1024],
    ['swap', 1024],
  ]);

  function blank2() {
    return { ...blank, volume_size: 1 };
  }
});

test('a resize keeps ephemeral disks as they are and gives the swap of the flavor; back, it is what it was', async () => {
  const { body } = await launchWith([image, { ...blank, volume_size: 3 }, { ...swap, volume_size: 64 }]);
  const { id } = body.server;
  await cloud.idle(id);
  const act = async (action: object) => {
    const { status } = await cloud.request('POST', `/servers/${id}/action`, action);
    expect(status).toBe(202);
    await cloud.idle(id);
  };
  await act({ resize: { flavorRef: 'more-disks' } });
  expect(disksOf(requireSpec(id))).toEqual([
    ['ephemeral', 3072],
    ['swap', 1024],
  ]);
  await act({ revertResize: null });
  await act({ rebuild: { imageRef: IMAGE.id, preserve_ephemeral: true } });
  expect(disksOf(requireSpec(id))).toEqual([
    ['ephemeral', 3072],
    ['swap', 64],
  ]);
  await act({ resize: { flavorRef: 'fewer-disks' } });
  expect(await cloud.show(id)).toMatchObject({ status: 'ACTIVE', flavor: { original_name: 'disks' } });
  const { instanceActions } = (await cloud.request('GET', `/servers/${id}/os-instance-actions`)).body;
  expect(instanceActions[0]).toMatchObject({ action: 'resize', message: 'Error' });
});

describe('refused, naming the field:', () => {
  const v2 = (...devices: object[]) => ({ block_device_mapping_v2: devices });
  const first = (...devices: object[]) => ({ block_device_mapping: devices });
  const boot = 'Boot sequence for the instance and image/block device mapping combination is not valid.';
  const uuid = '99999999-0000-4000-8000-000000000000';
  test.each<[string, object]>([
    ['server.block_device_mapping_v2.1.source_type', v2(image, { source_type: 'volume', uuid })],
    ['server.block_device_mapping_v2.0.source_type', v2({ source_type: 'snapshot', uuid })],
    ['server.block_device_mapping_v2.0.destination_type', v2({ ...image, destination_type: 'volume' })],
    ['server.block_device_mapping_v2.1.destination_type', v2(image, { ...blank, destination_type: 'volume' })],
    ['Specifying a volume_type with destination_type=local', v2(image, { ...blank, volume_type: 'fast' })],
    ['server.block_device_mapping.0.volume_id', first({ volume_id: uuid, device_name: 'vdb' })],
    ['server.block_device_mapping.0.snapshot_id', first({ snapshot_id: uuid })],
    ['Unrecognized legacy format.', first({ device_name: 'vdb' })],
    ['different block_device_mapping syntaxes', { ...first({ virtual_name: 'swap' }), ...v2(image) }],
    ['Mapping image to local is not supported.', v2({ ...image, boot_index: 1 })],
    ['Mapping image to local is not supported.', { imageRef: '', ...v2(image) }],
    ['another image than imageRef', v2({ ...image, uuid })],
    ['Missing device UUID.', v2({ ...image, uuid: undefined })],
    ['Invalid device UUID.', v2(image, { ...blank, uuid })],
    ['Some required fields are missing', v2({ uuid })],
    [boot, v2(blank)],
    [boot, v2(image, { ...blank, volume_size: 1, boot_index: 2 })],
    [boot, v2(image, { ...blank, volume_size: 1, boot_index: 0 })],
    ['Ephemeral disks requested are larger', v2(image, { ...blank, volume_size: 5 })],
    ['Ephemeral disks requested are larger', v2(image, blank, { ...blank, volume_size: 1 })],
    ['Ephemeral disks requested are larger', { flavorRef: '42', ...v2(image, blank) }],
    ['Swap drive requested is larger', v2(image, { ...swap, volume_size: 513 })],
    ['Swap drive requested is larger', { flavorRef: 'fewer-disks', ...v2(image, swap) }],
    ['More than one swap drive requested.', v2(image, { ...swap, volume_size: 1 }, { ...swap, volume_size: 1 })],
    ['The provided disk bus xen is not valid', v2({ ...image, disk_bus: 'xen' })],
    ['block_device_mapping_v2.1.device_type', v2(image, { ...blank, device_type: 'cdrom' })],
    ['block_device_mapping_v2.0.device_type', v2({ ...image, device_type: 'floppy' })],
    ['block_device_mapping_v2.1.guest_format', v2(image, { ...blank, guest_format: 'xfs' })],
    ['block_device_mapping_v2.1.volume_size', v2(image, { ...blank, volume_size: 0 })],
    ['block_device_mapping_v2.1.device_name', v2(image, { ...blank, device_name: 'a b' })],
    ['Invalid imageRef provided.', { imageRef: '' }],
  ])('%s', async (named, fields) => {
    const { status, body } = await launch(fields);
    expect([status, body.badRequest?.message]).toEqual([400, expect.stringContaining(named)]);
  });

  test('more disks than the operator allows', async () => {
    const few = cloud.settings;
    await cloud.shut();
    cloud.settings = { ...few, max_local_block_devices: 3 };
    await cloud.open();
    const one = { ...blank, volume_size: 1 };
    const { status, body } = await launchWith([image, one, one]);
    expect([status, body.badRequest?.message]).toEqual([
      400,
      expect.stringContaining('more local devices than the limit'),
    ]);
    expect((await launchWith([image, one, { ...swap, volume_size: 1 }])).status).toBe(202);
  });

  test('tags and volume types of another microversion', async () => {
    const tagged = [{ ...image, tag: 'a' }];
    const status = async (devices: object[], version: string) => {
      const fields = { networks: undefined, block_device_mapping_v2: devices, name: `at-${version}` };
      const answer = await launch(Number(version.slice(2)) < 37 ? fields : { ...fields, networks: 'none' }, version);
      return answer.status;
    };
    expect([await status(tagged, '2.31'), await status(tagged, '2.32'), await status(tagged, '2.33')]).toEqual([
      400, 202, 400,
    ]);
    expect([await status(tagged, '2.41'), await status(tagged, '2.42')]).toEqual([400, 202]);
    expect(await status([{ ...image, volume_type: null }], '2.66')).toBe(400);
    expect(await status([{ ...image, volume_type: null }], '2.67')).toBe(202);
  });
});

describe('files for the guest', () => {
  const file = (path: string, text: string) => ({ path, contents: Buffer.from(text).toString('base64') });
  const filesOn = (id: string) => {
    const drive = requireSpec(id).configDrive ?? {};
    const text = (path: string) => Buffer.from(drive[path] ?? '', 'base64').toString();
    const { files = [] } = JSON.parse(text('openstack/latest/meta_data.json'));
    return files.map(({ path, content_path }: Record<string, string>) => [path, text(`openstack${content_path}`)]);
  };
  const rebuild = async (id: string, fields: object, version = '2.56') => {
    const body = { rebuild: { imageRef: IMAGE.id, ...fields } };
    const answer = await cloud.request('POST', `/servers/${id}/action`, body, { version });
    await cloud.idle(id);
    return answer;
  };

  test('are on its drive and told by the service; a rebuild gives others', async () => {
    const personality = [file('/etc/motd', 'hello\n'), file('C:\\a b.txt', '')];
    const { body } = await launch({ personality }, '2.56');
    const { id } = body.server;
    await cloud.idle(id);
    expect(filesOn(id)).toEqual([
      ['/etc/motd', 'hello\n'],
      ['C:\\a b.txt', ''],
    ]);
    const question = { host: 'host-1', id, method: 'GET', body: '' };
    const told = await cloud.metadata.answer({ ...question, path: '/openstack/content/0000' });
    expect(Buffer.from(told.body, 'base64').toString()).toBe('hello\n');
    for (const path of ['/openstack/content/0002', '/openstack/content', '/openstack/content/0000/x']) {
      expect((await cloud.metadata.answer({ ...question, path })).status).toBe(404);
    }
    expect((await rebuild(id, { personality: [file('/other', 'x')] })).status).toBe(202);
    expect(filesOn(id)).toEqual([['/other', 'x']]);
    expect((await rebuild(id, {})).status).toBe(202);
    expect(filesOn(id)).toEqual([]);
    expect((await rebuild(id, { personality: [] }, '2.57')).status).toBe(400);
  });

  test('are limited in number, path and content, each by its quota', async () => {
    const { body } = await launch({}, '2.56');
    await cloud.idle(body.server.id);
    const six = Array.from({ length: 6 }, (_, n) => file(`/${n}`, ''));
    for (const [personality, message] of [
      [six, 'Personality file limit exceeded'],
      [[file('/'.repeat(256), '')], 'Personality file path exceeds maximum 255'],
      [[file('/x', 'x'.repeat(10_241))], 'Personality file content exceeds maximum 10240'],
    ] as const) {
      const launched = await launch({ personality }, '2.56');
      expect([launched.status, launched.body.forbidden?.message]).toEqual([403, message]);
      const rebuilt = await rebuild(body.server.id, { personality });
      expect([rebuilt.status, rebuilt.body.forbidden?.message]).toEqual([403, message]);
    }
    await cloud.quota.update(systemContext(), PROJECT, { injected_files: 6 }, { force: true });
    expect((await launch({ personality: six }, '2.56')).status).toBe(202);
  });

  test.each([
    [{ path: '/x', contents: 'not base64!' }],
    [{ path: '', contents: '' }],
    [{ path: '/x\0', contents: '' }],
    [{ path: '/x' }],
    [{ path: '/x', contents: '', mode: '0600' }],
  ])('%j is none', async (personality) => {
    const { status, body } = await launch({ personality: [personality] }, '2.56');
    expect([status, body.badRequest?.message]).toEqual([400, expect.stringContaining('personality')]);
  });
});
