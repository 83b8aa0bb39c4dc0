import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestCloud } from './testing/test-cloud.ts';

let cloud: TestCloud;
let id: string;
beforeAll(async () => {
  cloud = await TestCloud.start();
  id = await cloud.launchActive();
});
afterAll(() => cloud.stop());

const get = (path: string, options: { who?: string; version?: string } = {}) =>
  cloud.request('GET', path, undefined, { who: 'admin', ...options });

test('the audit log tells of the last whole month, and that no host keeps one', async () => {
  const { instance_usage_audit_log: log } = (await get('/os-instance_usage_audit_log/2026-03-01%2000:00:00')).body;
  expect(log).toEqual({
    period_beginning: '2026-01-01 00:00:00',
    period_ending: '2026-02-01 00:00:00',
    num_hosts: 1,
    num_hosts_done: 0,
    num_hosts_running: 0,
    num_hosts_not_run: 1,
    hosts_not_run: ['host-1'],
    total_instances: 0,
    total_errors: 0,
    overall_status: '0 of 1 hosts done. 0 errors.',
    log: {},
  });
  const later = (await get('/os-instance_usage_audit_log/2026-01-15%2012:00:00.5')).body.instance_usage_audit_log;
  expect(later).toMatchObject({ period_beginning: '2025-12-01 00:00:00', period_ending: '2026-01-01 00:00:00' });
  expect((await get('/os-instance_usage_audit_log')).body.instance_usage_audit_logs.num_hosts).toBe(1);
  for (const time of ['today', '2026-02-30%2000:00:00', '2026-01-01T00:00:00']) {
    expect(await get(`/os-instance_usage_audit_log/${time}`)).toMatchObject({ status: 400, body: { badRequest: {} } });
  }
  expect((await get('/os-instance_usage_audit_log', { who: 'member' })).status).toBe(403);
});

test('migrations: none, asked for as in each microversion', async () => {
  expect((await get('/os-migrations?whatever=1')).body).toEqual({ migrations: [] });
  expect((await get('/os-migrations?host=host-1&status=done&limit=5', { version: '2.59' })).body).toEqual({
    migrations: [],
  });
  const refused = async (query: string, version: string) => (await get(`/os-migrations?${query}`, { version })).status;
  expect(await refused('whatever=1', '2.59')).toBe(400);
  expect(await refused('changes-before=2026-01-01T00:00:00Z', '2.65')).toBe(400);
  expect(await refused('changes-since=soon', '2.59')).toBe(400);
  expect(await refused('changes-since=2026-01-02T00:00:00Z&changes-before=2026-01-01T00:00:00Z', '2.66')).toBe(400);
  expect(await refused('user_id=u', '2.79')).toBe(400);
  expect(await refused(`marker=${randomUUID()}`, '2.59')).toBe(400);
  expect(await refused('limit=-1', '2.59')).toBe(400);
  expect((await get('/os-migrations?user_id=u&project_id=p', { version: '2.80' })).status).toBe(200);
  expect((await get('/os-migrations', { who: 'member' })).status).toBe(403);
});

test('external events are answered one by one', async () => {
  const post = (events: object[], options: { who?: string; version?: string } = {}) =>
    cloud.request('POST', '/os-server-external-events', { events }, { who: 'admin', ...options });
  const changed = { name: 'network-changed', server_uuid: id };
  expect(await post([changed])).toMatchObject({
    status: 200,
    body: { events: [{ ...changed, status: 'completed', code: 200 }] },
  });
  const unknown = randomUUID();
  const mixed = await post(
    [
      { name: 'network-vif-plugged', server_uuid: id, tag: randomUUID(), status: 'failed' },
      { name: 'network-changed', server_uuid: unknown },
      { name: 'power-update', server_uuid: id },
      { name: 'power-update', server_uuid: id, tag: 'POWER_OFF' },
    ],
    { version: '2.76' },
  );
  expect(mixed.status).toBe(207);
  expect(mixed.body.events.map(({ code, status }: { code: number; status: string }) => [code, status])).toEqual([
    [200, 'completed'],
    [404, 'failed'],
    [400, 'failed'],
    [200, 'completed'],
  ]);
  const homeless = await cloud.launchActive({ name: 'homeless' });
  await cloud.database.transaction((trx) =>
    trx.updateTable('compute_server').set({ host_id: null }).where('id', '=', homeless).execute(),
  );
  expect(await post([{ ...changed, server_uuid: homeless }])).toMatchObject({
    status: 207,
    body: { events: [{ code: 422 }] },
  });
  for (const [name, version] of [
    ['volume-extended', '2.50'],
    ['power-update', '2.75'],
    ['accelerator-request-bound', '2.81'],
    ['volume-reimaged', '2.92'],
    ['fire', '2.96'],
  ] as const) {
    expect((await post([{ name, server_uuid: id }], { version })).status).toBe(400);
  }
  expect((await post([])).status).toBe(400);
  expect((await post([changed], { who: 'member' })).status).toBe(403);
});

test('no guest leaves a password, so there is none to give or clear', async () => {
  expect(await get(`/servers/${id}/os-server-password`, { who: 'reader' })).toMatchObject({
    status: 200,
    body: { password: '' },
  });
  const clear = (who: string, server = id) =>
    cloud.request('DELETE', `/servers/${server}/os-server-password`, undefined, { who });
  expect((await clear('member')).status).toBe(204);
  expect((await clear('reader')).status).toBe(403);
  expect((await clear('other')).status).toBe(404);
  expect((await clear('member', randomUUID())).status).toBe(404);
});

test('a console token tells whose console it opens and where, from 2.31 on', async () => {
  const path = `/os-console-auth-tokens/${id}`;
  expect(await get(path, { version: '2.31' })).toMatchObject({
    status: 200,
    body: {
      console: {
        instance_uuid: id,
        host: '127.0.0.1',
        port: 80,
        internal_access_path: `/console/websocket?token=${id}`,
      },
    },
  });
  expect(await get(path, { version: '2.30' })).toMatchObject({ status: 400, body: { badRequest: {} } });
  expect(await get('/os-console-auth-tokens/none', { version: '2.31' })).toMatchObject({
    status: 404,
    body: { itemNotFound: { message: 'Token not found' } },
  });
  expect((await get(path, { version: '2.31', who: 'member' })).status).toBe(403);
});

test('assisted snapshots are of attached volumes, which there are none of', async () => {
  const snapshot = { volume_id: 'v-1', create_info: { snapshot_id: 's-1', type: 'qcow2', new_file: 'a' } };
  const post = (body: object, who = 'admin') => cloud.request('POST', '/os-assisted-volume-snapshots', body, { who });
  const none = { status: 400, body: { badRequest: { message: 'No volume Block Device Mapping with id v-1.' } } };
  expect(await post({ snapshot })).toMatchObject(none);
  expect((await post({ snapshot }, 'member')).status).toBe(403);
  expect((await post({ snapshot: { volume_id: 'v-1' } })).body.badRequest.message).toContain('create_info');
  const drop = (query: string) =>
    cloud.request('DELETE', `/os-assisted-volume-snapshots/s-1${query}`, undefined, { who: 'admin' });
  expect(await drop(`?delete_info=${encodeURIComponent('{"volume_id":"v-1"}')}`)).toMatchObject(none);
  expect((await drop('')).status).toBe(400);
  expect((await drop('?delete_info=no')).status).toBe(400);
});

test('what Nova removed is gone, in every microversion, and says so', async () => {
  for (const path of [
    '/os-agents',
    '/os-cells',
    '/os-cloudpipe',
    '/os-fping/1',
    '/os-certificates/root',
    '/os-fixed-ips/10.0.0.1',
    `/servers/${id}/consoles`,
    `/servers/${id}/os-virtual-interfaces`,
  ]) {
    for (const version of ['2.1', '2.96']) {
      expect(await get(path, { who: 'member', version })).toMatchObject({
        status: 410,
        body: { computeFault: { code: 410 } },
      });
    }
  }
  const network = await cloud.request('POST', '/os-networks', { network: { label: 'x' } }, { who: 'admin' });
  expect(network.status).toBe(410);
  expect((await cloud.request('GET', '/os-agents', undefined, { who: null })).status).toBe(401);
});

test('all extensions that Nova lists, and each by its alias', async () => {
  const { extensions } = (await get('/extensions', { who: 'reader' })).body;
  expect(extensions).toHaveLength(99);
  expect(extensions).toContainEqual(expect.objectContaining({ alias: 'os-hosts', name: 'Hosts', links: [] }));
  expect((await get('/extensions/os-simple-tenant-usage')).body.extension.name).toBe('SimpleTenantUsage');
  expect((await get('/extensions/os-none')).status).toBe(404);
});

test('versions: two, of which the older has no microversions', async () => {
  const inject = async (url: string, headers: Record<string, string> = {}) => {
    const response = await cloud.edge.fastify.inject({ url, headers: { host: '127.0.0.1', ...headers } });
    return { status: response.statusCode, headers: response.headers, body: response.json() };
  };
  const { body } = await inject('/compute/');
  expect(body.versions).toMatchObject([
    { id: 'v2.0', status: 'DEPRECATED', version: '', links: [{ rel: 'self', href: 'http://127.0.0.1/compute/v2/' }] },
    { id: 'v2.1', status: 'CURRENT', version: '2.96', min_version: '2.1' },
  ]);
  for (const { id: version, links } of body.versions) {
    expect((await inject(links[0].href.replace('http://127.0.0.1', ''))).body.version).toMatchObject({ id: version });
  }
  expect((await get('/versions/v2.0')).body.version['media-types'][0].type).toMatch(/version=2$/);
  expect((await get('/versions/v3')).status).toBe(404);
  const asked = { 'x-auth-token': 'member', 'openstack-api-version': 'compute 2.96' };
  const old = await inject(`/compute/v2/servers/${id}`, asked);
  expect(old).toMatchObject({ status: 200, body: { server: { id, flavor: { id: '42' } } } });
  expect(old.headers).not.toHaveProperty('openstack-api-version');
  expect((await inject(`/compute/v2/servers/${randomUUID()}`, asked)).body).toMatchObject({
    itemNotFound: { code: 404 },
  });
  expect((await inject('/compute/v2/servers/x/tags', asked)).status).toBe(404);
});
