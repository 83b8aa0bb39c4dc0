import { afterAll, beforeAll, expect, test } from 'vitest';
import { OTHER_PROJECT, PROJECT, TestCloud } from './testing/test-cloud.ts';

let cloud: TestCloud;
let id: string;
beforeAll(async () => {
  cloud = await TestCloud.start();
  id = await cloud.launchActive();
});
afterAll(() => cloud.stop());

const get = async (path: string, options: { who?: string; version?: string } = {}) =>
  (await cloud.request('GET', path, undefined, { who: 'admin', ...options })).body;

test('hypervisors by microversion', async () => {
  const [old] = (await get('/os-hypervisors/detail')).hypervisors;
  expect(old).toMatchObject({
    id: expect.any(Number),
    hypervisor_hostname: 'host-1',
    hypervisor_type: 'SIMULATED',
    hypervisor_version: 1_002_003,
    state: 'up',
    status: 'enabled',
    vcpus: 64,
    vcpus_used: 1,
    memory_mb_used: 128,
    running_vms: 1,
    cpu_info: expect.any(String),
  });
  expect((await get('/os-hypervisors/detail', { version: '2.28' })).hypervisors[0].cpu_info).toEqual({
    arch: 'x86_64',
    model: 'test',
  });
  const [uuid] = (await get('/os-hypervisors', { version: '2.53' })).hypervisors;
  expect(uuid.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  const shown = (await get(`/os-hypervisors/${uuid.id}?with_servers=true`, { version: '2.88' })).hypervisor;
  expect(shown).toMatchObject({ hypervisor_hostname: 'host-1', uptime: null, servers: [{ uuid: id, name: 'web' }] });
  expect(shown).not.toHaveProperty('vcpus');
  const uptime = await cloud.request('GET', `/os-hypervisors/${uuid.id}/uptime`, undefined, {
    who: 'admin',
    version: '2.53',
  });
  expect(uptime).toMatchObject({ status: 501, body: { notImplemented: { code: 501 } } });
  expect((await get('/os-hypervisors/statistics')).hypervisor_statistics).toMatchObject({ count: 1, vcpus: 64 });
  expect(
    (await cloud.request('GET', '/os-hypervisors/statistics', undefined, { who: 'admin', version: '2.88' })).status,
  ).toBe(404);
  const unknown = '/os-hypervisors/22222222-2222-4222-8222-222222222222';
  expect((await cloud.request('GET', unknown, undefined, { who: 'admin', version: '2.53' })).status).toBe(404);
  expect((await cloud.request('GET', '/os-hypervisors')).status).toBe(403);
});

test('services and zones', async () => {
  const { services } = await get('/os-services?binary=nova-compute', { version: '2.69' });
  expect(services).toMatchObject([
    { host: 'host-1', zone: 'nova', state: 'up', status: 'enabled', forced_down: false },
  ]);
  expect((await get('/os-availability-zone', { who: 'reader' })).availabilityZoneInfo).toEqual([
    { zoneName: 'nova', zoneState: { available: true }, hosts: null },
  ]);
  const [internal, nova] = (await get('/os-availability-zone/detail')).availabilityZoneInfo;
  expect(Object.keys(internal.hosts.controller)).toContain('nova-scheduler');
  expect(nova.hosts['host-1']['nova-compute']).toMatchObject({ active: true, available: true });
});

test('limits under their older names', async () => {
  const { absolute } = (await get('/limits', { who: 'member', version: '2.57' })).limits;
  expect(absolute).toMatchObject({
    maxTotalInstances: -1,
    totalInstancesUsed: 1,
    totalCoresUsed: 1,
    totalRAMUsed: 128,
  });
  expect(absolute).not.toHaveProperty('maxPersonality');
  expect((await get('/limits', { version: '2.1' })).limits.absolute).toMatchObject({
    maxImageMeta: 128,
    maxPersonality: 5,
    maxPersonalitySize: 10_240,
  });
  expect((await cloud.request('GET', `/limits?tenant_id=${OTHER_PROJECT}`)).status).toBe(403);
  expect((await get(`/limits?tenant_id=${OTHER_PROJECT}`)).limits.absolute.totalInstancesUsed).toBe(0);
});

test('quota sets', async () => {
  const path = `/os-quota-sets/${PROJECT}`;
  const put = (quota_set: object, who = 'admin') => cloud.request('PUT', path, { quota_set }, { who, version: '2.57' });
  expect((await put({ cores: 8, instances: 4 })).body.quota_set).toMatchObject({ cores: 8, instances: 4, ram: -1 });
  expect((await put({ cores: 8 }, 'member')).status).toBe(403);
  expect((await put({ instances: 0 })).body.badRequest.message).toBe(
    'Quota limit 0 for instances must be greater than or equal to already used and reserved 1.',
  );
  expect((await put({ instances: 0, force: true })).status).toBe(200);
  expect((await put({ bananas: 3 })).body.badRequest.message).toContain('bananas');
  expect((await put({ cores: 'many' })).status).toBe(400);
  expect((await get(`${path}/detail`, { who: 'member' })).quota_set).toMatchObject({
    id: PROJECT,
    cores: { limit: 8, in_use: 1, reserved: 0 },
  });
  expect((await cloud.request('GET', `/os-quota-sets/${OTHER_PROJECT}`)).status).toBe(403);
  expect((await cloud.request('DELETE', path, undefined, { who: 'admin' })).status).toBe(202);
  expect((await get(path)).quota_set).toMatchObject({ cores: -1, injected_files: 5, floating_ips: -1 });
  expect((await get(`${path}/defaults`, { version: '2.57' })).quota_set).not.toHaveProperty('injected_files');
  const set = { quota_class_set: { cores: 20 } };
  expect(
    (await cloud.request('PUT', '/os-quota-class-sets/default', set, { who: 'admin' })).body.quota_class_set.cores,
  ).toBe(20);
  expect((await get(`${path}/defaults`)).quota_set.cores).toBe(20);
});

test('unknown query parameters are refused where Nova does', async () => {
  const status = async (path: string, version: string) =>
    (await cloud.request('GET', `${path}?colour=red`, undefined, { who: 'admin', version })).status;
  for (const [path, since] of [
    ['/os-hypervisors', 53],
    ['/os-services', 75],
    ['/limits', 75],
    ['/flavors', 75],
    ['/os-keypairs', 75],
    [`/os-quota-sets/${PROJECT}`, 75],
  ] as const) {
    expect([path, await status(path, `2.${since - 1}`), await status(path, `2.${since}`)]).toEqual([path, 200, 400]);
  }
});

test('lists of what is not there, and extensions', async () => {
  expect(await get('/os-aggregates')).toEqual({ aggregates: [] });
  expect(await get('/os-server-groups')).toEqual({ server_groups: [] });
  expect((await get('/extensions')).extensions.length).toBeGreaterThan(10);
  expect((await get('/extensions/os-keypairs')).extension.alias).toBe('os-keypairs');
  expect((await cloud.request('GET', '/no-such-thing')).body).toHaveProperty('itemNotFound');
});
