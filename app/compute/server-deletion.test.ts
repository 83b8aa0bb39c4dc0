import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestCloud } from './testing/test-cloud.ts';

const DAY = 86_400_000;

let cloud: TestCloud;
/** A cloud that keeps what is deleted for a day. */
beforeEach(async () => {
  cloud = await TestCloud.start();
  await cloud.shut();
  cloud.settings = { ...cloud.settings, reclaim_instance_interval: DAY / 1000 };
  await cloud.open();
});
afterEach(() => cloud.stop());

const action = (id: string, body: unknown, options = {}) =>
  cloud.request('POST', `/servers/${id}/action`, body, options);
const listed = async (query = '', who = 'admin') => {
  const { body } = await cloud.request('GET', `/servers${query}`, undefined, { who });
  return body.servers.map(({ id }: { id: string }) => id);
};
const used = async () => {
  const { body } = await cloud.request('GET', '/limits');
  const { totalInstancesUsed, totalCoresUsed } = body.limits.absolute;
  return [totalInstancesUsed, totalCoresUsed];
};

async function softDeleted(): Promise<string> {
  const id = await cloud.launchActive();
  expect((await cloud.request('DELETE', `/servers/${id}`)).status).toBe(204);
  await cloud.idle(id);
  return id;
}

test('what is deleted is off, out of sight and not counted, and can be restored', async () => {
  const id = await softDeleted();
  expect(await cloud.show(id)).toMatchObject({
    ...{ status: 'SOFT_DELETED', 'OS-EXT-STS:vm_state': 'soft-delete' },
    ...{ 'OS-EXT-STS:power_state': 4, 'OS-EXT-STS:task_state': null },
  });
  expect(cloud.agent.orders.at(-1)).toMatchObject({ verb: 'stop', args: { graceful: false, force: true } });
  expect(await listed()).toEqual([]);
  const { body: history } = await cloud.request('GET', `/servers/${id}/os-instance-actions`);
  const [deletion] = history.instanceActions;
  const path = `/servers/${id}/os-instance-actions/${deletion.request_id}`;
  expect((await cloud.request('GET', path, undefined, { version: '2.51' })).body.instanceAction).toMatchObject({
    action: 'delete',
    events: [{ event: 'compute_soft_delete_instance', result: 'Success' }],
  });
  for (const query of ['?deleted=true', '?soft_deleted=true', '?status=SOFT_DELETED'])
    expect(await listed(query)).toEqual([id]);
  expect(await listed('?deleted=true&soft_deleted=false')).toEqual([]);
  expect(await listed('?status=soft_deleted', 'member')).toEqual([id]);
  expect(await used()).toEqual([0, 0]);
  // Again changes nothing.
  expect((await cloud.request('DELETE', `/servers/${id}`)).status).toBe(204);
  expect((await action(id, { 'os-start': null })).body.conflictingRequest.message).toBe(
    `Cannot 'start' instance ${id} while it is in vm_state soft-delete`,
  );
  const notes: ['PUT' | 'DELETE', string, unknown, string][] = [
    ['PUT', 'metadata', { metadata: { a: '1' } }, 'update metadata'],
    ['PUT', 'tags', { tags: ['a'] }, 'update tags'],
    ['PUT', 'tags/a', undefined, 'update tag'],
    ['DELETE', 'tags', undefined, 'delete tags'],
  ];
  for (const [method, path, body, verb] of notes) {
    const refused = await cloud.request(method, `/servers/${id}/${path}`, body, { version: '2.96' });
    expect([path, refused.status, refused.body?.conflictingRequest?.message]).toEqual([
      ...[path, 409, `Cannot '${verb}' instance ${id} while it is in vm_state soft-delete`],
    ]);
  }
  expect((await action(id, { restore: null }, { who: 'reader' })).status).toBe(403);
  expect((await action(id, { restore: null }, { who: 'other' })).status).toBe(404);
  expect((await action(id, { restore: null })).status).toBe(202);
  await cloud.idle(id);
  expect(await cloud.show(id)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:power_state': 1 });
  expect(await listed()).toEqual([id]);
  expect(await used()).toEqual([1, 1]);
  expect((await action(id, { restore: null })).status).toBe(409);
  const names = ['soft_delete.start', 'soft_delete.end', 'restore.start', 'restore.end'];
  expect((await cloud.eventTypes(id)).slice(-4)).toEqual(names.map((name) => `compute.instance.${name}`));
});

test('what its host says of it meanwhile does not bring it back', async () => {
  const id = await softDeleted();
  cloud.agent.change(id, 'RUNNING');
  await cloud.bus.report(cloud.agent);
  await cloud.idle(id);
  expect((await cloud.show(id)).status).toBe('SOFT_DELETED');
});

test('a restore asks the quota, and so does what is launched while it goes on', async () => {
  const id = await softDeleted();
  const limit = { quota_set: { instances: 1 } };
  const { status } = await cloud.request('PUT', `/os-quota-sets/${'a'.repeat(32)}`, limit, { who: 'admin' });
  expect(status).toBe(200);
  const other = await cloud.launchActive();
  expect((await action(id, { restore: null })).status).toBe(403);
  expect((await cloud.show(id)).status).toBe('SOFT_DELETED');
  await cloud.request('DELETE', `/servers/${other}`);
  await cloud.idle(other);
  const held = cloud.agent.hold('start');
  expect((await action(id, { restore: null })).status).toBe(202);
  await held.arrived;
  expect((await cloud.show(id))['OS-EXT-STS:task_state']).toBe('restoring');
  await expect(cloud.launch()).rejects.toThrow('403');
  held.release();
  await cloud.idle(id);
});

test('after its time it is deleted for good, and not before', async () => {
  const id = await softDeleted();
  await cloud.compute.deletion.reclaim(Date.now() + DAY - 60_000);
  await cloud.idle(id);
  expect((await cloud.show(id)).status).toBe('SOFT_DELETED');
  await cloud.compute.deletion.reclaim(Date.now() + DAY + 60_000);
  await cloud.idle(id);
  expect((await cloud.request('GET', `/servers/${id}`)).status).toBe(404);
  expect(await cloud.leftovers()).toEqual({ machines: 0, allocations: 0, ports: 0, addresses: 0 });
});

test('what was restored, and what is to be kept no more, is not deleted', async () => {
  const [restored, kept] = [await softDeleted(), await softDeleted()];
  await action(restored, { restore: null });
  await cloud.idle(restored);
  await cloud.shut();
  cloud.settings = { ...cloud.settings, reclaim_instance_interval: 0 };
  await cloud.open();
  await cloud.compute.deletion.reclaim(Date.now() + 10 * DAY);
  expect((await cloud.show(kept)).status).toBe('SOFT_DELETED');
  // Now nothing is kept: what is deleted again goes.
  await cloud.request('DELETE', `/servers/${kept}`);
  await cloud.idle(kept);
  expect((await cloud.request('GET', `/servers/${kept}`)).status).toBe(404);
  expect((await cloud.show(restored)).status).toBe('ACTIVE');
});

test('by force it goes at once, from either state', async () => {
  const running = await cloud.launchActive();
  for (const id of [running, await softDeleted()]) {
    expect((await action(id, { forceDelete: null })).status).toBe(202);
    await cloud.idle(id);
    expect((await cloud.request('GET', `/servers/${id}`)).status).toBe(404);
  }
  expect((await cloud.leftovers()).machines).toBe(0);
});

test('what goes on is called off, and what never ran is not kept', async () => {
  const id = await cloud.launchActive();
  const held = cloud.agent.hold('suspend');
  await action(id, { suspend: null });
  await held.arrived;
  await cloud.request('DELETE', `/servers/${id}`);
  await cloud.idle(id);
  expect((await cloud.show(id)).status).toBe('SOFT_DELETED');
  const spawn = cloud.agent.hold('spawn');
  const building = await cloud.launch();
  await spawn.arrived;
  await cloud.request('DELETE', `/servers/${building}`);
  await cloud.idle(building);
  expect((await cloud.request('GET', `/servers/${building}`)).status).toBe(404);
});

test('what an administrator has set active again is not deleted by its time', async () => {
  const id = await softDeleted();
  expect((await action(id, { 'os-resetState': { state: 'active' } }, { who: 'admin' })).status).toBe(202);
  await cloud.compute.deletion.reclaim(Date.now() + 2 * DAY);
  await cloud.idle(id);
  expect((await cloud.show(id)).status).toBe('ACTIVE');
});

test('what its host has lost is deleted at once, and what was deleted before stays so', async () => {
  const [lost, deleted] = [await cloud.launchActive(), await softDeleted()];
  for (const id of [lost, deleted]) cloud.agent.machines.delete(id);
  await cloud.bus.report(cloud.agent);
  expect((await cloud.show(lost)).status).toBe('ERROR');
  expect((await cloud.show(deleted)).status).toBe('SOFT_DELETED');
  expect((await cloud.request('DELETE', `/servers/${lost}`)).status).toBe(204);
  await cloud.idle(lost);
  expect((await cloud.request('GET', `/servers/${lost}`)).status).toBe(404);
  await cloud.compute.deletion.reclaim(Date.now() + 2 * DAY);
  await cloud.idle(deleted);
  expect((await cloud.request('GET', `/servers/${deleted}`)).status).toBe(404);
});

test('what was resized, rescued or shelved is a plain server when it is restored, and holds nothing of before', async () => {
  await cloud.shut();
  cloud.settings = { ...cloud.settings, shelved_offload_time: -1 };
  await cloud.open();
  for (const verb of [{ resize: { flavorRef: '1' } }, { rescue: null }, { shelve: null }]) {
    const id = await cloud.launchActive();
    await action(id, verb);
    await cloud.idle(id);
    await cloud.request('DELETE', `/servers/${id}`);
    await cloud.idle(id);
    expect((await cloud.show(id)).status).toBe('SOFT_DELETED');
    await action(id, { restore: null });
    await cloud.idle(id);
    expect((await cloud.show(id)).status).toBe('ACTIVE');
    const row = await cloud.database.query
      .selectFrom('compute_server')
      .select(['rescue_image_id', 'shelved_image_id', 'shelved_at'])
      .where('id', '=', id)
      .executeTakeFirst();
    expect(row).toEqual({ rescue_image_id: null, shelved_image_id: null, shelved_at: null });
  }
  const rooms = await cloud.database.query.selectFrom('scheduler_allocation').select('resized_server_id').execute();
  expect(rooms).toEqual(Array(3).fill({ resized_server_id: null }));
  const { body } = await cloud.request('GET', '/os-migrations', undefined, { who: 'admin', version: '2.80' });
  expect(body.migrations).toMatchObject([{ status: 'confirmed' }]);
  const images = await cloud.database.query.selectFrom('image_image').select('name').execute();
  expect(images).toEqual([{ name: 'tiny' }]);
});

test('a delete in the middle of a resize comes after all that takes that back', async () => {
  const id = await cloud.launchActive();
  const held = cloud.agent.hold('resize');
  await action(id, { resize: { flavorRef: '1' } });
  await held.arrived;
  await cloud.request('DELETE', `/servers/${id}`);
  await cloud.idle(id);
  expect(await cloud.show(id)).toMatchObject({ status: 'SOFT_DELETED', 'OS-EXT-STS:power_state': 4 });
  expect(cloud.agent.orders.map(({ verb }) => verb)).toEqual(['spawn', 'revert_resize', 'stop']);
});

test('a delete in the middle of an unshelve deletes', async () => {
  const id = await cloud.launchActive();
  await action(id, { shelve: null });
  await cloud.idle(id);
  const held = cloud.agent.hold('spawn');
  await action(id, { unshelve: null });
  await held.arrived;
  await cloud.request('DELETE', `/servers/${id}`);
  await cloud.idle(id);
  expect((await cloud.request('GET', `/servers/${id}`)).status).toBe(404);
  expect(await cloud.leftovers()).toEqual({ machines: 0, allocations: 0, ports: 0, addresses: 0 });
});
