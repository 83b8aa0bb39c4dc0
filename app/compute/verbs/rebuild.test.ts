import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OperationalError } from '../../contract/errors.ts';
import type { MachineSpec } from '../../contract/machine.ts';
import { IMAGE, TestCloud } from '../testing/test-cloud.ts';

const OTHER = { ...IMAGE, id: '22222222-2222-4222-8222-222222222222', name: 'other', properties: {} };
const BIG = { ...OTHER, id: '33333333-3333-4333-8333-333333333333', virtualSize: 3 * 2 ** 30 };

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await TestCloud.start();
  await cloud.addImage(OTHER);
  await cloud.addImage(BIG);
});
afterEach(() => cloud.stop());

const action = (id: string, body: unknown, options = {}) =>
  cloud.request('POST', `/servers/${id}/action`, body, options);
const rebuild = (id: string, value: Record<string, unknown> = {}, options = {}) =>
  action(id, { rebuild: { imageRef: OTHER.id, ...value } }, options);
const specOf = (id: string) => cloud.agent.machines.get(id)?.spec as MachineSpec;
const driveOf = (id: string) =>
  JSON.parse(Buffer.from(specOf(id).configDrive?.['openstack/latest/meta_data.json'] ?? '', 'base64').toString('utf8'));
const ordersOf = (id: string) => cloud.agent.orders.filter((order) => order.id === id).map(({ verb }) => verb);
/** By name, of the whole cloud. */
const diskUsed = async () =>
  (await cloud.database.query.selectFrom('scheduler_host').select('used_disk_gib').executeTakeFirstOrThrow())
    .used_disk_gib;

test('a server gets another image, a new name, key, data and password, and runs; who asks sees it at once', async () => {
  const { keypair } = (await cloud.request('POST', '/os-keypairs', { keypair: { name: 'laptop' } })).body;
  const id = await cloud.launchActive({ metadata: { old: '1' } });
  const held = cloud.agent.hold('rebuild');
  const asked = {
    ...{ name: 'new name', description: 'text', metadata: { new: '2' }, adminPass: 'secret', key_name: 'laptop' },
    ...{ user_data: 'aGVsbG8=', 'OS-DCF:diskConfig': 'AUTO', accessIPv4: '192.0.2.1', hostname: 'fresh' },
  };
  const answer = await rebuild(id, asked, { version: '2.90' });
  expect(answer.status).toBe(202);
  expect(answer.headers.location).toMatch(new RegExp(`/compute/v2.1/servers/${id}$`));
  expect(answer.body.server).toMatchObject({
    ...{ id, name: 'new name', status: 'REBUILD', progress: 0, adminPass: 'secret', user_data: 'aGVsbG8=' },
    ...{ image: { id: OTHER.id }, metadata: { new: '2' }, key_name: 'laptop', description: 'text' },
    ...{ 'OS-DCF:diskConfig': 'AUTO', accessIPv4: '192.0.2.1', 'OS-EXT-SRV-ATTR:hostname': 'fresh' },
    'OS-EXT-STS:task_state': 'rebuilding',
  });
  await held.arrived;
  expect(await cloud.show(id)).toMatchObject({
    ...{ status: 'REBUILD', 'OS-EXT-STS:task_state': 'rebuild_block_device_mapping' },
    'OS-EXT-STS:vm_state': 'active',
  });
  const found = async (status: string) => (await cloud.request('GET', `/servers?status=${status}`)).body.servers.length;
  expect([await found('REBUILD'), await found('ACTIVE')]).toEqual([1, 0]);
  held.release();
  await cloud.idle(id);
  expect(await cloud.show(id)).toMatchObject({ status: 'ACTIVE', image: { id: OTHER.id }, key_name: 'laptop' });
  expect(ordersOf(id)).toEqual(['spawn', 'rebuild', 'start']);
  expect(specOf(id).image?.id).toBe(OTHER.id);
  expect(driveOf(id)).toMatchObject({
    ...{ name: 'new name', hostname: 'fresh', admin_pass: 'secret', meta: { new: '2' } },
    public_keys: { laptop: keypair.public_key },
  });
  const { body } = await cloud.request('GET', `/servers/${id}/os-instance-actions`);
  expect(body.instanceActions.map((entry: { action: string }) => entry.action)).toEqual(['rebuild', 'create']);
  const [{ request_id }] = body.instanceActions;
  const one = await cloud.request('GET', `/servers/${id}/os-instance-actions/${request_id}`, undefined, {
    version: '2.51',
  });
  expect(one.body.instanceAction.events).toMatchObject([{ event: 'compute_rebuild_instance', result: 'Success' }]);
  expect((await cloud.eventTypes(id)).slice(-2)).toEqual([
    'compute.instance.rebuild.start',
    'compute.instance.rebuild.end',
  ]);
  const row = await cloud.database.query
    .selectFrom('compute_server')
    .select('admin_pass')
    .where('id', '=', id)
    .executeTakeFirst();
  expect(row?.admin_pass).toBeNull();
});

test('what is not asked for stays; a password is made; the same image is fine', async () => {
  const id = await cloud.launchActive({ user_data: 'aGVsbG8=', metadata: { kept: '1' } });
  const before = await cloud.show(id);
  const { body } = await rebuild(id, { imageRef: IMAGE.id });
  expect(body.server.adminPass).toMatch(/^\w{12}$/);
  await cloud.idle(id);
  const { updated: _, ...after } = await cloud.show(id);
  expect(before).toMatchObject(after);
  expect(driveOf(id).admin_pass).toBe(body.server.adminPass);
  expect(
    (await rebuild(id, { key_name: null, user_data: null }, { version: '2.57' })).body.server.user_data,
  ).toBeNull();
  await cloud.idle(id);
});

test('the answer is as the microversion has it', async () => {
  const id = await cloud.launchActive();
  const membersAt = async (version: string) => {
    const { body } = await rebuild(id, {}, { version });
    await cloud.idle(id);
    return Object.keys(body.server);
  };
  const first = await membersAt('2.1');
  expect(first).toEqual(expect.arrayContaining(['adminPass', 'image', 'OS-DCF:diskConfig', 'addresses']));
  for (const later of ['key_name', 'user_data', 'description', 'OS-EXT-STS:task_state']) {
    expect(first).not.toContain(later);
  }
  expect(await membersAt('2.54')).toEqual(expect.arrayContaining(['key_name', 'description', 'tags']));
  expect(await membersAt('2.57')).toContain('user_data');
  expect(await membersAt('2.75')).toEqual(expect.arrayContaining(['OS-EXT-STS:task_state', 'config_drive']));
});

describe('from whatever it was', () => {
  const BRING: [from: string, bring: object, status: string, orders: string[]][] = [
    ['stopped', { 'os-stop': null }, 'SHUTOFF', ['rebuild']],
    ['error', { 'os-resetState': { state: 'error' } }, 'ACTIVE', ['rebuild', 'start']],
  ];
  test.each(BRING)('%s', async (_from, bring, status, orders) => {
    const id = await cloud.launchActive();
    expect((await action(id, bring, { who: 'admin' })).status).toBe(202);
    await cloud.idle(id);
    const held = cloud.agent.hold('rebuild');
    expect((await rebuild(id)).status).toBe(202);
    await held.arrived;
    expect((await cloud.show(id)).status).toBe('REBUILD');
    held.release();
    await cloud.idle(id);
    expect(await cloud.show(id)).toMatchObject({ status, image: { id: OTHER.id } });
    expect(ordersOf(id).slice(-orders.length)).toEqual(orders);
  });

  test.each(['pause', 'suspend'])('not after %s', async (verb) => {
    const id = await cloud.launchActive();
    await action(id, { [verb]: null });
    await cloud.idle(id);
    expect((await rebuild(id)).status).toBe(409);
  });

  test('a machine that its host has lost is made anew', async () => {
    const id = await cloud.launchActive();
    cloud.agent.machines.delete(id);
    await cloud.bus.report(cloud.agent);
    expect((await cloud.show(id)).status).toBe('ERROR');
    await rebuild(id);
    await cloud.idle(id);
    expect(await cloud.show(id)).toMatchObject({ status: 'ACTIVE', image: { id: OTHER.id } });
    expect(ordersOf(id)).toEqual(['spawn', 'spawn', 'start']);
  });
});

test('an ephemeral disk is kept where that is asked for', async () => {
  const id = await cloud.launchActive();
  const kept = async () => {
    await cloud.idle(id);
    return cloud.agent.orders.findLast(({ verb }) => verb === 'rebuild')?.args.keepsEphemeral;
  };
  await rebuild(id, { preserve_ephemeral: true });
  expect(await kept()).toBe(true);
  await rebuild(id);
  expect(await kept()).toBe(false);
});

test('a machine without a config drive gets one where the new image asks for it; what its guest left is forgotten', async () => {
  const drive = { ...OTHER, id: '55555555-5555-4555-8555-555555555555', properties: { img_config_drive: 'mandatory' } };
  await cloud.addImage(drive);
  await cloud.shut();
  cloud.settings = { ...cloud.settings, force_config_drive: false };
  await cloud.open();
  const id = await cloud.launchActive();
  expect((await cloud.show(id)).config_drive).toBe('');
  await cloud.compute.guests.leavePassword('host-1', id, 'of the old one');
  cloud.agent.failNext('rebuild', new OperationalError('hypervisor_failed', 'hypervisor', 'No.'));
  await rebuild(id, { imageRef: drive.id });
  await cloud.idle(id);
  expect((await cloud.show(id)).config_drive).toBe('');
  expect((await cloud.compute.server.find(id))?.guestPassword).toBe('of the old one');
  await rebuild(id, { imageRef: drive.id });
  await cloud.idle(id);
  expect((await cloud.show(id)).config_drive).toBe('True');
  expect(specOf(id).configDrive).not.toBeNull();
  expect((await cloud.compute.server.find(id))?.guestPassword).toBe('');
});

describe('bad input is refused by name, and nothing has changed', () => {
  const NO_IMAGE = '99999999-9999-4999-8999-999999999999';
  test.each<[version: string, value: Record<string, unknown>, said: string]>([
    ['2.1', { imageRef: 'no-uuid' }, 'rebuild.imageRef'],
    ['2.1', { imageRef: undefined }, 'rebuild.imageRef'],
    ['2.1', { imageRef: NO_IMAGE }, 'Can not find requested image'],
    ['2.1', { imageRef: BIG.id }, "Flavor's disk is too small for requested image"],
    ['2.1', { name: '' }, 'rebuild.name'],
    ['2.1', { metadata: { 'a/b': '1' } }, 'rebuild.metadata'],
    ['2.1', { personality: [{ path: '/x', contents: '!' }] }, 'rebuild.personality'],
    ['2.57', { personality: [] }, 'personality'],
    ['2.18', { description: 'x' }, 'description'],
    ['2.53', { key_name: 'x' }, 'key_name'],
    ['2.54', { key_name: 'none of mine' }, 'Invalid key_name provided'],
    ['2.56', { user_data: 'eA==' }, 'user_data'],
    ['2.57', { user_data: '-' }, 'rebuild.user_data'],
    ['2.62', { trusted_image_certificates: null }, 'trusted_image_certificates'],
    ['2.63', { trusted_image_certificates: ['x'] }, 'rebuild.trusted_image_certificates'],
    ['2.89', { hostname: 'x' }, 'hostname'],
    ['2.90', { hostname: 'a.b' }, 'rebuild.hostname'],
    ['2.1', { preserve_ephemeral: 'maybe' }, 'rebuild.preserve_ephemeral'],
    ['2.1', { flavorRef: '42' }, 'flavorRef'],
  ])('%s %j', async (version, value, said) => {
    // One GiB of root disk.
    const id = await cloud.launchActive({ flavorRef: '42' });
    const before = await cloud.show(id);
    const { status, body } = await rebuild(id, value, { version });
    expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining(said)]);
    expect(await cloud.show(id)).toEqual(before);
  });

  test('rights, other projects, a lock, another state', async () => {
    const id = await cloud.launchActive();
    expect((await rebuild(id, {}, { who: 'reader' })).status).toBe(403);
    expect((await rebuild(id, {}, { who: 'other' })).status).toBe(404);
    await action(id, { lock: null });
    expect((await rebuild(id)).body.conflictingRequest.message).toContain(`Instance ${id} is locked`);
    await action(id, { unlock: null });
    const held = cloud.agent.hold('stop');
    await action(id, { 'os-stop': null });
    await held.arrived;
    expect((await rebuild(id)).body.conflictingRequest.message).toBe(
      `Cannot 'rebuild' instance ${id} while it is in task_state powering-off`,
    );
    held.release();
    await cloud.idle(id);
    // Twice at once: one of them.
    const both = await Promise.all([rebuild(id), rebuild(id)]);
    expect(both.map(({ status }) => status).sort()).toEqual([202, 409]);
    await cloud.idle(id);
  });
});

describe('its host is away', () => {
  test('at first: it is waited for', async () => {
    const id = await cloud.launchActive();
    cloud.bus.disconnect(cloud.agent);
    expect((await rebuild(id)).status).toBe(202);
    expect(await cloud.show(id)).toMatchObject({ status: 'REBUILD', 'OS-EXT-STS:task_state': 'rebuilding' });
    await cloud.bus.connect(cloud.agent);
    await cloud.idle(id);
    expect(await cloud.show(id)).toMatchObject({ status: 'ACTIVE', image: { id: OTHER.id } });
  });

  test('in the middle: the same order is given again, however long that takes', async () => {
    const id = await cloud.launchActive();
    const held = cloud.agent.hold('rebuild');
    await rebuild(id);
    await held.arrived;
    cloud.bus.disconnect(cloud.agent);
    await cloud.bus.connect(cloud.agent);
    await cloud.idle(id);
    expect(await cloud.show(id)).toMatchObject({ status: 'ACTIVE', image: { id: OTHER.id } });
    expect(ordersOf(id)).toEqual(['spawn', 'rebuild', 'start']);
  });
});

describe('where nothing comes of it the server is what it was, and says why', () => {
  test('the order fails: image, key and data are put back, and the machine runs again', async () => {
    const id = await cloud.launchActive({ user_data: 'aGVsbG8=' });
    const used = await diskUsed();
    cloud.agent.failNext('rebuild', new OperationalError('disk_full', 'agent', 'The disk of the host is full.'));
    await rebuild(id, { user_data: 'eA==', name: 'renamed' }, { version: '2.57' });
    await cloud.idle(id);
    const server = await cloud.show(id);
    expect(server).toMatchObject({ status: 'ACTIVE', image: { id: IMAGE.id }, 'OS-EXT-STS:task_state': null });
    expect(server['OS-EXT-SRV-ATTR:user_data']).toBe('aGVsbG8=');
    expect(ordersOf(id)).toEqual(['spawn', 'start']);
    expect(await diskUsed()).toBe(used);
    const { body } = await cloud.request('GET', `/servers/${id}/os-instance-actions`);
    expect(body.instanceActions[0]).toMatchObject({ action: 'rebuild', message: 'Error' });
    expect((await cloud.eventTypes(id)).at(-1)).toBe('compute.instance.rebuild.error');
    await action(id, { 'os-resetState': { state: 'error' } }, { who: 'admin' });
    expect((await cloud.show(id)).fault.message).toBe('The disk of the host is full.');
  });

  test('its host cannot do what the image wants', async () => {
    const uefi = { ...OTHER, id: '44444444-4444-4444-8444-444444444444', properties: { hw_firmware_type: 'uefi' } };
    await cloud.addImage(uefi);
    const facts = cloud.agent.facts();
    cloud.agent.facts = () => ({
      ...facts,
      capabilities: facts.capabilities.filter((name) => name !== 'firmware:uefi'),
    });
    await cloud.bus.report(cloud.agent);
    const id = await cloud.launchActive();
    await action(id, { 'os-stop': null });
    await cloud.idle(id);
    expect((await rebuild(id, { imageRef: uefi.id })).status).toBe(202);
    await cloud.idle(id);
    const server = await cloud.show(id);
    expect(server).toMatchObject({ status: 'SHUTOFF', image: { id: IMAGE.id } });
    expect(server.fault.message).toContain('No valid host was found');
    expect(server.fault.message).toContain('firmware:uefi');
    expect(ordersOf(id)).toEqual(['spawn', 'stop']);
  });

  test('its new disks are there and it does not start: an error, with the new image', async () => {
    const id = await cloud.launchActive();
    cloud.agent.failNext('start', new OperationalError('hypervisor_failed', 'hypervisor', 'No memory left.'));
    await rebuild(id);
    await cloud.idle(id);
    expect(await cloud.show(id)).toMatchObject({
      ...{ status: 'ERROR', image: { id: OTHER.id }, fault: { message: 'No memory left.' } },
    });
    await rebuild(id, { imageRef: IMAGE.id });
    await cloud.idle(id);
    expect(await cloud.show(id)).toMatchObject({ status: 'ACTIVE', image: { id: IMAGE.id } });
  });

  test('a delete takes its place', async () => {
    const id = await cloud.launchActive();
    const held = cloud.agent.hold('rebuild');
    await rebuild(id);
    await held.arrived;
    expect((await cloud.request('DELETE', `/servers/${id}`)).status).toBe(204);
    await cloud.idle(id);
    expect(await cloud.leftovers()).toEqual({ machines: 0, allocations: 0, ports: 0, addresses: 0 });
    expect(await diskUsed()).toBe(0);
  });
});

test('where the image says how large the disk is, the host counts the new one', async () => {
  const id = await cloud.launchActive({ flavorRef: await flavorWithoutDisk() });
  expect(await diskUsed()).toBe(1);
  await rebuild(id, { imageRef: BIG.id });
  await cloud.idle(id);
  expect(await diskUsed()).toBe(3);
  cloud.agent.failNext('rebuild', new OperationalError('hypervisor_failed', 'hypervisor', 'No.'));
  await rebuild(id);
  await cloud.idle(id);
  expect(await diskUsed()).toBe(3);
});

async function flavorWithoutDisk(): Promise<string> {
  const flavor = { name: 'bare', vcpus: 1, ram: 64, disk: 0 };
  return (await cloud.request('POST', '/flavors', { flavor }, { who: 'admin' })).body.flavor.id;
}

test('the copy of an old image that is deleted goes from the host once no machine stands on it', async () => {
  const id = await cloud.launchActive();
  cloud.agent.strays.push({ kind: 'cached-file', name: `${IMAGE.id}.0123.qcow2`, bytes: 1 });
  cloud.agent.inUse.add(`${IMAGE.id}.0123.qcow2`);
  const member = { requestId: 'req-1' } as never;
  await cloud.database.transaction((trx) => cloud.compute.forgetImage(trx, member, IMAGE.id));
  await expect.poll(() => cloud.agent.strays.length).toBe(1);
  cloud.agent.inUse.clear();
  await rebuild(id);
  await cloud.idle(id);
  await expect.poll(() => cloud.agent.strays.length).toBe(0);
});
