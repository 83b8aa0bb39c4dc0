import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OperationalError } from '../../contract/errors.ts';
import { FakeAgent } from '../testing/fake-agent.ts';
import { IMAGE, TestCloud } from '../testing/test-cloud.ts';

const DAY = 86_400_000;

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await TestCloud.start();
});
afterEach(() => cloud.stop());

const action = (id: string, body: unknown, options = {}) =>
  cloud.request('POST', `/servers/${id}/action`, body, { version: '2.96', ...options });

async function keepOnHost(seconds: number): Promise<void> {
  await cloud.shut();
  cloud.settings = { ...cloud.settings, shelved_offload_time: seconds };
  await cloud.open();
}

async function shelved(fields: Record<string, unknown> = {}): Promise<string> {
  const id = await cloud.launchActive({ name: 'web', ...fields });
  expect((await action(id, { shelve: null })).status).toBe(202);
  await cloud.idle(id);
  return id;
}

async function shelvedImage(id: string): Promise<string> {
  const row = await cloud.database.query
    .selectFrom('compute_server')
    .select('shelved_image_id')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return row.shelved_image_id ?? '';
}

async function unshelve(id: string, value: unknown = null, options = {}) {
  const answer = await action(id, { unshelve: value }, options);
  await cloud.idle(id);
  return answer;
}

test('a shelved server is an image, its host has nothing of it, and it comes back as it was', async () => {
  const id = await shelved();
  expect(await cloud.show(id)).toMatchObject({
    ...{ status: 'SHELVED_OFFLOADED', 'OS-EXT-STS:vm_state': 'shelved_offloaded', 'OS-EXT-STS:task_state': null },
    ...{ 'OS-EXT-SRV-ATTR:host': null, 'OS-EXT-STS:power_state': 4, hostId: '', image: { id: IMAGE.id } },
  });
  const imageId = await shelvedImage(id);
  expect(await cloud.image(imageId)).toMatchObject({ name: 'web-shelved', status: 'active' });
  await expect.poll(() => cloud.agent.machines.size).toBe(0);
  const addresses = (await cloud.show(id)).addresses;
  expect(await cloud.leftovers()).toEqual({ machines: 0, allocations: 0, ports: 1, addresses: 1 });
  const [port] = await cloud.portsOf(id);
  expect(port).toMatchObject({ host_id: '', status: 'DOWN' });

  expect((await unshelve(id)).status).toBe(202);
  expect(await cloud.show(id)).toMatchObject({
    ...{ status: 'ACTIVE', 'OS-EXT-STS:task_state': null, 'OS-EXT-SRV-ATTR:host': 'host-1', addresses },
    image: { id: IMAGE.id },
  });
  expect(cloud.agent.machines.get(id)?.spec.image?.id).toBe(imageId);
  expect(await cloud.image(imageId)).toBeUndefined();
  expect((await cloud.portsOf(id))[0]).toMatchObject({ id: port?.id, host_id: 'host-1', status: 'ACTIVE' });
  expect(await shelvedImage(id)).toBe('');
  expect(await cloud.eventTypes(id)).toEqual(
    expect.arrayContaining(
      [
        'shelve.start',
        'shelve.end',
        'shelve_offload.start',
        'shelve_offload.end',
        'unshelve.start',
        'unshelve.end',
      ].map((name) => `compute.instance.${name}`),
    ),
  );
  const { body } = await cloud.request('GET', `/servers/${id}/os-instance-actions`);
  expect(body.instanceActions.map((entry: { action: string }) => entry.action)).toEqual([
    'unshelve',
    'shelve',
    'create',
  ]);
});

describe('a cloud that keeps shelved servers on their hosts', () => {
  test('SHELVED: off, and on again where it is; or off its host when an administrator says so', async () => {
    await keepOnHost(-1);
    const id = await shelved();
    expect(await cloud.show(id)).toMatchObject({
      ...{ status: 'SHELVED', 'OS-EXT-STS:power_state': 4, 'OS-EXT-SRV-ATTR:host': 'host-1' },
    });
    // Its host tells that it is off, which is no news.
    await cloud.bus.report(cloud.agent);
    expect((await cloud.show(id)).status).toBe('SHELVED');
    const imageId = await shelvedImage(id);
    await unshelve(id);
    expect((await cloud.show(id)).status).toBe('ACTIVE');
    expect(cloud.agent.orders.at(-1)).toMatchObject({ verb: 'start' });
    expect(await cloud.image(imageId)).toBeUndefined();

    await action(id, { shelve: null });
    await cloud.idle(id);
    expect((await action(id, { shelveOffload: null })).status).toBe(403);
    expect((await action(id, { shelveOffload: null }, { who: 'admin' })).status).toBe(202);
    await cloud.idle(id);
    expect((await cloud.show(id)).status).toBe('SHELVED_OFFLOADED');
    await expect.poll(() => cloud.agent.machines.size).toBe(0);
    await unshelve(id);
    expect((await cloud.show(id)).status).toBe('ACTIVE');
  });

  test('after a while they leave by themselves', async () => {
    await keepOnHost(DAY / 1000);
    const [id, back] = [await shelved(), await shelved()];
    await unshelve(back);
    await cloud.compute.shelved.offload(Date.now() + DAY / 2);
    expect((await cloud.show(id)).status).toBe('SHELVED');
    await cloud.compute.shelved.offload(Date.now() + 2 * DAY);
    await cloud.idle(id);
    expect((await cloud.show(id)).status).toBe('SHELVED_OFFLOADED');
    expect((await cloud.show(back)).status).toBe('ACTIVE');
  });
});

test('deleted while it is shelved, nothing is left, its image neither', async () => {
  await keepOnHost(-1);
  const kept = await shelved();
  await keepOnHost(0);
  const gone = await shelved();
  const images = [await shelvedImage(kept), await shelvedImage(gone)];
  for (const id of [kept, gone]) {
    expect((await cloud.request('DELETE', `/servers/${id}`)).status).toBe(204);
    await cloud.idle(id);
    expect((await cloud.request('GET', `/servers/${id}`)).status).toBe(404);
  }
  expect(await Promise.all(images.map((id) => cloud.image(id)))).toEqual([undefined, undefined]);
  await expect.poll(() => cloud.leftovers()).toEqual({ machines: 0, allocations: 0, ports: 0, addresses: 0 });
});

test('a shelve that fails leaves the server off and on its host, without an image', async () => {
  const id = await cloud.launchActive();
  cloud.agent.failNext('snapshot', new OperationalError('disk_full', 'agent', 'The disk is full.'));
  await action(id, { shelve: null });
  await cloud.idle(id);
  expect(await cloud.show(id)).toMatchObject({
    ...{ status: 'SHUTOFF', 'OS-EXT-STS:task_state': null, 'OS-EXT-SRV-ATTR:host': 'host-1' },
    fault: { message: 'The disk is full.' },
  });
  expect(await shelvedImage(id)).toBe('');
  const images = await cloud.database.query.selectFrom('image_image').select('name').execute();
  expect(images.map(({ name }) => name)).toEqual(['tiny']);
});

test('a host that is away when the server leaves it gives the machine up when it is back', async () => {
  await keepOnHost(-1);
  const id = await shelved();
  cloud.bus.disconnect(cloud.agent);
  await action(id, { shelveOffload: null }, { who: 'admin' });
  await cloud.idle(id);
  expect((await cloud.show(id)).status).toBe('SHELVED_OFFLOADED');
  expect(await cloud.leftovers()).toMatchObject({ machines: 1, allocations: 0 });
  await cloud.bus.connect(cloud.agent);
  await expect.poll(() => cloud.agent.machines.size).toBe(0);
});

test('the image of a server with the longest name has a name as long as can be', async () => {
  const name = `${'n'.repeat(246)}${'\u{1f40d}'}${'m'.repeat(7)}`;
  const id = await shelved({ name });
  expect((await cloud.image(await shelvedImage(id)))?.name).toBe(`${'n'.repeat(246)}\ufffd-shelved`);
});

test('one whose host has lost its machine is made anew of its image', async () => {
  await keepOnHost(-1);
  const id = await shelved();
  const imageId = await shelvedImage(id);
  cloud.agent.machines.delete(id);
  await cloud.bus.report(cloud.agent);
  expect((await cloud.show(id)).status).toBe('SHELVED');
  expect((await unshelve(id)).status).toBe(202);
  expect(await cloud.show(id)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:task_state': null });
  expect(cloud.agent.machines.get(id)?.spec.image?.id).toBe(imageId);
  expect(await cloud.leftovers()).toEqual({ machines: 1, allocations: 1, ports: 1, addresses: 1 });
  const { body } = await cloud.request('GET', `/servers/${id}/os-instance-actions`);
  expect(body.instanceActions[0]).toMatchObject({ action: 'unshelve', message: null });
});

test('an unshelve that finds no host, or is called off, leaves it shelved', async () => {
  const id = await shelved();
  const imageId = await shelvedImage(id);
  cloud.agent.failNext('spawn', new OperationalError('hypervisor_failed', 'hypervisor', 'QEMU ended at once.'));
  await unshelve(id);
  expect(await cloud.show(id)).toMatchObject({
    ...{ status: 'SHELVED_OFFLOADED', 'OS-EXT-STS:task_state': null, 'OS-EXT-SRV-ATTR:host': null },
  });
  const held = cloud.agent.hold('spawn');
  await action(id, { unshelve: null });
  await held.arrived;
  const [task] = await cloud.tasks.list({ visibleTo: 'all', limit: 1, subjectId: id });
  await cloud.tasks.cancel(task?.id ?? '');
  await cloud.idle(id);
  expect((await cloud.show(id)).status).toBe('SHELVED_OFFLOADED');
  expect((await cloud.image(imageId))?.status).toBe('active');
  expect(await cloud.leftovers()).toEqual({ machines: 0, allocations: 0, ports: 1, addresses: 1 });
  await unshelve(id);
  expect((await cloud.show(id)).status).toBe('ACTIVE');
});

test('where it comes back: to a zone from 2.77, to a host from 2.91', async () => {
  const second = new FakeAgent('host-2');
  await cloud.bus.connect(second);
  const id = await shelved();
  expect((await unshelve(id, { availability_zone: 'moon' }, { version: '2.76' })).status).toBe(202);
  await action(id, { shelve: null });
  await cloud.idle(id);
  const refused = async (value: unknown, options = {}) => (await unshelve(id, value, options)).status;
  expect(await refused({ availability_zone: null }, { version: '2.77' })).toBe(400);
  expect(await refused({}, { version: '2.77' })).toBe(400);
  expect(await refused({ host: 'host-2' }, { version: '2.90' })).toBe(400);
  expect(await refused({ availability_zone: 'moon' })).toBe(400);
  expect(await refused({ host: 'host-2' })).toBe(403);
  expect(await refused({ host: 'host-9' }, { who: 'admin' })).toBe(400);
  expect(await refused({ more: 1 })).toBe(400);
  expect((await cloud.show(id)).status).toBe('SHELVED_OFFLOADED');
  await unshelve(id, { availability_zone: 'nova', host: 'host-2' }, { who: 'admin' });
  expect(await cloud.show(id)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-SRV-ATTR:host': 'host-2' });
});

test('beside which servers it was to be, and beside which not, holds also when it comes back', async () => {
  const other = await cloud.launchActive();
  const launch = { name: 'web', imageRef: IMAGE.id, flavorRef: '42' };
  const { body } = await cloud.request('POST', '/servers', {
    server: launch,
    'os:scheduler_hints': { same_host: other },
  });
  const id = body.server.id;
  await cloud.idle(id);
  await action(id, { shelve: null });
  await cloud.idle(id);
  await cloud.bus.connect(new FakeAgent('host-2'));
  const away = await unshelve(id, { host: 'host-2' }, { who: 'admin' });
  expect([away.status, (await cloud.show(id)).status]).toEqual([202, 'SHELVED_OFFLOADED']);
  await unshelve(id);
  expect(await cloud.show(id)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-SRV-ATTR:host': 'host-1' });
});

test('what is not allowed now is a 409 in the words of Nova', async () => {
  const id = await cloud.launchActive();
  for (const [name, who] of [
    ['unshelve', 'member'],
    ['shelveOffload', 'admin'],
  ] as const) {
    expect((await action(id, { [name]: null }, { who })).body.conflictingRequest.message).toBe(
      `Cannot '${name}' instance ${id} while it is in vm_state active`,
    );
  }
  await action(id, { shelve: null });
  await cloud.idle(id);
  for (const name of ['shelve', 'pause', 'os-start', 'createImage']) {
    const value = name === 'createImage' ? { name: 'x' } : null;
    expect((await action(id, { [name]: value })).status).toBe(409);
  }
  await keepOnHost(-1);
  const kept = await shelved();
  const answer = await unshelve(kept, { availability_zone: 'nova' });
  expect([answer.status, answer.body.conflictingRequest.message]).toEqual([
    409,
    expect.stringContaining('SHELVED_OFFLOADED'),
  ]);
  const list = await cloud.request('GET', '/servers?status=SHELVED');
  expect(list.body.servers.map((server: { id: string }) => server.id)).toEqual([kept]);
});
