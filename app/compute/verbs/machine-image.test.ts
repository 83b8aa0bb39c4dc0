import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Context } from '../../contract/context.ts';
import { OperationalError } from '../../contract/errors.ts';
import { IMAGE, PROJECT, TestCloud } from '../testing/test-cloud.ts';

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await TestCloud.start();
});
afterEach(() => cloud.stop());

const action = (id: string, body: unknown, options = {}) =>
  cloud.request('POST', `/servers/${id}/action`, body, { version: '2.96', ...options });
const idOf = ({ body, headers }: Awaited<ReturnType<typeof action>>): string =>
  body?.image_id ?? String(headers.location).split('/').at(-1);
const taskState = async (id: string) => (await cloud.show(id))['OS-EXT-STS:task_state'];

async function snapshot(id: string, fields: object = {}): Promise<string> {
  const answer = await action(id, { createImage: { name: 'copy', ...fields } });
  expect(answer.status).toBe(202);
  await cloud.idle(id);
  return idOf(answer);
}

describe('createImage', () => {
  test('an image stands at once, and has all that Nova says of it when the host has sent the disk', async () => {
    const id = await cloud.launchActive();
    const held = ['snapshot', 'copied', 'upload'].map((stage) => cloud.agent.hold(stage));
    const answer = await action(id, { createImage: { name: 'copy', metadata: { mine: 'yes', os_type: 'linux' } } });
    expect([answer.status, answer.body]).toEqual([202, { image_id: expect.any(String) }]);
    const imageId = idOf(answer);
    const states: unknown[] = [];
    for (const { arrived, release } of held) {
      await arrived;
      await expect.poll(() => taskState(id)).not.toBe(states.at(-1) ?? 'image_snapshot_pending');
      states.push(await taskState(id));
      expect((await cloud.image(imageId))?.status).toBe('queued');
      release();
    }
    expect(states).toEqual(['image_snapshot', 'image_pending_upload', 'image_uploading']);
    await cloud.idle(id);
    expect(await cloud.show(id)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:task_state': null });
    expect(await cloud.image(imageId)).toMatchObject({
      ...{ name: 'copy', status: 'active', owner: PROJECT, visibility: 'private' },
      ...{ diskFormat: 'qcow2', containerFormat: 'bare', minDisk: 1, minRam: 0, virtualSize: 2 ** 30 },
      properties: {
        ...{ hw_disk_bus: 'virtio', mine: 'yes', os_type: 'linux', base_image_ref: IMAGE.id, instance_uuid: id },
        ...{ image_type: 'snapshot', image_location: 'snapshot', image_state: 'available', user_id: 'user-member' },
        ...{ owner_id: PROJECT, owner_user_name: 'member', boot_roles: 'member,reader' },
      },
    });
    expect(await cloud.eventTypes(id)).toEqual(
      expect.arrayContaining(['compute.instance.snapshot.start', 'compute.instance.snapshot.end']),
    );
    expect(await cloud.eventTypes(imageId)).toEqual([
      'image.create',
      'image.prepare',
      'image.upload',
      'image.activate',
    ]);
    const { body } = await cloud.request('GET', `/servers/${id}/os-instance-actions`);
    expect(body.instanceActions[0]).toMatchObject({ action: 'createImage', message: null });
    // It is an image as any other: a machine starts from it.
    expect(await cloud.show(await cloud.launchActive({ imageRef: imageId }))).toMatchObject({ status: 'ACTIVE' });
  });

  test('until 2.44 a header says where it is', async () => {
    const id = await cloud.launchActive();
    const answer = await action(id, { createImage: { name: 'copy' } }, { version: '2.44' });
    expect([answer.status, answer.body]).toEqual([202, undefined]);
    expect(answer.headers.location).toBe(`http://127.0.0.1/image/v2/images/${idOf(answer)}`);
    await cloud.idle(id);
    expect((await cloud.image(idOf(answer)))?.status).toBe('active');
  });

  test('off, paused and suspended, and in no other state; what stands in the body is checked', async () => {
    const id = await cloud.launchActive();
    for (const [there, back] of [
      ['pause', 'unpause'],
      ['suspend', 'resume'],
      ['os-stop', 'os-start'],
    ] as const) {
      await action(id, { [there]: null });
      await cloud.idle(id);
      const { status } = await cloud.show(id);
      expect((await cloud.image(await snapshot(id)))?.status).toBe('active');
      expect((await cloud.show(id)).status).toBe(status);
      await action(id, { [back]: null });
      await cloud.idle(id);
    }
    const held = cloud.agent.hold('snapshot');
    await action(id, { createImage: { name: 'copy' } });
    await held.arrived;
    expect((await action(id, { createImage: { name: 'copy' } })).body.conflictingRequest.message).toMatch(
      /^Cannot 'createImage' instance .* while it is in task_state image_snapshot/,
    );
    expect((await action(id, { pause: null })).status).toBe(409);
    held.release();
    await cloud.idle(id);
    await action(id, { 'os-resetState': { state: 'error' } }, { who: 'admin' });
    expect((await action(id, { createImage: { name: 'copy' } })).body.conflictingRequest.message).toContain(
      'vm_state error',
    );
    for (const value of [
      null,
      {},
      { name: '' },
      { name: ' x' },
      { name: 'x', metadata: { a: 1 } },
      { name: 'x', more: 1 },
    ]) {
      expect((await action(id, { createImage: value })).status).toBe(400);
    }
    expect((await action(id, { createImage: { name: 'x' } }, { who: 'reader' })).status).toBe(403);
    expect((await action(id, { createImage: { name: 'x' } }, { who: 'other' })).status).toBe(404);
  });

  test('quotas: of images, and until 2.38 of metadata; nothing is left of what is refused', async () => {
    const id = await cloud.launchActive();
    const many = Object.fromEntries(Array.from({ length: 129 }, (_, index) => [`k${index}`, 'v']));
    const refused = await action(id, { createImage: { name: 'copy', metadata: many } }, { version: '2.38' });
    expect([refused.status, await taskState(id)]).toEqual([403, null]);
    expect((await action(id, { createImage: { name: 'copy', metadata: many } })).status).toBe(413);
    await cloud.quota.update({ requestId: 'req-1' } as Context, PROJECT, { images: 0 }, { force: true });
    const over = await action(id, { createImage: { name: 'copy' } });
    expect([over.status, await taskState(id)]).toEqual([403, null]);
  });

  test('a host that fails leaves no image, and the server as it was with the reason', async () => {
    const id = await cloud.launchActive();
    const full = new OperationalError('disk_full', 'agent', 'The disk of host-1 is full.', {
      hint: 'Delete something.',
    });
    cloud.agent.failNext('snapshot', full);
    const imageId = await snapshot(id);
    expect(await cloud.image(imageId)).toBeUndefined();
    expect(await cloud.show(id)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:task_state': null });
    const { body } = await cloud.request('GET', `/servers/${id}/os-instance-actions`);
    expect(body.instanceActions[0]).toMatchObject({ action: 'createImage', message: 'Error' });
    expect((await cloud.eventTypes(id)).at(-1)).toBe('compute.instance.snapshot.error');
    // Also where the bytes are none of a disk, or not those that were sent.
    cloud.agent.onSnapshot = (image) => cloud.takeSnapshot(image, Buffer.from('no disk'));
    expect(await cloud.image(await snapshot(id))).toBeUndefined();
  });

  test.each(['cancelling the task', 'deleting the image', 'deleting the server'])(
    '%s ends it and leaves no image',
    async (how) => {
      const id = await cloud.launchActive();
      const held = cloud.agent.hold('upload');
      const imageId = idOf(await action(id, { createImage: { name: 'copy' } }));
      await held.arrived;
      const [task] = await cloud.tasks.list({ visibleTo: 'all', limit: 1, subjectId: imageId });
      expect(task).toMatchObject({ kind: 'server.createImage', cancellable: true, subject: { type: 'server', id } });
      if (how === 'cancelling the task') await cloud.tasks.cancel(task?.id ?? '');
      else if (how === 'deleting the image') await cloud.deleteImage(imageId);
      else await cloud.request('DELETE', `/servers/${id}`);
      await cloud.idle(id);
      expect(await cloud.image(imageId)).toBeUndefined();
      if (how === 'deleting the server') return;
      expect(await cloud.show(id)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:task_state': null });
    },
  );

  test('a controller that stops in the middle goes on at the next start', async () => {
    const id = await cloud.launchActive();
    const held = cloud.agent.hold('upload');
    const imageId = idOf(await action(id, { createImage: { name: 'copy' } }));
    await held.arrived;
    await cloud.shut();
    await cloud.open();
    held.release();
    await cloud.idle(id);
    expect((await cloud.image(imageId))?.status).toBe('active');
  });

  test('metadata that Glance keeps to itself is refused', async () => {
    const id = await cloud.launchActive();
    for (const name of ['locations', 'os_glance_import_task', 'deleted'])
      expect((await action(id, { createImage: { name: 'copy', metadata: { [name]: 'x' } } })).status).toBe(403);
    expect(await cloud.show(id)).toMatchObject({ 'OS-EXT-STS:task_state': null });
  });

  test('what a host sends of an image that waits for nothing is refused', async () => {
    await expect(cloud.takeSnapshot(IMAGE.id)).rejects.toMatchObject({ code: 'not_found' });
    const id = await cloud.launchActive();
    await expect(cloud.takeSnapshot(await snapshot(id))).rejects.toMatchObject({ code: 'not_found' });
  });

  test('an administrator of another project has the image, and its owner sees it', async () => {
    const id = await cloud.launch({}, 'other');
    await cloud.idle(id);
    const answer = await action(id, { createImage: { name: 'copy' } }, { who: 'admin' });
    await cloud.idle(id);
    expect(await cloud.image(idOf(answer))).toMatchObject({ owner: PROJECT, visibility: 'shared', status: 'active' });
    expect((await cloud.launchAs('other', idOf(answer))).status).toBe('ACTIVE');
  });

  test('what the machine was made of is gone: its hardware is remembered', async () => {
    const id = await cloud.launchActive();
    await cloud.deleteImage(IMAGE.id);
    expect(await cloud.image(await snapshot(id))).toMatchObject({
      properties: { hw_disk_bus: 'virtio', base_image_ref: IMAGE.id },
    });
  });
});

describe('createBackup', () => {
  const backup = async (id: string, fields: object = {}) => {
    const answer = await action(id, { createBackup: { name: 'copy', backup_type: 'daily', rotation: 2, ...fields } });
    await cloud.idle(id);
    return answer;
  };

  test('of one type so many stay, the newest; those of other types and servers are left alone', async () => {
    const [id, other] = [await cloud.launchActive(), await cloud.launchActive()];
    const ids: string[] = [];
    for (const fields of [{}, {}, { backup_type: 'weekly' }, {}]) ids.push(idOf(await backup(id, fields)));
    ids.push(idOf(await backup(other)));
    const statuses = await Promise.all(ids.map(async (image) => (await cloud.image(image))?.status));
    expect(statuses).toEqual([undefined, 'active', 'active', 'active', 'active']);
    expect(await cloud.image(ids[1] ?? '')).toMatchObject({
      properties: { image_type: 'backup', backup_type: 'daily', instance_uuid: id },
    });
    expect(idOf(await backup(id, { rotation: '1' }))).toBeTruthy();
    expect(await cloud.image(ids[1] ?? '')).toBeUndefined();
    const { body } = await cloud.request('GET', `/servers/${id}/os-instance-actions`);
    expect(body.instanceActions[0]).toMatchObject({ action: 'createBackup' });
  });

  test('what somebody has protected stays, also of a shelved server that is back', async () => {
    const id = await cloud.launchActive();
    const protect = async (image: string) =>
      await cloud.database.transaction(
        async (trx) =>
          void (await trx.updateTable('image_image').set({ protected: 1 }).where('id', '=', image).execute()),
      );
    const first = idOf(await backup(id));
    await protect(first);
    const second = idOf(await backup(id, { rotation: 1 }));
    for (const image of [first, second]) expect((await cloud.image(image))?.status).toBe('active');
    await action(id, { shelve: null });
    await cloud.idle(id);
    const [shelved] = await cloud.database.query
      .selectFrom('image_image')
      .select('id')
      .where('name', 'like', '%-shelved')
      .execute();
    await protect(shelved?.id ?? '');
    await action(id, { unshelve: null });
    await cloud.idle(id);
    expect((await cloud.show(id)).status).toBe('ACTIVE');
    expect((await cloud.image(shelved?.id ?? ''))?.status).toBe('active');
  });

  test('with none to stay, what is made goes again; and old clients are told of no place', async () => {
    const id = await cloud.launchActive();
    const first = idOf(await backup(id));
    const held = cloud.agent.hold('snapshot');
    const asked = { createBackup: { name: 'copy', backup_type: 'daily', rotation: 0 } };
    const answer = await action(id, asked, { version: '2.1' });
    await held.arrived;
    expect(await taskState(id)).toBe('image_backup');
    held.release();
    await cloud.idle(id);
    expect([answer.status, answer.headers.location]).toEqual([202, undefined]);
    expect(await cloud.image(first)).toBeUndefined();
    for (const wrong of [{ rotation: -1 }, { rotation: 'x' }, { rotation: 1.5 }, { backup_type: 1 }, { name: '' }]) {
      expect((await backup(id, wrong)).status).toBe(400);
    }
  });
});
