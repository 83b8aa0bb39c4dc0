import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemContext } from '../policy/authorization.ts';
import { PlacementFixture, uuidOf } from './placement.fixture.ts';

let cloud: PlacementFixture;
beforeAll(async () => {
  cloud = await PlacementFixture.open();
});
afterAll(() => cloud.close());

const names = async (query: string, version = 39) =>
  (await cloud.done(`/resource_providers?${query}`, { version })).resource_providers.map(
    ({ name }: { name: string }) => name,
  );

test('the root is the one version, for everybody; microversions are negotiated, and what is none is refused with the range', async () => {
  for (const path of ['/placement', '/placement/']) {
    const { status, json, headers } = await cloud.edge.send(path);
    expect([status, headers['openstack-api-version'], headers['cache-control']]).toEqual([
      200,
      'placement 1.0',
      undefined,
    ]);
    expect(json).toEqual({
      versions: [
        {
          id: 'v1.0',
          status: 'CURRENT',
          min_version: '1.0',
          max_version: '1.39',
          links: [{ rel: 'self', href: '' }],
        },
      ],
    });
  }
  const { headers } = await cloud.ask('', { version: 15 });
  expect([headers['cache-control'], Date.parse(String(headers['last-modified']))]).toEqual([
    'no-cache',
    expect.any(Number),
  ]);
  expect(await cloud.ask('/resource_providers', { version: 40 })).toMatchObject({
    status: 406,
    body: {
      errors: [
        {
          status: 406,
          title: 'Not Acceptable',
          request_id: expect.stringMatching(/^req-/),
          min_version: '1.0',
          max_version: '1.39',
        },
      ],
    },
  });
});

test('errors have a code since 1.23', async () => {
  const path = `/resource_providers/${uuidOf('nothing')}`;
  expect((await cloud.ask(path, { version: 22 })).body.errors[0]).not.toHaveProperty('code');
  expect((await cloud.ask(path, { version: 23 })).body.errors[0]).toMatchObject({
    status: 404,
    title: 'Not Found',
    code: 'placement.undefined_code',
  });
});

test('a host is a provider, whose inventories are what it reports under the ratios of the scheduler', async () => {
  const shown = await cloud.done(`/resource_providers/${cloud.host}`);
  expect(shown).toMatchObject({
    name: 'host-1',
    uuid: cloud.host,
    parent_provider_uuid: null,
    root_provider_uuid: cloud.host,
  });
  const { inventories } = await cloud.done(`/resource_providers/${cloud.host}/inventories`);
  const units = { min_unit: 1, step_size: 1 };
  expect(inventories).toEqual({
    VCPU: { total: 64, reserved: 0, allocation_ratio: 4, max_unit: 256, ...units },
    MEMORY_MB: { total: 262_144, reserved: 512, allocation_ratio: 1, max_unit: 261_632, ...units },
    DISK_GB: { total: 4000, reserved: 0, allocation_ratio: 1, max_unit: 4000, ...units },
  });
  const { usages } = await cloud.done(`/resource_providers/${cloud.host}/usages`);
  expect(usages).toEqual({ VCPU: 0, MEMORY_MB: 0, DISK_GB: 0 });
});

test('what the scheduler has of a host is not changed here, and each refusal says where', async () => {
  const path = `/resource_providers/${cloud.host}`;
  const { resource_provider_generation, inventories } = await cloud.done(`${path}/inventories`);
  const put = (of: object) => ({ method: 'PUT', body: { resource_provider_generation, inventories: of } });
  const { VCPU, ...others } = inventories;
  expect(await cloud.refusal(`${path}/inventories`, put(others))).toEqual([
    409,
    'placement.inventory.inuse',
    expect.stringContaining('The inventory of VCPU of the host host-1 is kept by the scheduler'),
  ]);
  for (const [part, asked] of [
    ['/inventories', put({ ...inventories, VCPU: { ...VCPU, total: 65 } })],
    ['/inventories/VCPU', { method: 'PUT', body: { resource_provider_generation, total: 1 } }],
    ['/inventories/VCPU', { method: 'DELETE' }],
    ['/inventories', { method: 'DELETE' }],
    ['', { method: 'PUT', body: { name: 'other' } }],
    ['', { method: 'DELETE' }],
    ['/traits', { method: 'PUT', body: { resource_provider_generation, traits: ['COMPUTE_STATUS_DISABLED'] } }],
  ] as const) {
    const [status, , detail] = await cloud.refusal(`${path}${part}`, asked);
    expect([part, status, detail]).toEqual([part, 409, expect.stringMatching(/kept by the scheduler/)]);
  }
  // Nothing of it was stored, and what says the same as the scheduler is fine.
  expect((await cloud.done(`${path}/inventories`)).inventories).toEqual(inventories);
  await cloud.done(path, { method: 'PUT', body: { name: 'host-1', parent_provider_uuid: null } });
  await cloud.done(`${path}/inventories`, put(inventories));
});

test('beside that a host has what clients keep of it, which goes with it', async () => {
  const host = await cloud.addHost('leaving');
  const aggregate = uuidOf('aggregate prov');
  await cloud.equip(host, {
    inventories: { CUSTOM_LICENCE: 3 },
    traits: ['CUSTOM_GOLD', 'HW_CPU_X86_AVX'],
    aggregates: [aggregate],
  });
  const path = `/resource_providers/${host}`;
  expect(Object.keys((await cloud.done(`${path}/inventories`)).inventories)).toEqual([
    'VCPU',
    'MEMORY_MB',
    'DISK_GB',
    'CUSTOM_LICENCE',
  ]);
  expect(await names(`member_of=${aggregate}&required=CUSTOM_GOLD&resources=CUSTOM_LICENCE:3,VCPU:1`)).toEqual([
    'leaving',
  ]);
  const { generation } = await cloud.done(path);
  await cloud.cloud.scheduler.control.setService(systemContext('test'), 'leaving', { disabledReason: '' });
  expect((await cloud.done(`${path}/traits`)).traits).toEqual([
    'COMPUTE_STATUS_DISABLED',
    'CUSTOM_GOLD',
    'HW_CPU_X86_AVX',
  ]);
  expect(
    await cloud.refusal(`${path}/traits`, {
      method: 'PUT',
      body: { traits: [], resource_provider_generation: generation },
    }),
  ).toEqual([409, 'placement.concurrent_update', expect.stringContaining('generation')]);

  const forget = () =>
    cloud.cloud.database.transaction((trx) =>
      cloud.cloud.scheduler.control.forget(trx, systemContext('test'), 'leaving'),
    );
  const child = await cloud.makeProvider('below', { parent: host });
  await expect(forget()).rejects.toThrow('has resource providers below it');
  expect(await names(`in_tree=${child}`)).toEqual(['below', 'leaving']);
  await cloud.done(`/resource_providers/${child}`, { method: 'DELETE' });
  const consumer = uuidOf('consumer prov');
  expect(await cloud.allocate(consumer, { [host]: { CUSTOM_LICENCE: 1 } })).toBe(204);
  await expect(forget()).rejects.toThrow('of its CUSTOM_LICENCE 1 are allocated');
  await cloud.done(`/allocations/${consumer}`, { method: 'DELETE' });
  await forget();
  expect((await cloud.ask(path)).status).toBe(404);
  await cloud.addHost('leaving');
  expect((await cloud.done(`${path}/traits`)).traits).toEqual([]);
});

test('providers of clients: made with or without an id, named once, in a tree, renamed, moved since 1.37, deleted', async () => {
  const { status, body, headers } = await cloud.ask('/resource_providers', { body: { name: 'pool' }, version: 0 });
  expect([status, body]).toEqual([201, {}]);
  const path = String(headers.location).replace(/^.*\/placement/, '');
  const pool = await cloud.done(path);
  expect(pool).toMatchObject({ name: 'pool', generation: 0, parent_provider_uuid: null });
  expect((await cloud.done(path, { version: 0 })).links.map(({ rel }: { rel: string }) => rel)).toEqual([
    'self',
    'inventories',
    'usages',
  ]);
  expect(await cloud.refusal('/resource_providers', { body: { name: 'pool' } })).toEqual([
    409,
    'placement.duplicate_name',
    'Conflicting resource provider name: pool already exists.',
  ]);
  expect((await cloud.refusal('/resource_providers', { body: { name: 'host-1' } }))[0]).toBe(409);
  expect((await cloud.refusal('/resource_providers', { body: { name: 'n', uuid: cloud.host } }))[0]).toBe(409);

  const child = await cloud.makeProvider('child', { parent: pool.uuid });
  const grandchild = await cloud.makeProvider('grandchild', { parent: child });
  expect(await names(`in_tree=${grandchild}`)).toEqual(['child', 'grandchild', 'pool']);
  const put = (uuid: string, sent: object, version = 39) =>
    cloud.ask(`/resource_providers/${uuid}`, { method: 'PUT', body: sent, version });
  expect((await put(child, { name: 'child', parent_provider_uuid: null }, 36)).status).toBe(400);
  expect((await put(child, { name: 'child', parent_provider_uuid: grandchild })).body.errors[0].detail).toContain(
    'loop',
  );
  expect((await put(child, { name: 'child', parent_provider_uuid: uuidOf('nothing') })).status).toBe(400);
  expect((await put(child, { name: 'kid', parent_provider_uuid: cloud.host })).body).toMatchObject({
    name: 'kid',
    root_provider_uuid: cloud.host,
  });
  expect(await names(`in_tree=${grandchild}`)).toEqual(['grandchild', 'host-1', 'kid']);
  expect(await cloud.refusal(`/resource_providers/${child}`, { method: 'DELETE' })).toEqual([
    409,
    'placement.resource_provider.cannot_delete_parent',
    expect.stringContaining('has children'),
  ]);
  for (const id of [grandchild, child, pool.uuid]) {
    expect((await cloud.ask(`/resource_providers/${id}`, { method: 'DELETE' })).status).toBe(204);
  }
});

test('inventories: set whole or one by one, each a change of the generation that the client knows', async () => {
  const uuid = await cloud.makeProvider('stock');
  const path = `/resource_providers/${uuid}/inventories`;
  await cloud.done('/resource_classes/CUSTOM_A', { method: 'PUT' });
  const inventories = { CUSTOM_A: { total: 10, reserved: 2, max_unit: 4, step_size: 2, allocation_ratio: 1.5 } };
  const put = (generation: number, of: object, version = 39) =>
    cloud.ask(path, {
      method: 'PUT',
      body: { resource_provider_generation: generation, inventories: of },
      version,
    });
  expect((await put(0, inventories)).body).toEqual({
    resource_provider_generation: 1,
    inventories: { CUSTOM_A: { min_unit: 1, ...inventories.CUSTOM_A } },
  });
  expect(await cloud.refusal(path, { method: 'PUT', body: { resource_provider_generation: 0, inventories } })).toEqual([
    409,
    'placement.concurrent_update',
    expect.stringContaining('is of generation 1'),
  ]);
  const nothingLeft = { CUSTOM_A: { total: 2, reserved: 2 } };
  expect((await put(1, nothingLeft, 25)).status).toBe(400);
  expect((await put(1, nothingLeft, 26)).status).toBe(200);
  expect((await put(2, { CUSTOM_A: { total: 2, reserved: 3 } })).status).toBe(400);
  expect((await put(2, { CUSTOM_B: { total: 2 } })).body.errors[0].detail).toContain('CUSTOM_B');
  expect((await put(2, { custom: { total: 2 } })).status).toBe(400);

  const made = await cloud.ask(path, { body: { resource_class: 'VGPU', total: 8 } });
  expect([made.status, made.body, String(made.headers.location)]).toEqual([
    201,
    {
      ...{ total: 8, reserved: 0, min_unit: 1, max_unit: 2_147_483_647, step_size: 1, allocation_ratio: 1 },
      resource_provider_generation: 3,
    },
    expect.stringMatching(/\/inventories\/VGPU$/),
  ]);
  expect((await cloud.refusal(path, { body: { resource_class: 'VGPU', total: 8 } }))[1]).toBe(
    'placement.concurrent_update',
  );
  const one = { resource_provider_generation: 3, total: 9 };
  expect((await cloud.done(`${path}/VGPU`, { method: 'PUT', body: one })).total).toBe(9);
  expect(
    (await cloud.ask(`${path}/VCPU`, { method: 'PUT', body: { ...one, resource_provider_generation: 4 } })).status,
  ).toBe(400);
  const consumer = uuidOf('consumer prov');
  expect(await cloud.allocate(consumer, { [uuid]: { VGPU: 2 } })).toBe(204);
  for (const asked of [
    { method: 'DELETE' },
    { method: 'PUT', body: { resource_provider_generation: 5, inventories } },
  ]) {
    expect(await cloud.refusal(path, asked)).toEqual([
      409,
      'placement.inventory.inuse',
      expect.stringContaining('VGPU'),
    ]);
  }
  expect((await cloud.refusal(`${path}/VGPU`, { method: 'DELETE' }))[0]).toBe(409);
  expect((await cloud.ask(path, { method: 'DELETE', version: 4 })).status).toBe(405);
  expect(await cloud.refusal(`/resource_providers/${uuid}`, { method: 'DELETE' })).toEqual([
    409,
    'placement.resource_provider.inuse',
    expect.stringContaining('of its VGPU 2 are allocated'),
  ]);
  await cloud.done(`/allocations/${consumer}`, { method: 'DELETE' });
  await cloud.done(`${path}/VGPU`, { method: 'DELETE' });
  expect((await cloud.ask(`${path}/VGPU`)).status).toBe(404);
  await cloud.done(path, { method: 'DELETE', version: 5 });
  expect((await cloud.done(path)).inventories).toEqual({});
});

test('aggregates since 1.1, with the generation since 1.19', async () => {
  const uuid = await cloud.makeProvider('joined');
  const path = `/resource_providers/${uuid}/aggregates`;
  const [one, two] = [uuidOf('one'), uuidOf('two')].sort() as [string, string];
  expect((await cloud.ask(path, { version: 0 })).status).toBe(404);
  expect(await cloud.done(path, { method: 'PUT', body: [two, one], version: 1 })).toEqual({ aggregates: [one, two] });
  expect((await cloud.ask(path, { method: 'PUT', body: [two, two], version: 1 })).status).toBe(400);
  expect(await cloud.done(path)).toEqual({ aggregates: [one, two], resource_provider_generation: 0 });
  const body = { aggregates: [two], resource_provider_generation: 0 };
  expect((await cloud.done(path, { method: 'PUT', body })).resource_provider_generation).toBe(1);
  expect((await cloud.refusal(path, { method: 'PUT', body }))[1]).toBe('placement.concurrent_update');
  expect(await names(`member_of=${one}`)).toEqual([]);
  expect(await names(`member_of=in:${one},${two}`)).toEqual(['joined']);
  expect(await names(`member_of=!${two}`)).not.toContain('joined');
  expect((await cloud.ask(`/resource_providers?member_of=${one},${two}`)).status).toBe(400);
  expect((await cloud.ask(`/resource_providers?member_of=!${one}`, { version: 31 })).status).toBe(400);
  expect((await cloud.ask(`/resource_providers?member_of=${one}&member_of=${two}`, { version: 23 })).status).toBe(400);
  expect((await cloud.ask(`/resource_providers?member_of=${one}`, { version: 2 })).status).toBe(400);
});

test('lists by name, id, resources and traits; each condition since its version', async () => {
  const uuid = await cloud.makeProvider('wanted', {
    inventories: { CUSTOM_W: { total: 10, min_unit: 2, max_unit: 6, step_size: 2 } },
    traits: ['CUSTOM_RED', 'STORAGE_DISK_SSD'],
  });
  expect(await names('name=wanted')).toEqual(['wanted']);
  expect(await names(`uuid=${uuid.replaceAll('-', '').toUpperCase()}`)).toEqual(['wanted']);
  for (const [resources, found] of [
    ['CUSTOM_W:6', true],
    ['CUSTOM_W:8', false],
    ['CUSTOM_W:3', false],
    ['CUSTOM_W:1', false],
  ] as const) {
    expect([resources, await names(`resources=${resources}`)]).toEqual([resources, found ? ['wanted'] : []]);
  }
  expect(await names('required=CUSTOM_RED,!HW_CPU_X86_AVX')).toEqual(['wanted']);
  expect(await names('required=CUSTOM_RED,!STORAGE_DISK_SSD')).toEqual([]);
  expect(await names('required=in:HW_CPU_X86_AVX,CUSTOM_RED&required=STORAGE_DISK_SSD')).toEqual(['wanted']);
  for (const [query, version] of [
    ['resources=CUSTOM_W:0', 39],
    ['resources=CUSTOM_W', 39],
    ['resources=CUSTOM_UNKNOWN:1', 39],
    ['required=CUSTOM_UNKNOWN', 39],
    ['required=', 39],
    ['required=!CUSTOM_RED', 21],
    ['required=in:CUSTOM_RED', 38],
    ['required=in:!CUSTOM_RED', 39],
    ['required=CUSTOM_RED,!CUSTOM_RED', 39],
    ['required=CUSTOM_RED', 17],
    ['in_tree=x', 39],
    [`in_tree=${uuid}`, 13],
    ['resources=VCPU:1', 3],
    ['colour=red', 39],
  ] as const) {
    const { status } = await cloud.ask(`/resource_providers?${query}`, { version });
    expect([query, version, status]).toEqual([query, version, 400]);
  }
});

test('administrators and services only', async () => {
  for (const path of ['/resource_providers', `/resource_providers/${cloud.host}`, '/traits', '/resource_classes']) {
    expect([path, (await cloud.ask(path, { as: 'manager' })).status]).toEqual([path, 403]);
  }
  expect((await cloud.edge.send('/placement/resource_providers')).status).toBe(401);
});

test('what the agent of a host tells of it are traits, which nobody takes away', async () => {
  const host = await cloud.addHost('equipped', { traits: ['COMPUTE_SECURITY_TPM_2_0'] });
  const path = `/resource_providers/${host}/traits`;
  const { resource_provider_generation, traits } = await cloud.done(path);
  expect(traits).toEqual(['COMPUTE_SECURITY_TPM_2_0']);
  const body = { resource_provider_generation, traits: ['CUSTOM_GOLD'] };
  await cloud.done('/traits/CUSTOM_GOLD', { method: 'PUT' });
  expect((await cloud.done(path, { method: 'PUT', body })).traits).toEqual(['COMPUTE_SECURITY_TPM_2_0', 'CUSTOM_GOLD']);
  expect(await names('required=COMPUTE_SECURITY_TPM_2_0,CUSTOM_GOLD')).toEqual(['equipped']);
  // Launches look for both of them.
  const { eligibility } = cloud.cloud.compute;
  const wish = (extra_specs: Record<string, string>) =>
    eligibility.of({ flavor: { name: 'f', vcpus: 1, ram: 1, disk: 1, extra_specs }, properties: {} });
  const both = { 'trait:COMPUTE_SECURITY_TPM_2_0': 'required', 'trait:CUSTOM_GOLD': 'required' };
  expect(await wish(both)).toEqual({ ids: ['equipped'], by: Object.keys(both).map((name) => `${name}=required`) });
});
