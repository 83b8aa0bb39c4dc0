import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OTHER_PROJECT, TestCloud } from './testing/test-cloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start();
});
afterAll(() => cloud.stop());

const admin = { who: 'admin' };
const create = (flavor: object, version = '2.1') =>
  cloud.request('POST', '/flavors', { flavor }, { ...admin, version });
const ids = async (query: string, who = 'member') =>
  (await cloud.request('GET', `/flavors${query}`, undefined, { who })).body.flavors.map(({ id }: { id: string }) => id);

test('a new cloud has the flavors people expect', async () => {
  const { body } = await cloud.request('GET', '/flavors/detail?sort_key=memory_mb');
  expect(body.flavors.map(({ name, ram, vcpus, disk }: Record<string, unknown>) => [name, ram, vcpus, disk])).toEqual([
    ['m1.nano', 128, 1, 1],
    ['m1.micro', 256, 1, 1],
    ['m1.tiny', 512, 1, 5],
    ['m1.small', 2048, 1, 20],
    ['m1.medium', 4096, 2, 40],
    ['m1.large', 8192, 4, 80],
    ['m1.xlarge', 16384, 8, 160],
  ]);
});

test('each microversion shows what it should', async () => {
  const show = async (version: string) =>
    (await cloud.request('GET', '/flavors/42', undefined, { version })).body.flavor;
  expect(await show('2.1')).toEqual({
    id: '42',
    name: 'm1.nano',
    ram: 128,
    disk: 1,
    swap: '',
    'OS-FLV-EXT-DATA:ephemeral': 0,
    'OS-FLV-DISABLED:disabled': false,
    vcpus: 1,
    'os-flavor-access:is_public': true,
    rxtx_factor: 1,
    links: [
      { rel: 'self', href: 'http://127.0.0.1/compute/v2.1/flavors/42' },
      { rel: 'bookmark', href: 'http://127.0.0.1/compute/flavors/42' },
    ],
  });
  expect(await show('2.54')).not.toHaveProperty('description');
  expect(await show('2.55')).toHaveProperty('description', null);
  expect(await show('2.60')).not.toHaveProperty('extra_specs');
  expect(await show('2.61')).toHaveProperty('extra_specs', {});
  expect(await show('2.75')).toHaveProperty('swap', 0);
});

test('made, described, deleted; names and ids only once', async () => {
  const made = await create(
    { name: 'big one', ram: '512', vcpus: 2, disk: 3, swap: 64, description: 'd', id: 'a.b-c' },
    '2.61',
  );
  expect([made.status, made.body.flavor]).toMatchObject([
    200,
    { id: 'a.b-c', ram: 512, swap: 64, description: 'd', extra_specs: {} },
  ]);
  expect((await create({ name: 'big one', ram: 1, vcpus: 1, disk: 0 })).body.conflictingRequest.message).toBe(
    'Flavor with name big one already exists.',
  );
  expect(
    (await create({ name: 'other', id: 'a.b-c', ram: 1, vcpus: 1, disk: 0 })).body.conflictingRequest.message,
  ).toBe('Flavor with ID a.b-c already exists.');
  const put = { flavor: { description: 'new' } };
  expect((await cloud.request('PUT', '/flavors/a.b-c', put, { ...admin, version: '2.54' })).status).toBe(404);
  expect(
    (await cloud.request('PUT', '/flavors/a.b-c', put, { ...admin, version: '2.55' })).body.flavor.description,
  ).toBe('new');
  expect((await cloud.request('DELETE', '/flavors/a.b-c')).status).toBe(403);
  expect((await cloud.request('DELETE', '/flavors/a.b-c', undefined, admin)).status).toBe(202);
  expect((await cloud.request('DELETE', '/flavors/a.b-c', undefined, admin)).body.itemNotFound.message).toBe(
    'Flavor a.b-c could not be found.',
  );
});

describe('refused', () => {
  const cases: [flavor: object, field: string][] = [
    [{ name: 'x', ram: 0, vcpus: 1, disk: 1 }, 'flavor.ram'],
    [{ name: 'x', ram: 1, vcpus: 1.5, disk: 1 }, 'flavor.vcpus'],
    [{ name: 'x', ram: 1e12, vcpus: 1, disk: 1 }, 'flavor.ram'],
    [{ name: 'x', ram: 1, vcpus: 1 }, 'flavor.disk'],
    [{ name: 'x', ram: 1, vcpus: 1, disk: 1, id: 'a/b' }, 'flavor.id'],
    [{ name: 'x', ram: 1, vcpus: 1, disk: 1, colour: 'red' }, 'flavor.colour'],
    [{ name: 'x', ram: 1, vcpus: 1, disk: 1, description: 'too early' }, 'flavor.description'],
    [{ name: 'x', ram: 1, vcpus: 1, disk: 1, rxtx_factor: 0 }, 'flavor.rxtx_factor'],
  ];
  test.each(cases)('%j', async (flavor, field) => {
    const { status, body } = await create(flavor);
    expect([status, body.badRequest.message]).toEqual([400, expect.stringContaining(field)]);
  });
});

test('filters, order and pages', async () => {
  expect(await ids('?minRam=4096')).toEqual(['3', '4', '5']);
  expect(await ids('?minDisk=80&sort_key=vcpus&sort_dir=desc')).toEqual(['5', '4']);
  const { body } = await cloud.request('GET', '/flavors?limit=3');
  expect(body.flavors.map(({ id }: { id: string }) => id)).toEqual(['1', '2', '3']);
  expect(body.flavors_links[0].href).toBe('http://127.0.0.1/compute/v2.1/flavors?limit=3&marker=3');
  expect(await ids('?limit=3&marker=3')).toEqual(['4', '42', '5']);
  for (const query of ['?minRam=x', '?sort_key=constructor', '?marker=zzz', '?limit=-2', '?is_public=perhaps']) {
    expect((await cloud.request('GET', `/flavors${query}`)).status, query).toBe(400);
  }
});

test('flavors that are not public', async () => {
  await create({ name: 'secret', id: 'secret', ram: 1, vcpus: 1, disk: 1, 'os-flavor-access:is_public': false });
  // Nobody may use it before access is given, the project of whoever made it included.
  expect(await ids('')).not.toContain('secret');
  expect(await ids('', 'other')).not.toContain('secret');
  const access = await cloud.request('GET', '/flavors/secret/os-flavor-access', undefined, { who: 'admin' });
  expect(access.body.flavor_access).toEqual([]);
  expect((await cloud.request('GET', '/flavors/secret', undefined, { who: 'other' })).status).toBe(404);
  expect(await ids('', 'admin')).not.toContain('secret');
  expect(await ids('?is_public=None', 'admin')).toContain('secret');
  expect(await ids('?is_public=false', 'admin')).toEqual(['secret']);
  const act = (id: string, body: object, options: object = admin) =>
    cloud.request('POST', `/flavors/${id}/action`, body, options);
  const tenant = { tenant: OTHER_PROJECT };
  expect((await act('secret', { addTenantAccess: tenant })).body.flavor_access).toEqual([
    { flavor_id: 'secret', tenant_id: OTHER_PROJECT },
  ]);
  expect((await act('secret', { addTenantAccess: tenant })).status).toBe(409);
  expect(await ids('', 'other')).toContain('secret');
  expect((await act('secret', { removeTenantAccess: tenant })).body.flavor_access).toEqual([]);
  expect((await act('secret', { removeTenantAccess: tenant })).status).toBe(404);
  expect((await act('42', { addTenantAccess: tenant }, { ...admin, version: '2.7' })).status).toBe(409);
  expect((await act('secret', { addTenantAccess: tenant }, { who: 'member' })).status).toBe(403);
  expect((await act('secret', { explode: tenant })).status).toBe(400);
  expect((await cloud.request('GET', '/flavors/42/os-flavor-access', undefined, admin)).status).toBe(404);
});

test('extra specs, checked from 2.86 on', async () => {
  const path = '/flavors/42/os-extra_specs';
  const post = (extra_specs: object, version = '2.1') =>
    cloud.request('POST', path, { extra_specs }, { ...admin, version });
  expect((await post({ 'hw:boot_menu': 'true', note: 5 })).body).toEqual({
    extra_specs: { 'hw:boot_menu': 'true', note: '5' },
  });
  expect((await cloud.request('GET', `${path}/note`)).body).toEqual({ note: '5' });
  expect((await cloud.request('PUT', `${path}/note`, { note: '6' }, admin)).body).toEqual({ note: '6' });
  expect((await cloud.request('PUT', `${path}/note`, { other: '6' }, admin)).status).toBe(400);
  expect((await cloud.request('DELETE', `${path}/note`, undefined, admin)).status).toBe(200);
  expect((await cloud.request('GET', path)).body).toEqual({ extra_specs: { 'hw:boot_menu': 'true' } });
  expect((await cloud.request('DELETE', `${path}/note`, undefined, admin)).status).toBe(404);
  expect((await post({ 'hw:cpu_polcy': 'shared' })).status).toBe(200);
  expect((await post({ 'hw:cpu_polcy': 'shared' }, '2.86')).body.badRequest.message).toContain(
    "extra spec 'hw:cpu_polcy'",
  );
  expect((await post({ 'hw:cpu_policy': 'some' }, '2.86')).status).toBe(400);
  expect(
    (await post({ 'hw:cpu_policy': 'shared', 'trait:HW_CPU_X86_AVX': 'required', mine: 'x', 'my:own': 'y' }, '2.86'))
      .status,
  ).toBe(200);
});
