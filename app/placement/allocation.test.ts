import { afterAll, beforeAll, expect, test } from 'vitest';
import { PlacementFixture, uuidOf } from './placement.fixture.ts';

let cloud: PlacementFixture;
beforeAll(async () => {
  cloud = await PlacementFixture.open();
});
afterAll(() => cloud.close());

const put = (consumer: string, body: object, version = 39) =>
  cloud.ask(`/allocations/${consumer}`, { method: 'PUT', body, version });
const usedOf = async (uuid: string) => (await cloud.done(`/resource_providers/${uuid}/usages`)).usages;
const owner = { project_id: 'p', user_id: 'u' };

test('what a server holds is what the scheduler gave it, and only the server changes it', async () => {
  const id = await cloud.cloud.launchActive();
  const { generation } = await cloud.done(`/resource_providers/${cloud.host}`);
  const server = (await cloud.cloud.compute.owners.of([id])).get(id);
  const resources = { VCPU: 1, MEMORY_MB: 128, DISK_GB: 1 };
  expect(await cloud.done(`/allocations/${id}`)).toEqual({
    allocations: { [cloud.host]: { generation, resources } },
    ...{ project_id: server?.projectId, user_id: server?.userId, consumer_generation: 1, consumer_type: 'INSTANCE' },
  });
  expect(await cloud.done(`/resource_providers/${cloud.host}/allocations`)).toEqual({
    resource_provider_generation: generation,
    allocations: { [id]: { resources, consumer_generation: 1 } },
  });
  expect(await usedOf(cloud.host)).toEqual(resources);
  const usages = `/usages?project_id=${server?.projectId}`;
  expect((await cloud.done(usages, { version: 9 })).usages).toEqual(resources);
  expect((await cloud.done(`${usages}&user_id=${server?.userId}`)).usages).toEqual({
    INSTANCE: { consumer_count: 1, ...resources },
  });

  const nothing = { allocations: {}, ...owner, consumer_generation: 1, consumer_type: 'INSTANCE' };
  for (const [path, asked] of [
    [`/allocations/${id}`, { method: 'PUT', body: nothing }],
    [`/allocations/${id}`, { method: 'DELETE' }],
    ['/allocations', { body: { [id]: nothing } }],
  ] as const) {
    const [status, , detail] = await cloud.refusal(path, asked);
    expect([status, detail]).toEqual([409, expect.stringContaining(`The allocation of the server ${id} is kept`)]);
  }
  expect(await cloud.refusal(`/resource_providers/${cloud.host}`, { method: 'DELETE' })).toEqual([
    409,
    'placement.resource_provider.inuse',
    expect.stringContaining('of its VCPU 1 are allocated'),
  ]);
  await cloud.cloud.request('DELETE', `/servers/${id}`);
  await cloud.cloud.idle(id);
  expect(await cloud.done(`/allocations/${id}`)).toEqual({ allocations: {} });
  expect(await usedOf(cloud.host)).toEqual({ VCPU: 0, MEMORY_MB: 0, DISK_GB: 0 });
  // Of room that only servers are given nobody else gets any.
  const [status, , detail] = await cloud.refusal(`/allocations/${uuidOf('nothing')}`, {
    method: 'PUT',
    body: { ...nothing, consumer_generation: null, allocations: { [cloud.host]: { resources: { VCPU: 1 } } } },
  });
  expect([status, detail]).toEqual([409, expect.stringContaining('It is given to servers only')]);
});

test('what other consumers hold, in the shape of each microversion', async () => {
  const pool = await cloud.makeProvider('pool', {
    inventories: { CUSTOM_P: { total: 10, min_unit: 2, step_size: 2 } },
  });
  const one = uuidOf('one allo');
  const listed = { allocations: [{ resource_provider: { uuid: pool }, resources: { CUSTOM_P: 2 } }] };
  const keyed = { allocations: { [pool]: { resources: { CUSTOM_P: 4 } } }, ...owner };
  expect((await put(one, listed, 7)).status).toBe(204);
  expect(await cloud.done(`/allocations/${one}`)).toMatchObject({
    allocations: { [pool]: { resources: { CUSTOM_P: 2 } } },
    project_id: '00000000-0000-0000-0000-000000000000',
    consumer_generation: 1,
    consumer_type: 'unknown',
  });
  expect(await cloud.done(`/allocations/${one}`, { version: 11 })).toEqual({
    allocations: { [pool]: { generation: 2, resources: { CUSTOM_P: 2 } } },
  });
  for (const [body, version] of [
    [listed, 8],
    [listed, 12],
    [keyed, 28],
    [{ ...keyed, consumer_generation: 1 }, 38],
    [{ ...keyed, allocations: {} }, 27],
    [{ ...keyed, consumer_generation: 1, mappings: {} }, 34],
    [{ ...keyed, consumer_generation: 1, mappings: { '': [pool] } }, 33],
    [{ ...listed, allocations: [] }, 7],
    [{ ...keyed, allocations: { [pool]: { resources: {} } } }, 12],
    [{ ...keyed, allocations: { [pool]: { resources: { CUSTOM_P: 0 } } } }, 12],
    [{ ...keyed, allocations: { [uuidOf('nothing')]: { resources: { CUSTOM_P: 2 } } } }, 12],
    [{ ...keyed, allocations: { [pool]: { resources: { CUSTOM_UNKNOWN: 2 } } } }, 12],
    [{ ...keyed, allocations: { pool: { resources: { CUSTOM_P: 2 } } } }, 12],
  ] as const) {
    expect([body, version, (await put(one, body, version)).status]).toEqual([body, version, 400]);
  }
  expect((await put('one', keyed, 12)).status).toBe(400);
  expect((await put(one, keyed, 12)).status).toBe(204);
  const newest = { ...keyed, consumer_generation: 2, mappings: { '': [pool] }, consumer_type: 'DISK_POOL' };
  expect((await put(one, newest)).status).toBe(204);
  expect(await cloud.done(`/allocations/${one}`)).toMatchObject({ consumer_generation: 3, consumer_type: 'DISK_POOL' });
  for (const consumer_generation of [2, null, 7]) {
    const { status, body } = await put(one, { ...newest, consumer_generation });
    expect([status, body.errors[0].code]).toEqual([409, 'placement.concurrent_update']);
  }
  const wrongGeneration = { [pool]: { generation: 0, resources: { CUSTOM_P: 2 } } };
  expect(
    (await put(one, { ...newest, consumer_generation: 3, allocations: wrongGeneration })).body.errors[0].code,
  ).toBe('placement.concurrent_update');

  const two = uuidOf('two allo');
  expect(await cloud.allocate(two, { [pool]: { CUSTOM_P: 3 } })).toBe(409);
  expect(await cloud.allocate(two, { [pool]: { VGPU: 1 } })).toBe(409);
  expect(await cloud.allocate(two, { [pool]: { CUSTOM_P: 8 } })).toBe(409);
  expect(await cloud.allocate(two, { [pool]: { CUSTOM_P: 6 } }, { user: 'v', type: 'DISK_POOL' })).toBe(204);
  expect(await usedOf(pool)).toEqual({ CUSTOM_P: 10 });
  // What makes too much less is taken, what makes it more is not.
  const inventory = {
    total: 4,
    resource_provider_generation: (await cloud.done(`/resource_providers/${pool}`)).generation,
  };
  await cloud.done(`/resource_providers/${pool}/inventories/CUSTOM_P`, { method: 'PUT', body: inventory });
  const held = (amount: number) => ({ [pool]: { CUSTOM_P: amount } });
  expect(await cloud.allocate(two, held(7), { generation: 1 })).toBe(409);
  expect(await cloud.allocate(two, held(5), { generation: 1, user: 'v', type: 'DISK_POOL' })).toBe(204);

  const usages = async (query: string, as = 'reader') => (await cloud.ask(`/usages?${query}`, { as })).body.usages;
  expect(await usages('project_id=p')).toEqual({ DISK_POOL: { consumer_count: 2, CUSTOM_P: 9 } });
  expect(await usages('project_id=p&user_id=v')).toEqual({ DISK_POOL: { consumer_count: 1, CUSTOM_P: 5 } });
  expect(await usages('project_id=p&consumer_type=all')).toEqual({ all: { consumer_count: 2, CUSTOM_P: 9 } });
  expect(await usages('project_id=p&consumer_type=INSTANCE')).toEqual({});
  expect((await cloud.ask('/usages?project_id=p', { version: 37, as: 'reader' })).body).toEqual({
    usages: { CUSTOM_P: 9 },
  });
  for (const [query, asked, status] of [
    ['project_id=p', { as: 'reader@other' }, 403],
    ['project_id=p', { version: 8 }, 404],
    ['user_id=u', {}, 400],
    ['project_id=p&consumer_type=INSTANCE', { version: 37 }, 400],
    ['project_id=p&consumer_type=instance', {}, 400],
  ] as const) {
    expect([query, (await cloud.ask(`/usages?${query}`, asked)).status]).toEqual([query, status]);
  }

  expect((await put(one, { ...newest, allocations: {}, consumer_generation: 3 })).status).toBe(204);
  expect(await cloud.done(`/allocations/${one}`)).toEqual({ allocations: {} });
  await cloud.done(`/allocations/${two}`, { method: 'DELETE' });
  expect((await cloud.ask(`/allocations/${two}`, { method: 'DELETE' })).status).toBe(404);
  expect(await usedOf(pool)).toEqual({ CUSTOM_P: 0 });
});

test('several consumers at once, all or none (1.13)', async () => {
  const pool = await cloud.makeProvider('many', { inventories: { CUSTOM_M: 4 } });
  const [one, two] = [uuidOf('first'), uuidOf('second')];
  const of = (amount: number, consumer_generation: number | null = null) => ({
    allocations: amount === 0 ? {} : { [pool]: { resources: { CUSTOM_M: amount } } },
    ...owner,
    ...{ consumer_generation, consumer_type: 'INSTANCE' },
  });
  const post = async (body: object, version = 39) => (await cloud.ask('/allocations', { body, version })).status;
  expect(await post({ [one]: of(3), [two]: of(2) })).toBe(409);
  expect(await usedOf(pool)).toEqual({ CUSTOM_M: 0 });
  expect(await post({ [one]: of(2), [two]: of(2) })).toBe(204);
  // What one gives back the other has at once.
  expect(await post({ [one]: of(0, 1), [two]: of(4, 1) })).toBe(204);
  expect(await cloud.done(`/resource_providers/${pool}/allocations`)).toMatchObject({
    allocations: { [two]: { resources: { CUSTOM_M: 4 }, consumer_generation: 2 } },
  });
  expect(await post({})).toBe(400);
  expect(await post({ [one]: of(1), [one.toUpperCase()]: of(1) })).toBe(400);
  expect(await post({ [one]: of(1) }, 12)).toBe(404);
  expect(await post({ one: of(1) })).toBe(400);
});

test('many at once do not overdraw a provider', async () => {
  const pool = await cloud.makeProvider('contended', {
    inventories: { CUSTOM_C: { total: 10, allocation_ratio: 1.5 } },
  });
  const statuses = await Promise.all(
    Array.from({ length: 24 }, (_, at) => cloud.allocate(uuidOf(`consumer ${at}`), { [pool]: { CUSTOM_C: 2 } })),
  );
  expect(statuses.filter((status) => status === 204)).toHaveLength(7);
  expect(statuses.filter((status) => status === 409)).toHaveLength(17);
  expect(await usedOf(pool)).toEqual({ CUSTOM_C: 14 });
  const { allocations } = await cloud.done(`/resource_providers/${pool}/allocations`);
  expect(Object.keys(allocations)).toHaveLength(7);

  // The same consumer by several clients: one of them knows it as it is.
  const consumer = uuidOf('consumer allo');
  const generations = await Promise.all(
    Array.from({ length: 6 }, () => cloud.allocate(consumer, { [pool]: { CUSTOM_C: 1 } })),
  );
  expect(generations.sort()).toEqual([204, 409, 409, 409, 409, 409]);
  const puts = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const body = { total: 20, resource_provider_generation: 9 };
      return (await cloud.ask(`/resource_providers/${pool}/inventories/CUSTOM_C`, { method: 'PUT', body })).status;
    }),
  );
  expect(puts.sort()).toEqual([200, 409, 409, 409, 409, 409]);
});

test('the reshaper moves inventory and what is held of it, all or nothing', async () => {
  const root = await cloud.makeProvider('root', { inventories: { CUSTOM_R: 4 } });
  const child = await cloud.makeProvider('child', { parent: root });
  const consumer = uuidOf('reshaped');
  expect(await cloud.allocate(consumer, { [root]: { CUSTOM_R: 3 } })).toBe(204);
  const generation = async (uuid: string) => (await cloud.done(`/resource_providers/${uuid}`)).generation;
  const move = async (holds: object) => ({
    inventories: {
      [root]: { resource_provider_generation: await generation(root), inventories: {} },
      [child]: { resource_provider_generation: await generation(child), inventories: { CUSTOM_R: { total: 4 } } },
    },
    allocations: holds,
  });
  const holding = (amount: number) => ({
    [consumer]: {
      ...{ allocations: { [child]: { resources: { CUSTOM_R: amount } } }, ...owner },
      ...{ consumer_generation: 1, consumer_type: 'INSTANCE' },
    },
  });
  expect(await cloud.refusal('/reshaper', { body: await move({}) })).toEqual([
    409,
    'placement.inventory.inuse',
    expect.stringContaining('in use'),
  ]);
  expect((await cloud.refusal('/reshaper', { body: await move(holding(5)) }))[0]).toBe(409);
  const old = await move(holding(3));
  await cloud.equip(root, { inventories: { VGPU: 1 } });
  expect((await cloud.refusal('/reshaper', { body: old }))[1]).toBe('placement.concurrent_update');
  expect(await usedOf(root)).toEqual({ CUSTOM_R: 3, VGPU: 0 });

  expect((await cloud.ask('/reshaper', { body: await move(holding(3)) })).status).toBe(204);
  expect([await usedOf(root), await usedOf(child)]).toEqual([{}, { CUSTOM_R: 3 }]);
  expect(await cloud.done(`/allocations/${consumer}`)).toMatchObject({
    allocations: { [child]: { resources: { CUSTOM_R: 3 } } },
    consumer_generation: 2,
  });
  const nowhere = { inventories: { [uuidOf('nothing')]: { resource_provider_generation: 0, inventories: {} } } };
  expect((await cloud.refusal('/reshaper', { body: { ...nowhere, allocations: {} } }))[1]).toBe(
    'placement.resource_provider.not_found',
  );
  expect((await cloud.ask('/reshaper', { body: { inventories: {}, allocations: {} } })).status).toBe(400);
  expect((await cloud.ask('/reshaper', { body: await move({}), version: 29 })).status).toBe(404);
});

test('a provider in two spellings is refused, and nothing of either is stored', async () => {
  const pool = await cloud.makeProvider('spelled', { inventories: { CUSTOM_P: { total: 10 } } });
  const holder = uuidOf('spelled holder');
  const twice = { [pool]: { resources: { CUSTOM_P: 1 } }, [pool.toUpperCase()]: { resources: { CUSTOM_P: 3 } } };
  const refused = [400, expect.anything(), 'A resource provider is there twice.'];
  const consumer = { ...owner, consumer_generation: null, consumer_type: 'INSTANCE' };
  const asked = { method: 'PUT', body: { ...consumer, allocations: twice } };
  expect(await cloud.refusal(`/allocations/${holder}`, asked)).toEqual(refused);
  const { generation } = await cloud.done(`/resource_providers/${pool}`);
  const whole = { resource_provider_generation: generation, inventories: { CUSTOM_P: { total: 10 } } };
  const inventories = { [pool]: whole, [pool.toUpperCase()]: { ...whole, inventories: {} } };
  expect(await cloud.refusal('/reshaper', { body: { inventories, allocations: {} } })).toEqual(refused);
  expect(await usedOf(pool)).toEqual({ CUSTOM_P: 0 });
});

test('what holders are told of reaches nobody by the name of a project that is everybody', async () => {
  const pool = await cloud.makeProvider('told', { inventories: { CUSTOM_P: { total: 10 } } });
  const holder = uuidOf('told holder');
  const allocations = { [pool]: { resources: { CUSTOM_P: 1 } } };
  const all = { project_id: '*', user_id: 'u', consumer_generation: null, consumer_type: 'INSTANCE' };
  expect((await put(holder, { ...all, allocations })).status).toBe(204);
  const events = await cloud.cloud.database.query
    .selectFrom('event')
    .select('project_id')
    .where('resource_id', '=', holder)
    .execute();
  expect(events).toEqual([{ project_id: null }]);
});
