import { afterEach, beforeEach, expect, test } from 'vitest';
import { VolumeFixture } from './volume.fixture.ts';

let cloud: VolumeFixture;
beforeEach(async () => {
  cloud = await VolumeFixture.open();
});
afterEach(() => cloud.close());

const version = '3.11';
const admin = { as: 'admin', version };
const make = (group_type: object, asked = admin) => cloud.ask('/group_types', { ...asked, body: { group_type } });

test('group types and their specs, from 3.11 on', async () => {
  const made = await make({ name: 'g', description: 'd', group_specs: { a: '1' } });
  const { id } = made.body.group_type;
  const whole = { id, name: 'g', description: 'd', is_public: true, group_specs: { a: '1' } };
  expect(made).toMatchObject({ status: 202, body: { group_type: whole } });
  const { group_specs: _hidden, ...seen } = whole;
  expect((await cloud.ask(`/group_types/${id}`, { version })).body).toEqual({ group_type: seen });
  expect((await cloud.ask(`/group_types/${id}`, { version: '3.10' })).status).toBe(404);
  expect((await make({ name: 'g' })).body.conflictingRequest.message).toBe('Group Type g already exists.');

  const path = `/group_types/${id}/group_specs`;
  const specs = { group_specs: { b: '2' } };
  expect(await cloud.ask(path, { ...admin, body: specs })).toMatchObject({ status: 202, body: specs });
  expect((await cloud.ask(`${path}/b`, { ...admin, method: 'PUT', body: { b: '3' } })).body).toEqual({ b: '3' });
  expect((await cloud.ask(`${path}/b`, admin)).body).toEqual({ b: '3' });
  expect((await cloud.ask(`${path}/b`, { ...admin, method: 'DELETE' })).status).toBe(202);
  expect((await cloud.ask(`${path}/b`, admin)).body.itemNotFound.message).toBe(
    `Group Type ${id} has no specs with key b.`,
  );
  expect((await cloud.ask(path, admin)).body).toEqual({ group_specs: { a: '1' } });

  const change = { group_type: { name: 'h', is_public: false } };
  expect((await cloud.ask(`/group_types/${id}`, { ...admin, method: 'PUT', body: change })).body.group_type).toEqual({
    ...whole,
    name: 'h',
    is_public: false,
  });
  expect((await cloud.ask(`/group_types/${id}`, { version })).status).toBe(404);
  expect((await cloud.ask('/group_types', { version })).body).toEqual({ group_types: [] });
  expect((await cloud.ask('/group_types', admin)).body).toEqual({ group_types: [] });
  expect((await cloud.ask('/group_types?is_public=None', admin)).body.group_types).toHaveLength(1);
  expect((await cloud.ask(`/group_types/${id}`, { ...admin, method: 'DELETE' })).status).toBe(202);
  expect((await cloud.ask('/group_types/default', { version })).body.itemNotFound.message).toBe(
    'Default group type can not be found.',
  );
  expect(await cloud.eventsOf(id)).toEqual([
    'group_type.create',
    'group_type_specs.create',
    'group_type_specs.update',
    'group_type_specs.delete',
    'group_type.update',
    'group_type.delete',
  ]);
});

test('only administrators change them, and only into what can be', async () => {
  const { id } = (await make({ name: 'g', group_specs: null })).body.group_type;
  expect((await make({ name: 'x' }, { as: 'manager', version })).status).toBe(403);
  for (const [method, path] of [
    ['DELETE', `/group_types/${id}`],
    ['GET', `/group_types/${id}/group_specs`],
    ['GET', `/group_types/${id}/group_specs/a`],
  ] as const) {
    expect((await cloud.ask(path, { method, as: 'manager', version })).status, path).toBe(403);
  }
  for (const group_type of [
    {},
    { name: ' ' },
    { name: 'x', is_public: 'perhaps' },
    { name: 'x', group_specs: { a: 1 } },
  ]) {
    expect((await make(group_type)).status, JSON.stringify(group_type)).toBe(400);
  }
  const unchanged = { ...admin, method: 'PUT', body: { group_type: {} } };
  expect((await cloud.ask(`/group_types/${id}`, unchanged)).status).toBe(400);
});
