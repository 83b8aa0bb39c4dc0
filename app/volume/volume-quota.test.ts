import { afterEach, beforeEach, expect, test } from 'vitest';
import { VolumeFixture } from './volume.fixture.ts';

let cloud: VolumeFixture;
beforeEach(async () => {
  cloud = await VolumeFixture.open();
});
afterEach(() => cloud.close());

const as = 'admin';
const set = (limits: object, project = 'p', asked = as) =>
  cloud.ask(`/os-quota-sets/${project}`, { as: asked, method: 'PUT', body: { quota_set: limits } });
const get = async (rest = 'p', asked = 'member') =>
  (await cloud.ask(`/os-quota-sets/${rest}`, { as: asked })).body.quota_set;

test('a project has limits of its own, of each type too, until they are taken away', async () => {
  await cloud.makeType('fast');
  expect(await get()).toEqual({
    id: 'p',
    ...{ volumes: -1, snapshots: -1, gigabytes: -1, per_volume_gigabytes: -1, backups: -1, backup_gigabytes: -1 },
    groups: 10,
    ...{ volumes_fast: -1, snapshots_fast: -1, gigabytes_fast: -1 },
    ...{ volumes___DEFAULT__: -1, snapshots___DEFAULT__: -1, gigabytes___DEFAULT__: -1 },
  });
  const changed = await set({ volumes: 3, gigabytes: '50', volumes_fast: 2, tenant_id: 'p' });
  expect(changed).toMatchObject({ status: 200, body: { quota_set: { volumes: 3, gigabytes: 50, volumes_fast: 2 } } });
  expect(changed.body.quota_set).not.toHaveProperty('id');
  expect(await get('p?usage=True')).toMatchObject({
    volumes: { limit: 3, in_use: 0, reserved: 0 },
    volumes_fast: { limit: 2, in_use: 0, reserved: 0 },
    gigabytes_fast: { limit: -1, in_use: 0, reserved: 0 },
  });
  expect(await get('p/defaults')).toMatchObject({ id: 'p', volumes: -1, volumes_fast: -1 });
  expect(await get('other', 'member@other')).toMatchObject({ volumes: -1, volumes_fast: -1 });
  expect((await cloud.ask('/os-quota-sets/p', { as, method: 'DELETE' })).status).toBe(200);
  expect(await get()).toMatchObject({ volumes: -1, gigabytes: -1, volumes_fast: -1 });
  expect(await cloud.eventsOf('p')).toEqual(['quota.update', 'quota.delete']);
});

test('limits of a type go with it through its names, and end with it', async () => {
  const { id } = await cloud.makeType('fast');
  await set({ volumes_fast: 2 });
  await cloud.ask(`/types/${id}`, { as, method: 'PUT', body: { volume_type: { name: 'quick' } } });
  const renamed = await get();
  expect(renamed).toMatchObject({ volumes_quick: 2 });
  expect(renamed).not.toHaveProperty('volumes_fast');
  await cloud.ask(`/types/${id}`, { as, method: 'DELETE' });
  await cloud.makeType('quick');
  expect(await get()).toMatchObject({ volumes_quick: -1 });
});

test('the limits of a type that is not public are told only to who may use it', async () => {
  const { id } = await cloud.makeType('hidden', { 'os-volume-type-access:is_public': false });
  expect(await get()).not.toHaveProperty('volumes_hidden');
  expect(await get('p', as)).toHaveProperty('volumes_hidden', -1);
  await cloud.ask(`/types/${id}/action`, { as, body: { addProjectAccess: { project: 'p' } } });
  expect(await get()).toHaveProperty('volumes_hidden', -1);
});

test('the class `default` is what holds for projects without limits of their own', async () => {
  const path = '/os-quota-class-sets/default';
  const put = (limits: object, to = path) => cloud.ask(to, { as, method: 'PUT', body: { quota_class_set: limits } });
  expect(await put({ volumes: 7, volumes___DEFAULT__: 5 })).toMatchObject({
    status: 200,
    body: { quota_class_set: { volumes: 7, volumes___DEFAULT__: 5 } },
  });
  expect((await cloud.ask(path, { as })).body.quota_class_set).toMatchObject({ id: 'default', volumes: 7 });
  expect(await get()).toMatchObject({ volumes: 7, volumes___DEFAULT__: 5 });
  await set({ volumes: 9 });
  expect(await get()).toMatchObject({ volumes: 9 });
  expect((await put({ volumes: 1 }, '/os-quota-class-sets/gold')).body.badRequest.message).toBe(
    'There is no quota class gold, only default.',
  );
  expect((await put({ instances: 1 })).body.badRequest.message).toBe(
    'Invalid input received: Bad key(s) in quota_class_set: instances',
  );
  expect((await cloud.ask(path)).status).toBe(403);
});

test('whose limits who may see and set, and which', async () => {
  for (const of of ['other', 'other/defaults']) expect((await cloud.ask(`/os-quota-sets/${of}`)).status, of).toBe(403);
  expect((await cloud.ask('/os-quota-sets/other?usage=1', { as: 'manager' })).status).toBe(403);
  expect((await set({ volumes: 1 }, 'p', 'manager')).status).toBe(403);
  expect((await cloud.ask('/os-quota-sets/p', { as: 'manager', method: 'DELETE' })).status).toBe(403);
  expect((await set({ volumes: 1 }, 'nowhere')).status).toBe(404);
  for (const limits of [
    {},
    { volumes: -2 },
    { volumes: 1.5 },
    { volumes: 'many' },
    { volumes: null },
    { volumes: 2 ** 31 },
  ]) {
    expect((await set(limits)).status, JSON.stringify(limits)).toBe(400);
  }
  for (const name of ['instances', 'volumes_', 'volumes_nothing', 'constructor']) {
    expect((await set({ [name]: 1 })).body.badRequest?.message, name).toBe(
      `Invalid input received: Bad key(s) in quota_set: ${name}`,
    );
  }
  expect((await set(JSON.parse('{"__proto__": 1}'))).status).toBe(400);
  expect((await cloud.ask('/os-quota-sets/p?usage=perhaps')).body.badRequest.message).toBe(
    "Value 'perhaps' for 'usage' is not a boolean.",
  );
});
