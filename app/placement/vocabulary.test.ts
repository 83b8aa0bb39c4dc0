import { afterAll, beforeAll, expect, test } from 'vitest';
import { PlacementFixture } from './placement.fixture.ts';

let cloud: PlacementFixture;
beforeAll(async () => {
  cloud = await PlacementFixture.open();
});
afterAll(() => cloud.close());

test('resource classes: standard ones, and custom ones that are made, renamed until 1.6, and deleted where nobody has any', async () => {
  const names = async () =>
    (await cloud.done('/resource_classes')).resource_classes.map(({ name }: { name: string }) => name);
  expect((await names()).slice(0, 4)).toEqual(['VCPU', 'MEMORY_MB', 'DISK_GB', 'PCI_DEVICE']);
  const made = await cloud.ask('/resource_classes', { body: { name: 'CUSTOM_A' } });
  expect([made.status, made.headers.location]).toEqual([
    201,
    expect.stringMatching(/\/placement\/resource_classes\/CUSTOM_A$/),
  ]);
  expect((await cloud.ask('/resource_classes', { body: { name: 'CUSTOM_A' } })).status).toBe(409);
  expect((await cloud.ask('/resource_classes', { body: { name: 'A' } })).status).toBe(400);
  expect(await cloud.done('/resource_classes/CUSTOM_A')).toEqual({
    name: 'CUSTOM_A',
    links: [{ rel: 'self', href: '/placement/resource_classes/CUSTOM_A' }],
  });

  const rename = (name: string, next: string) =>
    cloud.ask(`/resource_classes/${name}`, { method: 'PUT', body: { name: next }, version: 6 });
  const uuid = await cloud.makeProvider('p', { inventories: { CUSTOM_A: 1 } });
  expect((await rename('CUSTOM_A', 'CUSTOM_B')).body.name).toBe('CUSTOM_B');
  expect((await rename('VCPU', 'CUSTOM_C')).status).toBe(400);
  expect((await rename('CUSTOM_A', 'CUSTOM_C')).status).toBe(404);
  expect(Object.keys((await cloud.done(`/resource_providers/${uuid}/inventories`)).inventories)).toEqual(['CUSTOM_B']);

  const put = (name: string) => cloud.ask(`/resource_classes/${name}`, { method: 'PUT' });
  expect([(await put('CUSTOM_C')).status, (await put('CUSTOM_C')).status, (await put('C')).status]).toEqual([
    201, 204, 400,
  ]);
  expect((await rename('CUSTOM_B', 'CUSTOM_C')).status).toBe(409);
  const remove = (name: string) => cloud.ask(`/resource_classes/${name}`, { method: 'DELETE' });
  expect((await remove('CUSTOM_B')).status).toBe(409);
  expect([(await remove('VCPU')).status, (await remove('CUSTOM_C')).status, (await remove('CUSTOM_C')).status]).toEqual(
    [400, 204, 404],
  );
  expect((await cloud.ask('/resource_classes', { version: 1 })).status).toBe(404);
});

test('traits: standard ones, and custom ones; which of them providers have', async () => {
  const list = async (query = '') => (await cloud.done(`/traits${query}`)).traits;
  expect((await list()).length).toBeGreaterThan(300);
  const put = (name: string) => cloud.ask(`/traits/${name}`, { method: 'PUT' });
  const made = await put('CUSTOM_BLUE');
  expect([made.status, made.headers.location]).toEqual([201, expect.stringMatching(/\/traits\/CUSTOM_BLUE$/)]);
  expect([(await put('CUSTOM_BLUE')).status, (await put('BLUE')).status]).toEqual([204, 400]);
  expect((await cloud.ask('/traits/CUSTOM_BLUE')).status).toBe(204);
  expect((await cloud.ask('/traits/HW_CPU_X86_AVX')).status).toBe(204);
  expect((await cloud.ask('/traits/CUSTOM_NONE')).status).toBe(404);

  const uuid = await cloud.makeProvider('q', { traits: ['CUSTOM_BLUE', 'HW_CPU_X86_AVX'] });
  expect(await list('?name=in:CUSTOM_BLUE,CUSTOM_NONE')).toEqual(['CUSTOM_BLUE']);
  expect(await list('?name=startswith:CUSTOM_')).toEqual(['CUSTOM_BLUE']);
  expect(await list('?associated=true')).toEqual(['COMPUTE_STORAGE_BUS_VIRTIO', 'HW_CPU_X86_AVX', 'CUSTOM_BLUE']);
  expect(await list('?associated=False&name=startswith:CUSTOM_')).toEqual([]);
  for (const query of ['?name=CUSTOM', '?associated=perhaps', '?colour=blue']) {
    expect([query, (await cloud.ask(`/traits${query}`)).status]).toEqual([query, 400]);
  }
  const remove = (name: string) => cloud.ask(`/traits/${name}`, { method: 'DELETE' });
  expect([(await remove('CUSTOM_BLUE')).status, (await remove('HW_CPU_X86_AVX')).status]).toEqual([409, 400]);
  const { resource_provider_generation } = await cloud.done(`/resource_providers/${uuid}/traits`);
  const body = { traits: ['CUSTOM_NONE'], resource_provider_generation };
  expect((await cloud.ask(`/resource_providers/${uuid}/traits`, { method: 'PUT', body })).status).toBe(400);
  await cloud.done(`/resource_providers/${uuid}/traits`, { method: 'DELETE' });
  expect([(await remove('CUSTOM_BLUE')).status, (await remove('CUSTOM_BLUE')).status]).toEqual([204, 404]);
  expect((await cloud.ask('/traits', { version: 5 })).status).toBe(404);
});
