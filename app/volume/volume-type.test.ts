import { afterEach, beforeEach, expect, test } from 'vitest';
import { VolumeFixture } from './volume.fixture.ts';

let cloud: VolumeFixture;
beforeEach(async () => {
  cloud = await VolumeFixture.open();
});
afterEach(() => cloud.close());

const PRIVATE = { 'os-volume-type-access:is_public': false };
const names = async (query = '', asked: { as?: string; version?: string } = {}) => {
  const { body } = await cloud.ask(`/types${query}`, asked);
  return body.volume_types?.map(({ name }: { name: string }) => name) ?? body;
};

test('a new cloud has a default type, which stays; a type is made, read, changed and deleted', async () => {
  const first = (await cloud.ask('/types/default')).body.volume_type;
  expect(first).toMatchObject({ name: '__DEFAULT__', is_public: true, extra_specs: {} });
  expect(await cloud.ask(`/types/${first.id}`, { as: 'admin', method: 'DELETE' })).toMatchObject({
    status: 400,
    body: { badRequest: { message: `The volume type ${first.id} is a default volume type and cannot be deleted.` } },
  });

  const sent = { name: 'fast', description: 'Flash', extra_specs: { volume_backend_name: 'ssd' } };
  const { id } = await cloud.makeType('fast', sent);
  const shown = { id, ...sent, is_public: true, 'os-volume-type-access:is_public': true, qos_specs_id: null };
  expect(await cloud.ask(`/types/${id}`, { as: 'admin' })).toMatchObject({ status: 200, body: { volume_type: shown } });
  expect(await cloud.ask('/types', { as: 'admin', body: { volume_type: { name: 'fast' } } })).toMatchObject({
    status: 409,
    body: { conflictingRequest: { code: 409, message: 'Volume Type fast already exists.' } },
  });

  const change = { name: 'faster', description: '', is_public: false };
  const changed = await cloud.ask(`/types/${id}`, { as: 'admin', method: 'PUT', body: { volume_type: change } });
  expect(changed).toMatchObject({ status: 200, body: { volume_type: { id, ...change } } });
  expect((await cloud.ask(`/types/${id}`, { as: 'admin', method: 'DELETE' })).status).toBe(202);
  expect(await cloud.ask(`/types/${id}`, { as: 'admin' })).toMatchObject({
    status: 404,
    body: { itemNotFound: { code: 404, message: `Volume type ${id} could not be found.` } },
  });
  expect(await cloud.eventsOf(id)).toEqual(['volume_type.create', 'volume_type.update', 'volume_type.delete']);
});

test('what a type says of the storage behind it, and its QoS, is shown to administrators only', async () => {
  const { id } = await cloud.makeType('t', { extra_specs: { multiattach: '<is> True', secret: 'lvm-1' } });
  const seen = { id, name: 't', description: null, is_public: true, extra_specs: { multiattach: '<is> True' } };
  expect((await cloud.ask(`/types/${id}`, { as: 'reader' })).body.volume_type).toEqual(seen);
  expect((await cloud.ask(`/types/${id}`)).body.volume_type).toEqual({
    ...seen,
    'os-volume-type-access:is_public': true,
  });
  expect((await cloud.ask(`/types/${id}/extra_specs`)).body).toEqual({ extra_specs: { multiattach: '<is> True' } });
  expect((await cloud.ask(`/types/${id}/extra_specs/secret`)).status).toBe(404);
  // Nor can it be found out by asking for it.
  const bySecret = `?extra_specs=${encodeURIComponent("{'secret': 'lvm-1'}")}`;
  expect(await names(bySecret, { version: '3.52' })).toEqual([]);
  expect(await names(bySecret, { version: '3.52', as: 'admin' })).toEqual(['t']);
  const byOpen = `?extra_specs=${encodeURIComponent('{"multiattach": "<is> True"}')}`;
  expect(await names(byOpen, { version: '3.52' })).toEqual(['t']);
  expect(await names(byOpen, { version: '3.51' })).toEqual(['t', '__DEFAULT__']);
});

test('a type that is not public is there for the projects it was given to, and for nobody else', async () => {
  const { id } = await cloud.makeType('hidden', PRIVATE);
  const as = 'member@other';
  for (const path of [`/types/${id}`, `/types/${id}/extra_specs`]) expect((await cloud.ask(path)).status).toBe(404);
  expect(await names()).toEqual(['__DEFAULT__']);
  const access = (action: string, project: string) =>
    cloud.ask(`/types/${id}/action`, { as: 'admin', body: { [action]: { project } } });

  expect((await access('addProjectAccess', 'other')).status).toBe(202);
  expect((await access('addProjectAccess', 'other')).body.conflictingRequest.message).toBe(
    `Volume type access for ${id} / other combination already exists.`,
  );
  expect((await cloud.ask(`/types/${id}`, { as })).status).toBe(200);
  expect(await names('', { as })).toEqual(['hidden', '__DEFAULT__']);
  expect((await cloud.ask(`/types/${id}`)).status).toBe(404);
  expect((await cloud.ask(`/types/${id}/os-volume-type-access`, { as: 'admin' })).body).toEqual({
    volume_type_access: [{ volume_type_id: id, project_id: 'other' }],
  });

  expect((await access('removeProjectAccess', 'other')).status).toBe(202);
  expect((await cloud.ask(`/types/${id}`, { as })).status).toBe(404);
  expect((await access('removeProjectAccess', 'other')).body.itemNotFound.message).toBe(
    `Volume type access not found for ${id} / other combination.`,
  );
  expect(await cloud.eventsOf(id)).toEqual([
    'volume_type.create',
    'volume_type_project.access.add',
    'volume_type_project.access.remove',
  ]);
  const { id: open } = await cloud.makeType('open');
  expect((await cloud.ask(`/types/${open}/os-volume-type-access`, { as: 'admin' })).body.itemNotFound.message).toBe(
    'Access list not available for public volume types.',
  );
  const toOpen = { as: 'admin', body: { addProjectAccess: { project: 'p' } } };
  expect((await cloud.ask(`/types/${open}/action`, toOpen)).body.badRequest.message).toMatch(
    /not applicable to public/,
  );
});

test('administrators choose between public types and others; everybody else has their own', async () => {
  await cloud.makeType('hidden', PRIVATE);
  const as = 'admin';
  expect(await names('', { as })).toEqual(['__DEFAULT__']);
  expect(await names('?is_public=false', { as })).toEqual(['hidden']);
  expect(await names('?is_public=None', { as })).toEqual(['hidden', '__DEFAULT__']);
  expect(await names('?is_public=None')).toEqual(['__DEFAULT__']);
  expect((await names('?is_public=maybe', { as })).badRequest.message).toBe('Invalid is_public filter [maybe]');
  expect(await names('?is_public=None&name=hidden', { as })).toEqual(['hidden']);
  expect(await names('?name=hidden')).toEqual(['__DEFAULT__']);
  expect((await names('?name=hidden', { version: '3.52' })).badRequest.message).toBe(
    'Invalid filters name are found in query options.',
  );
});

test('lists are sorted, and come in pages that name the next one', async () => {
  for (const name of ['b', 'a', 'c']) await cloud.makeType(name);
  expect(await names('?sort=name:asc')).toEqual(['__DEFAULT__', 'a', 'b', 'c']);
  expect(await names('?sort_key=name&sort_dir=desc')).toEqual(['c', 'b', 'a', '__DEFAULT__']);
  expect(await names('?sort=name:asc&offset=1&limit=2')).toEqual(['a', 'b']);
  expect(await names('?limit=0')).toEqual([]);

  const { body } = await cloud.ask('/p/types?sort=name:asc&limit=3');
  const [{ rel, href }] = body.volume_type_links;
  const next = new URL(href);
  expect([rel, next.pathname, next.searchParams.get('marker')]).toEqual([
    'next',
    '/volume/v3/p/types',
    body.volume_types[2].id,
  ]);
  const rest = await cloud.ask(`/p/types${next.search}`);
  expect(rest.body.volume_types.map(({ name }: { name: string }) => name)).toEqual(['c']);
  expect(rest.body).not.toHaveProperty('volume_type_links');
  expect((await cloud.ask('/types?limit=4')).body.volume_type_links[0].href).toContain('/volume/v3/types?');

  for (const [query, message] of [
    ['limit=x', /limit param must be an integer/],
    ['limit=-1', /limit param must be positive/],
    ['offset=-1', /offset must be from 0/],
    ['offset=99999999999', /offset must be from 0/],
    ['sort=colour', /Sort key supplied is invalid: colour/],
    ['sort=name:up', /Unknown sort direction/],
    ['sort=name&sort_key=id', /cannot be used with 'sort'/],
  ] as const) {
    expect((await cloud.ask(`/types?${query}`)).body.badRequest?.message, query).toMatch(message);
  }
  expect((await cloud.ask('/types?marker=nowhere')).status).toBe(404);
});

test('extra specs are set together, changed one by one, and taken away', async () => {
  const { id } = await cloud.makeType('t');
  const path = `/types/${id}/extra_specs`;
  const as = 'admin';
  const sent = { extra_specs: { a: '1', b: null } };
  expect(await cloud.ask(path, { as, body: sent })).toMatchObject({ status: 200, body: sent });
  expect(await cloud.ask(`${path}/a`, { as, method: 'PUT', body: { a: '2' } })).toMatchObject({
    status: 200,
    body: { a: '2' },
  });
  expect((await cloud.ask(path, { as })).body).toEqual({ extra_specs: { a: '2', b: null } });
  expect((await cloud.ask(`${path}/a`, { as, method: 'DELETE' })).status).toBe(202);
  const gone = `Volume Type ${id} has no extra specs with key a.`;
  for (const method of ['GET', 'DELETE']) {
    expect((await cloud.ask(`${path}/a`, { as, method })).body.itemNotFound.message).toBe(gone);
  }
  expect((await cloud.ask(`${path}/a`, { as, method: 'PUT', body: { c: '1' } })).body.badRequest.message).toBe(
    'Request body and URI mismatch',
  );
  const both = { extra_specs: { multiattach: '<is> True', cacheable: '<is> True' } };
  expect((await cloud.ask(path, { as, body: both })).body.badRequest.message).toBe(
    'cacheable cannot be set with multiattach.',
  );
  expect((await cloud.ask(path, { as })).body).toEqual({ extra_specs: { b: null } });
  expect(await cloud.eventsOf(id)).toEqual([
    'volume_type.create',
    'volume_type_extra_specs.create',
    'volume_type_extra_specs.update',
    'volume_type_extra_specs.delete',
  ]);
});

test('a type has so many specs at most, however they come', async () => {
  const many = (prefix: string) => Object.fromEntries(Array.from({ length: 128 }, (_, n) => [`${prefix}${n}`, '']));
  const { id } = await cloud.makeType('t', { extra_specs: many('a') });
  const added = await cloud.ask(`/types/${id}/extra_specs`, { as: 'admin', body: { extra_specs: { more: '' } } });
  expect(added).toMatchObject({ status: 400, body: { badRequest: { message: 'There can be 128 at most.' } } });
});

test('what nobody may do, or nobody means', async () => {
  const { id } = await cloud.makeType('t');
  const type = { volume_type: { name: 'mine' } };
  for (const [method, path, body] of [
    ['POST', '/types', type],
    ['PUT', `/types/${id}`, type],
    ['DELETE', `/types/${id}`, undefined],
    ['POST', `/types/${id}/action`, { addProjectAccess: { project: 'p' } }],
    ['GET', `/types/${id}/os-volume-type-access`, undefined],
    ['POST', `/types/${id}/extra_specs`, { extra_specs: { a: '1' } }],
    ['DELETE', `/types/${id}/extra_specs/a`, undefined],
  ] as const) {
    expect((await cloud.ask(path, { method, body, as: 'manager' })).status, `${method} ${path}`).toBe(403);
  }
  expect((await cloud.edge.send('/volume/v3/types')).status).toBe(401);

  const as = 'admin';
  for (const volume_type of [
    {},
    { name: '' },
    { name: '   ' },
    { name: 'x'.repeat(256) },
    { name: 'a\u0000b' },
    { name: 'ok', description: 'two\nlines' },
    { name: 'ok', extra_specs: { no$key: '1' } },
    { name: 'ok', extra_specs: { key: 'x'.repeat(256) } },
    { name: 'ok', extra_specs: ['a'] },
    { name: 'ok', 'os-volume-type-access:is_public': 'perhaps' },
    { name: 'ok', colour: 'red' },
  ]) {
    const { status, body } = await cloud.ask('/types', { as, body: { volume_type } });
    expect([status, body.badRequest?.code], JSON.stringify(volume_type)).toEqual([400, 400]);
  }
  for (const volume_type of [{}, { name: null }, { name: ' ' }, { is_public: 'perhaps' }]) {
    const { status } = await cloud.ask(`/types/${id}`, { as, method: 'PUT', body: { volume_type } });
    expect(status, JSON.stringify(volume_type)).toBe(400);
  }
  for (const extra_specs of ['x', '{', "{'a'}", "{'a': 1}", "{'a': 'b' 'c'}", `{'${'a'.repeat(300)}': ''}`]) {
    const { status } = await cloud.ask(`/types?extra_specs=${encodeURIComponent(extra_specs)}`, { version: '3.52' });
    expect(status, extra_specs).toBe(400);
  }
  for (const body of [
    {},
    { addProjectAccess: {} },
    { drop: { project: 'p' } },
    { addProjectAccess: { project: '' } },
  ]) {
    expect((await cloud.ask(`/types/${id}/action`, { as, body })).status, JSON.stringify(body)).toBe(400);
  }
});
