import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { IMAGE, TestCloud } from './testing/test-cloud.ts';

let cloud: TestCloud;
let id: string;
beforeAll(async () => {
  cloud = await TestCloud.start();
  id = await cloud.launchActive({ name: 'one', user_data: Buffer.from('#!/bin/sh').toString('base64') });
});
afterAll(() => cloud.stop());

const keysAt = async (version: string, who = 'member') => Object.keys(await cloud.show(id, { version, who })).sort();

test('2.1 has the fields of Nova 2.1', async () => {
  expect(await keysAt('2.1')).toEqual([
    'OS-DCF:diskConfig',
    'OS-EXT-AZ:availability_zone',
    'OS-EXT-STS:power_state',
    'OS-EXT-STS:task_state',
    'OS-EXT-STS:vm_state',
    'OS-SRV-USG:launched_at',
    'OS-SRV-USG:terminated_at',
    'accessIPv4',
    'accessIPv6',
    'addresses',
    'config_drive',
    'created',
    'flavor',
    'hostId',
    'id',
    'image',
    'key_name',
    'links',
    'metadata',
    'name',
    'os-extended-volumes:volumes_attached',
    'progress',
    'security_groups',
    'status',
    'tenant_id',
    'updated',
    'user_id',
  ]);
  const server = await cloud.show(id, { version: '2.1', who: 'member' });
  expect(server.flavor).toEqual({
    id: '42',
    links: [{ rel: 'bookmark', href: 'http://127.0.0.1/compute/flavors/42' }],
  });
  expect(server.image.id).toBe(IMAGE.id);
  expect(server.created).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(server['OS-SRV-USG:launched_at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
  expect(server.hostId).toMatch(/^[0-9a-f]{56}$/);
});

describe('what each microversion adds', () => {
  const steps: [before: string, since: string, who: string, added: string[]][] = [
    [
      '2.2',
      '2.3',
      'admin',
      ['hostname', 'kernel_id', 'launch_index', 'ramdisk_id', 'reservation_id', 'root_device_name', 'user_data'].map(
        (name) => `OS-EXT-SRV-ATTR:${name}`,
      ),
    ],
    ['2.8', '2.9', 'member', ['locked']],
    ['2.15', '2.16', 'admin', ['host_status']],
    ['2.15', '2.16', 'member', []],
    ['2.18', '2.19', 'member', ['description']],
    ['2.25', '2.26', 'member', ['tags']],
    ['2.62', '2.63', 'member', ['trusted_image_certificates']],
    ['2.70', '2.71', 'member', ['server_groups']],
    ['2.72', '2.73', 'member', ['locked_reason']],
    ['2.89', '2.90', 'member', ['OS-EXT-SRV-ATTR:hostname']],
    ['2.95', '2.96', 'member', ['pinned_availability_zone']],
  ];
  test.each(steps)('%s to %s as %s', async (before, since, who, added) => {
    const old = await keysAt(before, who);
    expect((await keysAt(since, who)).filter((key) => !old.includes(key)).sort()).toEqual([...added].sort());
  });

  test('2.47 embeds the flavor', async () => {
    const { flavor } = await cloud.show(id, { version: '2.47' });
    expect(flavor).toEqual({
      vcpus: 1,
      ram: 128,
      disk: 1,
      ephemeral: 0,
      swap: 0,
      original_name: 'm1.nano',
      extra_specs: {},
    });
  });

  test('2.71 shows server groups of one server, not in lists', async () => {
    const { body } = await cloud.request('GET', '/servers/detail', undefined, { version: '2.96' });
    expect(body.servers[0]).not.toHaveProperty('server_groups');
  });

  test('2.75 answers PUT with the whole server', async () => {
    const put = async (version: string) =>
      Object.keys((await cloud.request('PUT', `/servers/${id}`, { server: { name: 'one' } }, { version })).body.server);
    expect(await put('2.74')).not.toContain('OS-EXT-STS:vm_state');
    expect((await put('2.75')).sort()).toEqual(await keysAt('2.75'));
  });
});

test('only administrators see hosts', async () => {
  expect((await cloud.show(id, { who: 'admin', version: '2.1' }))['OS-EXT-SRV-ATTR:host']).toBe('host-1');
  expect(await keysAt('2.1')).not.toContain('OS-EXT-SRV-ATTR:host');
});

test('microversions are negotiated and told', async () => {
  const { headers } = await cloud.request('GET', '/servers', undefined, { version: '2.90' });
  expect(headers).toMatchObject({ 'openstack-api-version': 'compute 2.90', 'x-openstack-nova-api-version': '2.90' });
  expect((await cloud.request('GET', '/servers', undefined, { version: '2.97' })).status).toBe(406);
  expect(
    (await cloud.request('GET', '/servers', undefined, { version: 'latest' })).headers['openstack-api-version'],
  ).toBe('compute 2.96');
  const { body } = await cloud.request('GET', '', undefined, { who: null });
  expect(body.version).toMatchObject({ id: 'v2.1', status: 'CURRENT', version: '2.96', min_version: '2.1' });
  const root = await cloud.edge.fastify.inject({ url: '/compute', headers: { host: '127.0.0.1' } });
  expect(root.json().versions.at(-1).links[0].href).toBe('http://127.0.0.1/compute/v2.1/');
});

test('parts of a server', async () => {
  const get = async (path: string, version = '2.96') =>
    (await cloud.request('GET', `/servers/${id}${path}`, undefined, { version })).body;
  expect((await get('/ips')).addresses).toEqual({ default: [{ version: 4, addr: '10.77.0.16' }] });
  expect((await get('/ips/default')).default).toHaveLength(1);
  const [attachment] = (await get('/os-interface')).interfaceAttachments;
  expect(attachment).toMatchObject({
    port_state: 'ACTIVE',
    fixed_ips: [{ ip_address: '10.77.0.16', subnet_id: expect.stringMatching(/^[0-9a-f-]{36}$/) }],
    tag: null,
  });
  expect((await get(`/os-interface/${attachment.port_id}`, '2.1')).interfaceAttachment).not.toHaveProperty('tag');
  expect(await get('/os-volume_attachments')).toEqual({ volumeAttachments: [] });
  expect((await get('/os-security-groups')).security_groups[0].name).toBe('default');
  expect(await get('/topology')).toEqual({ nodes: [], pagesize_kb: null });
});

test('instance actions as each microversion shows them', async () => {
  const list = async (version: string) =>
    (await cloud.request('GET', `/servers/${id}/os-instance-actions`, undefined, { version })).body.instanceActions;
  const [create] = await list('2.58');
  expect(create).toMatchObject({ action: 'create', instance_uuid: id, user_id: 'user-member', message: null });
  expect((await list('2.57'))[0]).not.toHaveProperty('updated_at');
  const show = async (version: string, who: string) =>
    (await cloud.request('GET', `/servers/${id}/os-instance-actions/${create.request_id}`, undefined, { version, who }))
      .body.instanceAction.events;
  expect(await show('2.50', 'member')).toBeUndefined();
  expect((await show('2.50', 'admin'))[0]).toMatchObject({
    event: 'compute__do_build_and_run_instance',
    result: 'Success',
    traceback: null,
  });
  expect(Object.keys((await show('2.51', 'member'))[0])).toEqual(['event', 'start_time', 'finish_time', 'result']);
  expect((await show('2.62', 'member'))[0].hostId).toMatch(/^[0-9a-f]{56}$/);
  expect((await show('2.84', 'member'))[0]).not.toHaveProperty('details');
  expect((await show('2.84', 'admin'))[0]).toHaveProperty('details', null);
});
