import { afterEach, beforeEach, expect, test } from 'vitest';
import { VolumeFixture } from './volume.fixture.ts';

let cloud: VolumeFixture;
beforeEach(async () => {
  cloud = await VolumeFixture.open();
});
afterEach(() => cloud.close());

const admin = { as: 'admin', version: '3.62' };
const choose = (project: string, type: string, asked = admin) =>
  cloud.ask(`/default-types/${project}`, {
    ...asked,
    method: 'PUT',
    body: { default_type: { volume_type: type } },
  });

test('a project has a default type of its own, by name or id, until that is taken away', async () => {
  const { id } = await cloud.makeType('fast');
  const { id: other } = await cloud.makeType('slow');
  const ofProject = async () => (await cloud.ask('/types/default')).body.volume_type.name;
  expect(await choose('p', 'slow')).toMatchObject({
    status: 200,
    body: { default_type: { project_id: 'p', volume_type_id: other } },
  });
  expect((await choose('p', id)).body.default_type).toEqual({ project_id: 'p', volume_type_id: id });
  expect(await ofProject()).toBe('fast');
  expect((await cloud.ask('/types/default', { as: 'member@other' })).body.volume_type.name).toBe('__DEFAULT__');
  expect((await cloud.ask('/default-types', admin)).body).toEqual({
    default_types: [{ project_id: 'p', volume_type_id: id }],
  });
  expect((await cloud.ask('/default-types/p', admin)).body.default_type.volume_type_id).toBe(id);
  expect((await cloud.ask(`/types/${id}`, { ...admin, method: 'DELETE' })).body.badRequest.message).toBe(
    `The volume type ${id} is a default volume type and cannot be deleted.`,
  );

  for (let time = 0; time < 2; time++) {
    expect((await cloud.ask('/default-types/p', { ...admin, method: 'DELETE' })).status).toBe(204);
  }
  expect(await ofProject()).toBe('__DEFAULT__');
  expect(await cloud.ask('/default-types/p', admin)).toMatchObject({
    status: 404,
    body: { itemNotFound: { message: 'Default type for project p not found.' } },
  });
  expect((await cloud.ask(`/types/${id}`, { ...admin, method: 'DELETE' })).status).toBe(202);
  expect(await cloud.eventsOf('p')).toEqual(['default_type.create', 'default_type.update', 'default_type.delete']);
});

test('only administrators choose, among types and projects that are there, from 3.62 on', async () => {
  const refused = async (...asked: Parameters<typeof choose>) => (await choose(...asked)).status;
  expect(await refused('p', '__DEFAULT__', { ...admin, as: 'manager' })).toBe(403);
  expect(await refused('p', '__DEFAULT__', { ...admin, version: '3.61' })).toBe(404);
  expect((await choose('nowhere', '__DEFAULT__')).body.itemNotFound.message).toBe('Project with id nowhere not found.');
  expect((await choose('p', 'nothing')).body.badRequest.message).toBe(
    'Volume type with name nothing could not be found.',
  );
  expect(await refused('p', '')).toBe(400);
  for (const path of ['/default-types', '/default-types/p']) {
    expect((await cloud.ask(path, { version: '3.62' })).status, path).toBe(403);
  }
});
