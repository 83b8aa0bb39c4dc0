import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Context } from '../contract/context.ts';
import { OperationalError } from '../contract/errors.ts';
import { contextOf, IMAGE, TestCloud } from './testing/test-cloud.ts';

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await TestCloud.start();
});
afterEach(() => cloud.stop());

/** Flavors that every cloud has: 128 MiB on 1 GiB, 256 MiB on 1 GiB, 512 MiB on 5 GiB. */
const [NANO, MICRO, TINY] = ['42', '84', '1'];

const action = (id: string, body: unknown, options = {}) =>
  cloud.request('POST', `/servers/${id}/action`, body, options);

async function resized(id: string, flavorRef = TINY): Promise<void> {
  const { status, body } = await action(id, { resize: { flavorRef } });
  expect([status, body]).toEqual([202, undefined]);
  await cloud.idle(id);
}

async function stateOf(id: string) {
  const server = await cloud.show(id);
  const { 'OS-EXT-STS:power_state': power, 'OS-EXT-STS:task_state': task, 'OS-EXT-STS:vm_state': vm } = server;
  return { status: server.status, power, task, vm, flavor: server.flavor.original_name };
}

async function rooms(): Promise<{ holder: string; vcpus: number; mib: number; gib: number }[]> {
  const rows = await cloud.database.query.selectFrom('scheduler_allocation').selectAll().execute();
  return rows
    .map(({ server_id, resized_server_id, vcpus, memory_mib, disk_gib }) => ({
      holder: resized_server_id === null ? server_id : `resize of ${resized_server_id}`,
      ...{ vcpus, mib: memory_mib, gib: disk_gib },
    }))
    .sort((one, other) => one.mib - other.mib);
}

async function hostUse() {
  const [host] = await cloud.scheduler.stocks.list();
  return [host?.vcpus.used, host?.memoryMib.used, host?.diskGib.used];
}

async function migrationsOf(query = '', version = '2.80') {
  const { body, status } = await cloud.request('GET', `/os-migrations${query}`, undefined, { who: 'admin', version });
  expect(status).toBe(200);
  return body;
}

async function lastAction(id: string) {
  const list = await cloud.request('GET', `/servers/${id}/os-instance-actions`, undefined, { version: '2.96' });
  const { request_id } = list.body.instanceActions[0];
  const one = await cloud.request('GET', `/servers/${id}/os-instance-actions/${request_id}`, undefined, {
    who: 'admin',
    version: '2.96',
  });
  const { action, message, events } = one.body.instanceAction;
  const names = events.map((each: { event: string; result: string }) => `${each.event}: ${each.result}`);
  // Two may have begun in one millisecond.
  return { action, message, events: names.toSorted() };
}

test('a machine that runs is resized, and confirmed: both sizes are held meanwhile, and it is all written down', async () => {
  const id = await cloud.launchActive();
  const held = cloud.agent.hold('resize');
  expect((await action(id, { resize: { flavorRef: TINY, 'OS-DCF:diskConfig': 'MANUAL' } })).status).toBe(202);
  await held.arrived;
  expect(await stateOf(id)).toEqual({
    ...{ status: 'RESIZE', vm: 'active', task: 'resize_migrating', power: 1, flavor: 'm1.nano' },
  });
  const list = async (status: string) => (await cloud.request('GET', `/servers?status=${status}`)).body.servers.length;
  expect([await list('RESIZE'), await list('ACTIVE'), await list('VERIFY_RESIZE')]).toEqual([1, 0, 0]);
  held.release();
  await cloud.idle(id);

  expect(await stateOf(id)).toEqual({
    ...{ status: 'VERIFY_RESIZE', vm: 'resized', task: null, power: 1, flavor: 'm1.tiny' },
  });
  expect((await cloud.show(id))['OS-DCF:diskConfig']).toBe('MANUAL');
  expect([await list('RESIZE'), await list('ACTIVE'), await list('VERIFY_RESIZE')]).toEqual([0, 0, 1]);
  expect(await rooms()).toEqual([
    { holder: `resize of ${id}`, vcpus: 1, mib: 128, gib: 1 },
    { holder: id, vcpus: 1, mib: 512, gib: 5 },
  ]);
  expect(await hostUse()).toEqual([2, 640, 6]);
  const [host] = await cloud.scheduler.listHosts();
  expect(host).toMatchObject({ allocated: { machines: 1 } });
  expect(await lastAction(id)).toEqual({
    action: 'resize',
    message: null,
    events: [
      'compute_finish_resize: Success',
      'compute_prep_resize: Success',
      'compute_resize_instance: Success',
      'conductor_migrate_server: Success',
    ],
  });
  expect(cloud.agent.orders.map(({ verb }) => verb)).toEqual(['spawn', 'resize', 'start']);
  expect(cloud.agent.orders[1]?.args).toMatchObject({ memoryMib: 512, rootDiskGib: 5, timeoutSeconds: 60 });
  const { migrations } = await migrationsOf();
  expect(migrations).toEqual([
    {
      id: 1,
      uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      instance_uuid: id,
      migration_type: 'resize',
      status: 'finished',
      ...{ source_compute: 'host-1', source_node: 'host-1' },
      ...{ dest_compute: 'host-1', dest_node: 'host-1', dest_host: 'host-1' },
      old_instance_type_id: 42,
      new_instance_type_id: 1,
      user_id: 'user-member',
      project_id: 'a'.repeat(32),
      created_at: expect.any(String),
      updated_at: expect.any(String),
    },
  ]);

  const confirmed = await action(id, { confirmResize: null });
  expect([confirmed.status, confirmed.body]).toEqual([204, undefined]);
  await cloud.idle(id);
  expect(await stateOf(id)).toEqual({ status: 'ACTIVE', vm: 'active', task: null, power: 1, flavor: 'm1.tiny' });
  expect(await rooms()).toEqual([{ holder: id, vcpus: 1, mib: 512, gib: 5 }]);
  expect(await hostUse()).toEqual([1, 512, 5]);
  expect((await migrationsOf()).migrations).toMatchObject([{ status: 'confirmed' }]);
  expect(await lastAction(id)).toMatchObject({
    action: 'confirmResize',
    events: ['compute_confirm_resize: Success'],
  });
  expect((await cloud.eventTypes(id)).filter((type) => type.includes('resize'))).toEqual([
    ...['compute.instance.resize.start', 'compute.instance.resize.end'],
    ...['compute.instance.finish_resize.start', 'compute.instance.finish_resize.end'],
    ...['compute.instance.resize.confirm.start', 'compute.instance.resize.confirm.end'],
  ]);
});

test('one that is off stays off, and reverted is what it was', async () => {
  const id = await cloud.launchActive();
  await action(id, { 'os-stop': null });
  await cloud.idle(id);
  await resized(id);
  expect(await stateOf(id)).toMatchObject({ status: 'VERIFY_RESIZE', power: 4, flavor: 'm1.tiny' });
  const held = cloud.agent.hold('revert_resize');
  expect((await action(id, { revertResize: null })).status).toBe(202);
  await held.arrived;
  expect(await stateOf(id)).toMatchObject({ status: 'REVERT_RESIZE', task: 'resize_reverting' });
  held.release();
  await cloud.idle(id);
  expect(await stateOf(id)).toEqual({ status: 'SHUTOFF', vm: 'stopped', task: null, power: 4, flavor: 'm1.nano' });
  expect(await rooms()).toEqual([{ holder: id, vcpus: 1, mib: 128, gib: 1 }]);
  expect(cloud.agent.machines.get(id)?.spec).toMatchObject({ memoryMib: 128, rootDiskGib: 1 });
  expect((await migrationsOf()).migrations).toMatchObject([{ status: 'reverted' }]);
  expect(await lastAction(id)).toMatchObject({
    action: 'revertResize',
    events: ['compute_finish_revert_resize: Success', 'compute_revert_resize: Success'],
  });
  expect(cloud.agent.orders.map(({ verb }) => verb)).toEqual(['spawn', 'stop', 'resize', 'revert_resize']);
});

test('one that ran runs again after it was reverted', async () => {
  const id = await cloud.launchActive();
  await resized(id);
  await action(id, { revertResize: null });
  await cloud.idle(id);
  expect(await stateOf(id)).toMatchObject({ status: 'ACTIVE', power: 1, flavor: 'm1.nano' });
});

describe('what is refused at once', () => {
  const cases: [what: string, body: object, status: number, message: string | RegExp][] = [
    ['the same flavor', { flavorRef: NANO }, 400, 'When resizing, instances must change flavor!'],
    ['an unknown flavor', { flavorRef: 'nothing' }, 400, 'Flavor nothing could not be found.'],
    ['a disabled flavor', { flavorRef: 'disabled' }, 400, 'Flavor disabled could not be found.'],
    ['no disk', { flavorRef: 'diskless' }, 400, /Resize to zero disk flavor is not allowed\.$/],
    [
      'too little memory for the image',
      { flavorRef: 'poor' },
      400,
      /^Flavor's memory is too small for requested image/,
    ],
    ['no flavor', {}, 400, /flavorRef/],
    ['another field', { flavorRef: TINY, adminPass: 'x' }, 400, /adminPass/],
    ['a wrong choice', { flavorRef: TINY, 'OS-DCF:diskConfig': 'NO' }, 400, /diskConfig/],
  ];
  test.each(cases)('%s', async (_what, value, status, message) => {
    const flavors = [
      { id: 'disabled', disk: 9 },
      { id: 'diskless', disk: 0 },
      { id: 'poor', ram: 64, disk: 9 },
    ];
    for (const flavor of flavors) {
      await cloud.compute.flavors.create(contextOf('admin') as Context, {
        ...{ id: flavor.id, name: flavor.id, description: null, vcpus: 1, ram: flavor.ram ?? 256, disk: flavor.disk },
        ...{ ephemeral: 0, swap: 0, rxtxFactor: 1, isPublic: true },
      });
    }
    await cloud.database.transaction(async (trx) => {
      await trx.updateTable('compute_flavor').set({ disabled: 1 }).where('id', '=', 'disabled').execute();
      await trx.updateTable('image_image').set({ min_ram: 100 }).where('id', '=', IMAGE.id).execute();
    });
    const id = await cloud.launchActive();
    const answer = await action(id, { resize: value });
    expect(answer.status).toBe(status);
    expect(answer.body.badRequest.message).toMatch(message);
    expect(await stateOf(id)).toMatchObject({ status: 'ACTIVE', task: null });
    expect((await migrationsOf()).migrations).toEqual([]);
  });

  test('what has no resize is neither confirmed nor reverted; what has is not resized again', async () => {
    const id = await cloud.launchActive();
    for (const verb of ['confirmResize', 'revertResize']) {
      const { status, body } = await action(id, { [verb]: null });
      const message = `Cannot '${verb}' instance ${id} while it is in vm_state active`;
      expect([status, body.conflictingRequest.message]).toEqual([409, message]);
    }
    await resized(id);
    for (const [body, verb] of [
      [{ resize: { flavorRef: MICRO } }, 'resize'],
      [{ 'os-stop': null }, 'stop'],
      [{ pause: null }, 'pause'],
      [{ reboot: { type: 'HARD' } }, 'reboot'],
    ] as const) {
      const answer = await action(id, body);
      const message = `Cannot '${verb}' instance ${id} while it is in vm_state resized`;
      expect([answer.status, answer.body.conflictingRequest.message]).toEqual([409, message]);
    }
    const held = cloud.agent.hold('confirm_resize');
    expect((await action(id, { confirmResize: null })).status).toBe(204);
    await held.arrived;
    const twice = await action(id, { confirmResize: null });
    expect([twice.status, twice.body.badRequest.message]).toEqual([400, 'Instance has not been resized.']);
    held.release();
    await cloud.idle(id);
    expect(await stateOf(id)).toMatchObject({ status: 'ACTIVE' });
  });

  test("another project's, a locked one, and one that somebody may only look at", async () => {
    const id = await cloud.launchActive();
    const body = { resize: { flavorRef: TINY } };
    expect((await action(id, body, { who: 'other' })).status).toBe(404);
    expect((await action(id, body, { who: 'reader' })).status).toBe(403);
    await action(id, { lock: null });
    expect((await action(id, body)).status).toBe(409);
  });
});

describe('what fails leaves the server as it was', () => {
  test.each([
    ['smaller disks', TINY, MICRO, /Unable to resize disk down/],
    ['more than its host has', NANO, 'huge', /^No valid host was found/],
  ])('%s', async (_what, before, after, message) => {
    await cloud.compute.flavors.create(contextOf('admin') as Context, {
      ...{ id: 'huge', name: 'huge', description: null, vcpus: 1, ram: 262_144, disk: 5 },
      ...{ ephemeral: 0, swap: 0, rxtxFactor: 1, isPublic: true },
    });
    const id = await cloud.launchActive({ flavorRef: before });
    const was = [await stateOf(id), await rooms(), await hostUse()];
    await resized(id, after);
    expect([await stateOf(id), await rooms(), await hostUse()]).toEqual(was);
    expect((await cloud.compute.server.find(id))?.fault?.message).toMatch(message);
    expect(await lastAction(id)).toMatchObject({ action: 'resize', message: 'Error' });
    expect((await migrationsOf()).migrations).toMatchObject([{ status: 'error' }]);
    expect((await cloud.eventTypes(id)).at(-1)).toBe('compute.instance.resize.error');
    expect(cloud.agent.orders.map(({ verb }) => verb)).toEqual(['spawn']);
  });

  test.each([
    ['resize', ['spawn', 'revert_resize', 'start']],
    ['start', ['spawn', 'resize', 'revert_resize', 'start']],
  ])('its host, asked to %s', async (verb, orders) => {
    const id = await cloud.launchActive();
    const was = [await stateOf(id), await rooms(), await hostUse(), cloud.agent.machines.get(id)?.spec];
    cloud.agent.failNext(verb, new OperationalError('disk_full', 'agent', 'The disk of this host is full.'));
    await resized(id);
    expect([await stateOf(id), await rooms(), await hostUse(), cloud.agent.machines.get(id)?.spec]).toEqual(was);
    expect(cloud.agent.orders.map((order) => order.verb)).toEqual(orders);
    expect((await migrationsOf()).migrations).toMatchObject([{ status: 'error' }]);
    await resized(id);
    expect(await stateOf(id)).toMatchObject({ status: 'VERIFY_RESIZE', flavor: 'm1.tiny' });
  });

  test.each(['confirm', 'revert'])('what its host cannot %s now can be asked for again', async (verb) => {
    const id = await cloud.launchActive();
    await resized(id);
    const was = [await rooms(), await hostUse()];
    cloud.agent.failNext(
      `${verb}_resize`,
      new OperationalError('disk_full', 'agent', 'The disk of this host is full.'),
    );
    await action(id, { [`${verb}Resize`]: null });
    await cloud.idle(id);
    expect(await stateOf(id)).toMatchObject({ status: 'VERIFY_RESIZE', task: null, flavor: 'm1.tiny' });
    expect([await rooms(), await hostUse()]).toEqual(was);
    expect((await migrationsOf()).migrations).toMatchObject([{ status: 'finished' }]);
    await action(id, { [`${verb}Resize`]: null });
    await cloud.idle(id);
    expect(await stateOf(id)).toMatchObject({ status: 'ACTIVE' });
  });
});

test('the quota is asked for what rises, also on the way back', async () => {
  const setLimit = async (ram: number) => {
    const body = { quota_set: { ram } };
    expect((await cloud.request('PUT', `/os-quota-sets/${'a'.repeat(32)}`, body, { who: 'admin' })).status).toBe(200);
  };
  const used = async () => (await cloud.request('GET', '/limits')).body.limits.absolute.totalRAMUsed;
  const id = await cloud.launchActive({ flavorRef: MICRO });
  await setLimit(400);
  const refused = await action(id, { resize: { flavorRef: TINY } });
  expect([refused.status, refused.body.forbidden.message]).toEqual([403, expect.stringContaining('ram')]);
  const held = cloud.agent.hold('resize');
  await action(id, { resize: { flavorRef: NANO } });
  await held.arrived;
  // On its way it counts as what is more of both.
  expect(await used()).toBe(256);
  held.release();
  await cloud.idle(id);
  expect(await used()).toBe(128);
  await setLimit(200);
  expect((await action(id, { revertResize: null })).status).toBe(403);
  await setLimit(256);
  expect((await action(id, { revertResize: null })).status).toBe(202);
  await cloud.idle(id);
  expect(await used()).toBe(256);
});

test('what its machine does while it is resized changes nothing of that; deleted, nothing is left of it', async () => {
  const id = await cloud.launchActive();
  await resized(id);
  await cloud.bus.tell(cloud.agent, cloud.agent.change(id, 'SHUTDOWN', 'guest-shutdown'));
  await expect.poll(async () => (await stateOf(id)).power).toBe(4);
  expect(await stateOf(id)).toMatchObject({ status: 'VERIFY_RESIZE' });
  await cloud.request('DELETE', `/servers/${id}`);
  await cloud.idle(id);
  expect(await cloud.leftovers()).toEqual({ machines: 0, allocations: 0, ports: 0, addresses: 0 });
  expect(await hostUse()).toEqual([0, 0, 0]);
  expect((await migrationsOf()).migrations).toMatchObject([{ status: 'confirmed' }]);
});

test('one that is deleted while it is resized goes, with all it holds', async () => {
  const id = await cloud.launchActive();
  const held = cloud.agent.hold('resize');
  await action(id, { resize: { flavorRef: TINY } });
  await held.arrived;
  await cloud.request('DELETE', `/servers/${id}`);
  await cloud.idle(id);
  expect(await cloud.leftovers()).toEqual({ machines: 0, allocations: 0, ports: 0, addresses: 0 });
  expect(await hostUse()).toEqual([0, 0, 0]);
});

test('after a reset a rebuild keeps the size, and nothing of the one before', async () => {
  const id = await cloud.launchActive();
  await resized(id);
  await action(id, { 'os-resetState': { state: 'active' } }, { who: 'admin' });
  await action(id, { rebuild: { imageRef: IMAGE.id } });
  await cloud.idle(id);
  expect(await rooms()).toEqual([{ holder: id, vcpus: 1, mib: 512, gib: 5 }]);
  expect((await migrationsOf()).migrations).toMatchObject([{ status: 'confirmed' }]);
});

test('after a reset nobody can confirm, and the next resize takes the place of the one before', async () => {
  const id = await cloud.launchActive();
  await resized(id);
  await action(id, { 'os-resetState': { state: 'active' } }, { who: 'admin' });
  expect((await action(id, { confirmResize: null })).status).toBe(409);
  await resized(id, '2');
  expect((await migrationsOf()).migrations).toMatchObject([{ status: 'finished' }, { status: 'confirmed' }]);
  expect((await rooms()).map(({ mib }) => mib)).toEqual([512, 2048]);
  await action(id, { confirmResize: null });
  await cloud.idle(id);
  expect(await hostUse()).toEqual([1, 2048, 20]);
});
