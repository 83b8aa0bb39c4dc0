import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeAgent } from './testing/fake-agent.ts';
import { PROJECT, TestCloud } from './testing/test-cloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start();
  await cloud.bus.connect(new FakeAgent('host-2'));
});
afterAll(() => cloud.stop());

const asked = (method: 'GET' | 'PUT' | 'DELETE', path: string, body?: object, version = '2.53') =>
  cloud.request(method, path, body, { who: 'admin', version });
const services = async (query = '?binary=nova-compute', version = '2.53') =>
  (await asked('GET', `/os-services${query}`, undefined, version)).body.services;
const idOf = async (host: string, version = '2.53'): Promise<string> =>
  (await services(`?host=${host}`, version))[0].id;
const update = async (host: string, body: object) => asked('PUT', `/os-services/${await idOf(host)}`, body);

async function hostOfNew(): Promise<string | null> {
  const id = await cloud.launchActive();
  return (await cloud.show(id))['OS-EXT-SRV-ATTR:host'];
}

test('a service that is disabled gets no new machines', async () => {
  const off = await update('host-1', { status: 'disabled', disabled_reason: 'a fan is loud' });
  expect(off.body.service).toMatchObject({
    ...{ binary: 'nova-compute', host: 'host-1', zone: 'nova', state: 'up', forced_down: false },
    ...{ status: 'disabled', disabled_reason: 'a fan is loud' },
  });
  expect([await hostOfNew(), await hostOfNew(), await hostOfNew()]).toEqual(['host-2', 'host-2', 'host-2']);
  expect((await asked('GET', '/os-hypervisors/detail')).body.hypervisors).toMatchObject([
    { hypervisor_hostname: 'host-1', status: 'disabled', service: { disabled_reason: 'a fan is loud' } },
    { hypervisor_hostname: 'host-2', status: 'enabled', service: { disabled_reason: null, id: await idOf('host-2') } },
  ]);
  await update('host-2', { status: 'disabled' });
  expect(await services()).toMatchObject([{ status: 'disabled' }, { status: 'disabled', disabled_reason: null }]);
  expect(await hostOfNew()).toBeNull();
  const zones = (await cloud.request('GET', '/os-availability-zone')).body.availabilityZoneInfo;
  expect(zones).toEqual([{ zoneName: 'nova', zoneState: { available: false }, hosts: null }]);
  await update('host-1', { status: 'enabled' });
  expect(await services('?host=host-1')).toMatchObject([{ status: 'enabled', disabled_reason: null }]);
  expect(await hostOfNew()).toBe('host-1');
  await update('host-2', { status: 'enabled' });
  expect(await cloud.eventTypes('host-2')).toEqual(expect.arrayContaining(['service.update']));
});

test('one that is forced down is down for everybody', async () => {
  expect((await update('host-1', { forced_down: true })).body.service).toMatchObject({
    forced_down: true,
    state: 'down',
  });
  expect((await asked('GET', '/os-hypervisors')).body.hypervisors[0]).toMatchObject({
    state: 'down',
    status: 'enabled',
  });
  expect(await hostOfNew()).toBe('host-2');
  expect((await update('host-1', { forced_down: 'false' })).body.service).toMatchObject({ state: 'up' });
});

test('before 2.53 by what is done', async () => {
  const put = (verb: string, more: object = {}, version = '2.52') =>
    asked('PUT', `/os-services/${verb}`, { host: 'host-1', binary: 'nova-compute', ...more }, version);
  const named = { host: 'host-1', binary: 'nova-compute' };
  expect((await put('disable')).body.service).toEqual({ ...named, status: 'disabled' });
  expect((await put('disable-log-reason', { disabled_reason: 'x' })).body.service).toEqual({
    ...named,
    ...{ status: 'disabled', disabled_reason: 'x' },
  });
  expect(await services('?host=host-1', '2.10')).toEqual([
    expect.objectContaining({ id: expect.any(Number), status: 'disabled', disabled_reason: 'x' }),
  ]);
  expect((await put('enable')).body.service).toEqual({ ...named, status: 'enabled' });
  expect((await put('force-down', { forced_down: true })).body.service).toEqual({ ...named, forced_down: true });
  await put('force-down', { forced_down: false });
  expect((await put('disable-log-reason')).body.badRequest.message).toBe('Missing disabled reason field');
  expect((await put('force-down')).body.badRequest.message).toBe('Missing forced_down field');
  expect((await put('force-down', {}, '2.10')).status).toBe(404);
  expect((await put('reboot')).body.itemNotFound.message).toBe('Unknown action');
  expect((await put('enable', { host: 'host-9' })).body.itemNotFound.message).toBe(
    'Could not find binary nova-compute on host host-9.',
  );
  expect((await put('enable', { forced_down: true }, '2.10')).status).toBe(400);
});

test('what is refused', async () => {
  const [scheduler] = await services('?binary=nova-scheduler');
  const uuid = '22222222-2222-4222-8222-222222222222';
  const refusals = [
    [await update('host-1', {}), 400, "Fields 'status' or 'forced_down'"],
    [await update('host-1', { status: 'enabled', disabled_reason: 'x' }), 400, 'requires that status'],
    [await update('host-1', { status: 'off' }), 400, 'status'],
    [await asked('PUT', `/os-services/${scheduler.id}`, { status: 'disabled' }), 400, 'Only nova-compute services'],
    [await asked('DELETE', `/os-services/${scheduler.id}`), 400, 'part of the controller'],
    [await asked('PUT', `/os-services/${uuid}`, { status: 'disabled' }), 404, `Service ${uuid} not found`],
    [await asked('DELETE', '/os-services/1'), 400, 'Invalid id'],
    [await asked('DELETE', `/os-services/${uuid}`, undefined, '2.52'), 400, 'Invalid id'],
    [await asked('DELETE', `/os-services/${await idOf('host-1')}`), 409, 'hosting instances'],
  ] as const;
  for (const [{ status, body }, code, named] of refusals) {
    expect([status, JSON.stringify(body)]).toEqual([code, expect.stringContaining(named)]);
  }
  for (const who of ['member', 'reader']) {
    const path = `/os-services/${await idOf('host-1')}`;
    expect((await cloud.request('PUT', path, { status: 'disabled' }, { who, version: '2.53' })).status).toBe(403);
    expect((await cloud.request('DELETE', path, undefined, { who, version: '2.53' })).status).toBe(403);
  }
});

test('hosts by name, until 2.42', async () => {
  const get = (path: string, version = '2.42') => asked('GET', `/os-hosts${path}`, undefined, version);
  expect((await get('?zone=nova')).body.hosts).toEqual([
    { host_name: 'host-1', service: 'compute', zone: 'nova' },
    { host_name: 'host-2', service: 'compute', zone: 'nova' },
  ]);
  expect((await get('')).body.hosts).toContainEqual({
    host_name: 'controller',
    service: 'scheduler',
    zone: 'internal',
  });
  const { host } = (await get('/host-2')).body;
  expect(host.map(({ resource }: { resource: { project: string } }) => resource.project)).toEqual([
    ...['(total)', '(used_now)', '(used_max)'],
    PROJECT,
  ]);
  expect(host[0].resource).toEqual({ host: 'host-2', project: '(total)', cpu: 64, memory_mb: 262_144, disk_gb: 4000 });
  expect(host[3].resource.memory_mb).toBe(host[1].resource.memory_mb);
  const put = (body: object) => asked('PUT', '/os-hosts/host-2', body, '2.42');
  expect((await put({ status: 'disable' })).body).toEqual({ host: 'host-2', status: 'disabled' });
  expect((await get('?zone=nova')).body.hosts).toHaveLength(1);
  expect((await put({ status: 'enable' })).body).toEqual({ host: 'host-2', status: 'enabled' });
  expect((await put({ maintenance_mode: 'enable' })).status).toBe(501);
  expect((await put({})).status).toBe(400);
  for (const verb of ['startup', 'shutdown', 'reboot']) expect((await get(`/host-2/${verb}`)).status).toBe(501);
  expect((await get('/host-9')).body.itemNotFound.message).toBe('Compute host host-9 could not be found.');
  for (const path of ['', '/host-1', '/host-1/reboot']) expect((await get(path, '2.43')).status).toBe(404);
  expect((await cloud.request('GET', '/os-hosts')).status).toBe(403);
});

test('hypervisors by a part of their names', async () => {
  const get = (path: string, version: string) => asked('GET', `/os-hypervisors${path}`, undefined, version);
  const names = (body: { hypervisors: { hypervisor_hostname: string }[] }) =>
    body.hypervisors.map(({ hypervisor_hostname }) => hypervisor_hostname);
  expect(names((await get('/host/search', '2.52')).body)).toEqual(['host-1', 'host-2']);
  const [first] = (await get('/host-1/servers', '2.1')).body.hypervisors;
  expect(first.servers).toContainEqual({ name: 'web', uuid: expect.any(String) });
  expect(names((await get('?hypervisor_hostname_pattern=st-2&with_servers=true', '2.53')).body)).toEqual(['host-2']);
  for (const path of ['/x/search', '/x/servers']) {
    expect((await get(path, '2.52')).body.itemNotFound.message).toBe("No hypervisor matching 'x' could be found.");
    expect((await get(path, '2.53')).status).toBe(404);
  }
  const paged = await get('?hypervisor_hostname_pattern=host&limit=1', '2.53');
  expect(paged.body.badRequest.message).toContain('Paging over hypervisors');
  expect(names((await get('?limit=1', '2.33')).body)).toEqual(['host-1']);
  expect((await get('/1', '2.53')).body.badRequest.message).toBe('Invalid uuid 1');
  expect((await get('/1', '2.52')).status).toBe(404);
});

test('how long a host has been up', async () => {
  const agent = new FakeAgent('host-2');
  const bootedAt = new Date(Date.now() - (3 * 24 * 60 + 125) * 60_000).toISOString();
  await cloud.bus.connect(Object.assign(agent, { facts: () => ({ ...new FakeAgent('host-2').facts(), bootedAt }) }));
  const [silent, told] = (await asked('GET', '/os-hypervisors', undefined, '2.52')).body.hypervisors;
  const uptime = async (id: number) => (await asked('GET', `/os-hypervisors/${id}/uptime`, undefined, '2.52')).body;
  expect((await uptime(told.id)).hypervisor).toEqual({
    ...told,
    uptime: expect.stringMatching(/^ \d\d:\d\d:\d\d up 3 days, {2}2:0[56]$/),
  });
  expect(await uptime(silent.id)).toHaveProperty('notImplemented');
  const detail = (await asked('GET', '/os-hypervisors/detail', undefined, '2.88')).body.hypervisors;
  expect(detail.map((host: { uptime: string }) => host.uptime?.slice(9))).toEqual([
    undefined,
    expect.stringContaining('up 3 days'),
  ]);
  expect((await asked('GET', `/os-hypervisors/${detail[1].id}/uptime`, undefined, '2.88')).status).toBe(404);
  await update('host-2', { forced_down: true });
  expect((await uptime(told.id)).badRequest.message).toContain('unavailable');
  await update('host-2', { forced_down: false });
});

test('a service is forgotten with its place in aggregates, and comes back with its next report', async () => {
  const agent = new FakeAgent('host-3');
  await cloud.bus.connect(agent);
  await cloud.request(
    'POST',
    '/os-aggregates',
    { aggregate: { name: 'a', availability_zone: 'east' } },
    { who: 'admin' },
  );
  await cloud.request('POST', '/os-aggregates/1/action', { add_host: { host: 'host-3' } }, { who: 'admin' });
  const id = await idOf('host-3');
  expect((await asked('DELETE', `/os-services/${id}`)).status).toBe(204);
  expect(await services('?host=host-3')).toEqual([]);
  expect((await asked('GET', '/os-aggregates/1')).body.aggregate.hosts).toEqual([]);
  await cloud.bus.report(agent);
  expect(await services('?host=host-3')).toMatchObject([{ zone: 'nova', status: 'enabled', state: 'up' }]);
});
