import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Context } from '../../contract/context.ts';
import { OperationalError } from '../../contract/errors.ts';
import { systemContext } from '../../policy/authorization.ts';
import { IMAGE, PROJECT, TestCloud } from '../testing/test-cloud.ts';

const OTHER = { ...IMAGE, id: '22222222-2222-4222-8222-222222222222', name: 'other' };
const [MICRO, TINY] = ['84', '1'];
const WEEK_MS = 7 * 86_400_000;

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await TestCloud.start();
  await cloud.addImage(OTHER);
});
afterEach(() => cloud.stop());

const safely = (id: string, body: unknown, who = 'member') =>
  cloud.request('POST', `/v1/servers/${id}/safely`, body, { who });
const rebuildSafely = (id: string) => safely(id, { rebuild: { imageRef: OTHER.id } });
const ordersOf = (id: string) => cloud.agent.orders.filter((order) => order.id === id).map(({ verb }) => verb);
const member = { isAdmin: false, projectId: PROJECT, roles: ['member'] } as unknown as Context;
const stateOf = async (id: string) => {
  const { status, image, fault, ...server } = await cloud.show(id);
  return { status, image: image.id, task: server['OS-EXT-STS:task_state'], fault: fault?.message };
};

/** Those there are of the server, as its project sees them. */
async function snapshotsOf(id: string) {
  const rows = await cloud.database.query.selectFrom('image_image').select('id').execute();
  const images = await Promise.all(rows.map(({ id: imageId }) => cloud.images.records.find(member, imageId)));
  return images
    .filter((image) => image?.properties.instance_uuid === id)
    .map((image) => image as NonNullable<typeof image>);
}

test('a rebuild behind a snapshot: what it was is an image of its project, which leads back', async () => {
  const id = await cloud.launchActive();
  const held = ['snapshot', 'upload', 'rebuild'].map((verb) => cloud.agent.hold(verb));
  const answer = await safely(id, { rebuild: { imageRef: OTHER.id, name: 'anew' } });
  expect([answer.status, answer.body.server.adminPass]).toEqual([202, expect.any(String)]);
  const states = [];
  for (const { arrived, release } of held) {
    await arrived;
    if (states.length === 1) await expect.poll(async () => (await stateOf(id)).task).toBe('image_uploading');
    states.push((await stateOf(id)).task);
    const [image] = await snapshotsOf(id);
    // As long as something stands on it that cannot be called off, it stays.
    await expect(cloud.deleteImage(image?.id ?? '')).rejects.toMatchObject({ code: 'conflict' });
    release();
  }
  expect(states).toEqual(['image_snapshot', 'image_uploading', 'rebuild_block_device_mapping']);
  await cloud.idle(id);
  expect(ordersOf(id)).toEqual(['spawn', 'snapshot', 'rebuild', 'start']);
  expect(await stateOf(id)).toEqual({ status: 'ACTIVE', image: OTHER.id, task: null, fault: undefined });
  const [image, ...more] = await snapshotsOf(id);
  expect(more).toEqual([]);
  expect(image).toMatchObject({
    ...{ name: 'web before rebuild', status: 'active', visibility: 'private', owner: PROJECT },
    properties: {
      ...{ image_type: 'snapshot', base_image_ref: IMAGE.id, cumulet_safety: 'rebuild' },
      ...{ cumulet_safety_flavor: 'm1.nano', cumulet_safety_name: 'web' },
    },
  });
  const until = Date.parse(image?.properties.cumulet_safety_until ?? '') - Date.now();
  expect(until).toBeGreaterThan(WEEK_MS - 60_000);
  expect(until).toBeLessThanOrEqual(WEEK_MS);
  const back = { rebuild: { imageRef: image?.id } };
  expect((await cloud.request('POST', `/servers/${id}/action`, back)).status).toBe(202);
  await cloud.idle(id);
  expect(await stateOf(id)).toMatchObject({ status: 'ACTIVE', image: image?.id });
});

test('where the snapshot fails nothing else is done, and the reason is told', async () => {
  const id = await cloud.launchActive();
  cloud.agent.failNext('snapshot', new OperationalError('disk_full', 'agent', 'The disk is full.'));
  expect((await rebuildSafely(id)).status).toBe(202);
  await cloud.idle(id);
  expect(ordersOf(id)).not.toContain('rebuild');
  expect(await stateOf(id)).toEqual({ status: 'ACTIVE', image: IMAGE.id, task: null, fault: undefined });
  const [task] = await cloud.tasks.list({ visibleTo: 'all', limit: 1, subjectId: id });
  expect([task?.error?.message, task?.steps.find(({ state }) => state === 'failed')?.name]).toEqual([
    ...['The disk is full.', 'snapshot'],
  ]);
  expect(await snapshotsOf(id)).toEqual([]);
});

test('where the verb comes to nothing the snapshot goes; where it broke something it stays', async () => {
  const id = await cloud.launchActive();
  cloud.agent.failNext('rebuild', new OperationalError('disk_full', 'agent', 'The disk is full.'));
  await rebuildSafely(id);
  await cloud.idle(id);
  expect([(await stateOf(id)).image, await snapshotsOf(id)]).toEqual([IMAGE.id, []]);
  cloud.agent.failNext('start', new OperationalError('hypervisor_failed', 'hypervisor', 'It does not start.'));
  await rebuildSafely(id);
  await cloud.idle(id);
  expect(await stateOf(id)).toMatchObject({ status: 'ERROR', image: OTHER.id });
  expect(await snapshotsOf(id)).toHaveLength(1);
});

test('a resize and its revert behind snapshots', async () => {
  const id = await cloud.launchActive();
  expect((await safely(id, { resize: { flavorRef: TINY } })).status).toBe(202);
  await cloud.idle(id);
  expect(await stateOf(id)).toMatchObject({ status: 'VERIFY_RESIZE' });
  expect((await safely(id, { revertResize: null })).status).toBe(202);
  await cloud.idle(id);
  expect(await stateOf(id)).toMatchObject({ status: 'ACTIVE', task: null });
  expect(ordersOf(id)).toEqual(['spawn', 'snapshot', 'resize', 'start', 'snapshot', 'revert_resize', 'start']);
  const marks = (await snapshotsOf(id)).map(({ minDisk, properties }) => [
    ...[properties.cumulet_safety, properties.cumulet_safety_flavor, minDisk],
  ]);
  expect(marks.toSorted()).toEqual([
    ['resize', 'm1.nano', 1],
    ['revertResize', 'm1.tiny', 5],
  ]);
  cloud.agent.failNext('resize', new OperationalError('disk_full', 'agent', 'The disk is full.'));
  await safely(id, { resize: { flavorRef: MICRO } });
  await cloud.idle(id);
  expect([(await stateOf(id)).status, (await snapshotsOf(id)).length]).toEqual(['ACTIVE', 2]);
});

test('it goes on at the next controller where this one stopped', async () => {
  const id = await cloud.launchActive();
  const held = cloud.agent.hold('snapshot');
  await rebuildSafely(id);
  await held.arrived;
  await cloud.shut();
  await cloud.open();
  await cloud.idle(id);
  held.release();
  expect(await stateOf(id)).toMatchObject({ status: 'ACTIVE', image: OTHER.id, task: null });
  expect((await snapshotsOf(id)).map(({ status }) => status)).toEqual(['active']);
});

test('who may not, where it cannot be, and what is no such verb', async () => {
  const id = await cloud.launchActive();
  const rebuild = { rebuild: { imageRef: OTHER.id } };
  expect((await safely(id, rebuild, 'reader')).status).toBe(403);
  expect((await safely(id, rebuild, 'other')).status).toBe(404);
  const refused = async (body: unknown) => {
    const { status, body: answer } = await safely(id, body);
    return [status, answer.error.field];
  };
  expect(await refused({ 'os-stop': null })).toEqual([400, 'os-stop']);
  expect(await refused({})).toEqual([400, expect.anything()]);
  expect(await refused({ rebuild: { imageRef: 'x' } })).toEqual([400, 'rebuild.imageRef']);
  expect(await refused({ resize: { flavorRef: TINY, more: 1 } })).toEqual([400, 'resize.more']);
  expect((await safely(id, { revertResize: null })).status).toBe(409);
  await cloud.quota.update(systemContext(), PROJECT, { images: 0 }, { force: true });
  expect((await safely(id, rebuild)).status).toBe(403);
  expect(await snapshotsOf(id)).toEqual([]);
  expect(ordersOf(id)).toEqual(['spawn']);
});

describe('when its time has come a snapshot goes', () => {
  const later = () => new Date(Date.now() + WEEK_MS + 1000);
  let id: string;
  let imageId: string;
  beforeEach(async () => {
    id = await cloud.launchActive();
    await rebuildSafely(id);
    await cloud.idle(id);
    imageId = (await snapshotsOf(id))[0]?.id ?? '';
  });
  const isThere = async () => (await cloud.image(imageId)) !== undefined;

  test('and not before', async () => {
    await cloud.compute.safety.expire();
    expect(await isThere()).toBe(true);
    await cloud.compute.safety.expire(later());
    expect(await isThere()).toBe(false);
    expect(await cloud.database.query.selectFrom('compute_safety_snapshot').selectAll().execute()).toEqual([]);
  });

  test('but for one that the server stands on again', async () => {
    await cloud.request('POST', `/servers/${id}/action`, { rebuild: { imageRef: imageId } });
    await cloud.idle(id);
    await cloud.compute.safety.expire(later());
    expect(await isThere()).toBe(true);
    await cloud.request('POST', `/servers/${id}/action`, { rebuild: { imageRef: OTHER.id } });
    await cloud.idle(id);
    await cloud.compute.safety.expire(later());
    expect(await isThere()).toBe(false);
  });

  test.each(['properties', 'protected'])('but for one that people keep: %s', async (column) => {
    const set = column === 'protected' ? { protected: 1 } : { properties: JSON.stringify({ instance_uuid: id }) };
    await cloud.database.transaction(async (trx) => {
      await trx.updateTable('image_image').set(set).where('id', '=', imageId).execute();
    });
    await cloud.compute.safety.expire(later());
    expect(await isThere()).toBe(true);
  });
});
