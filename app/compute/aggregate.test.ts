import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeAgent } from './testing/fake-agent.ts';
import { IMAGE, TestCloud } from './testing/test-cloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start();
  for (const name of ['host-2', 'host-3']) await cloud.bus.connect(new FakeAgent(name));
});
afterAll(() => cloud.stop());

const path = '/os-aggregates';
const asked = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', below = '', body?: object, version = '2.41') =>
  cloud.request(method, `${path}${below}`, body, { who: 'admin', version });
const create = (aggregate: object) => asked('POST', '', { aggregate });
const act = (id: number, action: object) => asked('POST', `/${id}/action`, action);
const addHost = (id: number, host: string) => act(id, { add_host: { host } });
const removeHost = (id: number, host: string) => act(id, { remove_host: { host } });
const zones = async (detail = '') =>
  (await cloud.request('GET', `/os-availability-zone${detail}`, undefined, { who: 'admin' })).body.availabilityZoneInfo;

async function launched(fields: object): Promise<{ [name: string]: unknown }> {
  const server = { name: 'web', imageRef: IMAGE.id, flavorRef: '42', networks: 'auto', ...fields };
  const { body } = await cloud.request('POST', '/servers', { server }, { who: 'admin', version: '2.96' });
  await cloud.idle(body.server.id);
  return await cloud.show(body.server.id);
}
async function refusal(fields: object): Promise<string> {
  const server = { name: 'web', imageRef: IMAGE.id, flavorRef: '42', networks: 'auto', ...fields };
  const { status, body } = await cloud.request('POST', '/servers', { server }, { who: 'admin', version: '2.96' });
  return `${status} ${body.badRequest?.message}`;
}
async function forget(...ids: unknown[]): Promise<void> {
  for (const id of ids) {
    await cloud.request('DELETE', `/servers/${id}`, undefined, { who: 'admin' });
    await cloud.idle(String(id));
  }
}

test('from create to delete', async () => {
  const made = await create({ name: 'ssd', availability_zone: 'east' });
  expect([made.status, made.body.aggregate]).toEqual([
    200,
    {
      ...{ id: 1, name: 'ssd', availability_zone: 'east', deleted: false, deleted_at: null, updated_at: null },
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{6}$/),
      uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    },
  ]);
  expect((await asked('GET', '/1', undefined, '2.40')).body.aggregate).not.toHaveProperty('uuid');
  expect((await asked('GET', '/1')).body.aggregate).toEqual({
    ...made.body.aggregate,
    ...{ hosts: [], metadata: { availability_zone: 'east' } },
  });
  expect((await create({ name: 'ssd' })).body.conflictingRequest.message).toBe('Aggregate ssd already exists.');
  const renamed = await asked('PUT', '/1', { aggregate: { name: 'fast', availability_zone: 'west' } });
  expect(renamed.body.aggregate).toMatchObject({
    name: 'fast',
    availability_zone: 'west',
    updated_at: expect.any(String),
  });
  const set = await act(1, { set_metadata: { metadata: { disk: 'ssd', spare: 'x' } } });
  expect(set.body.aggregate.metadata).toEqual({ availability_zone: 'west', disk: 'ssd', spare: 'x' });
  const unset = await act(1, { set_metadata: { metadata: { spare: null } } });
  expect(unset.body.aggregate.metadata).toEqual({ availability_zone: 'west', disk: 'ssd' });
  expect((await addHost(1, 'host-3')).body.aggregate.hosts).toEqual(['host-3']);
  expect((await addHost(1, 'host-3')).body.conflictingRequest.message).toBe('Aggregate 1 already has host host-3.');
  expect((await addHost(1, 'host-9')).status).toBe(404);
  expect((await removeHost(1, 'host-2')).body.itemNotFound.message).toBe('Cannot remove host host-2 in aggregate 1');
  expect((await asked('DELETE', '/1')).body.badRequest.message).toContain('Host aggregate is not empty');
  expect((await asked('GET')).body.aggregates).toMatchObject([{ id: 1, hosts: ['host-3'] }]);
  expect((await removeHost(1, 'host-3')).body.aggregate.hosts).toEqual([]);
  expect((await asked('DELETE', '/1')).status).toBe(200);
  // Its number is nobody's after it.
  const { id } = (await create({ name: 'ssd' })).body.aggregate;
  expect([id, (await asked('DELETE', `/${id}`)).status]).toEqual([2, 200]);
  const told = (await cloud.eventTypes('1')).filter((type) => type.startsWith('aggregate.'));
  expect(told).toEqual(
    ['create', 'update_prop', 'update_metadata', 'update_metadata', 'add_host', 'remove_host', 'delete'].map(
      (verb) => `aggregate.${verb}.end`,
    ),
  );
});

test('what is refused', async () => {
  for (const [sent, named] of [
    [{ name: '' }, 'aggregate.name'],
    [{ availability_zone: 'east' }, 'aggregate.name'],
    [{ name: 'x', availability_zone: 'a:b' }, 'aggregate.availability_zone'],
    [{ name: 'x', availability_zone: '' }, 'aggregate.availability_zone'],
    [{ name: 'x', hosts: [] }, 'aggregate.hosts'],
  ] as const) {
    expect((await create(sent)).body.badRequest.message).toContain(named);
  }
  const { id } = (await create({ name: 'x' })).body.aggregate;
  for (const [action, named] of [
    [{ set_metadata: { metadata: { availability_zone: null } } }, 'empty named availability zone'],
    [{ set_metadata: { metadata: { availability_zone: '' } } }, 'empty named availability zone'],
    [{ set_metadata: { metadata: { a: 5 } } }, 'set_metadata.metadata.a'],
    [{ add_host: {} }, 'add_host.host'],
    [{ add_host: { host: 'a' }, remove_host: { host: 'a' } }, 'exactly one action'],
  ] as const) {
    expect((await act(id, action)).body.badRequest.message).toContain(named);
  }
  expect((await asked('PUT', `/${id}`, { aggregate: {} })).status).toBe(400);
  for (const missing of ['99', '-1']) expect((await asked('GET', `/${missing}`)).status).toBe(404);
  expect((await asked('GET', '/fast')).status).toBe(400);
  for (const who of ['member', 'reader']) {
    expect((await cloud.request('GET', path, undefined, { who })).status).toBe(403);
    expect((await cloud.request('POST', path, { aggregate: { name: 'y' } }, { who })).status).toBe(403);
    expect(
      (await cloud.request('POST', `${path}/${id}/action`, { add_host: { host: 'host-1' } }, { who })).status,
    ).toBe(403);
  }
  await asked('DELETE', `/${id}`);
});

test('zones: who is there, and launches into them', async () => {
  expect(await zones()).toEqual([{ zoneName: 'nova', zoneState: { available: true }, hosts: null }]);
  const east = (await create({ name: 'east-1', availability_zone: 'east' })).body.aggregate.id;
  // A zone without a host is none.
  expect(await refusal({ availability_zone: 'east' })).toBe('400 The requested availability zone is not available');
  await addHost(east, 'host-2');
  expect((await zones()).map(({ zoneName }: { zoneName: string }) => zoneName)).toEqual(['east', 'nova']);
  const detail = await zones('/detail');
  expect(
    detail.map(({ zoneName, hosts }: { zoneName: string; hosts: object }) => [zoneName, Object.keys(hosts)]),
  ).toEqual([
    ['east', ['host-2']],
    ['internal', ['controller']],
    ['nova', ['host-1', 'host-3']],
  ]);
  const servers = await Promise.all(Array.from({ length: 3 }, () => launched({ availability_zone: 'east' })));
  for (const server of servers) {
    expect(server).toMatchObject({
      'OS-EXT-AZ:availability_zone': 'east',
      'OS-EXT-SRV-ATTR:host': 'host-2',
      pinned_availability_zone: 'east',
    });
  }
  const elsewhere = await launched({ availability_zone: 'nova' });
  expect(['host-1', 'host-3']).toContain(elsewhere['OS-EXT-SRV-ATTR:host']);

  const within = async (zone: string) =>
    (await cloud.request('GET', `/servers?availability_zone=${zone}`, undefined, { who: 'admin' })).body.servers.map(
      ({ id }: { id: string }) => id,
    );
  expect((await within('EAST')).sort()).toEqual(servers.map(({ id }) => id).sort());
  expect([await within('nova'), await within('west')]).toEqual([[elsewhere.id], []]);

  // One host, one zone.
  const west = (await create({ name: 'west-1', availability_zone: 'west' })).body.aggregate.id;
  const taken = 'Reason: One or more hosts already in availability zone(s) east.';
  expect((await addHost(west, 'host-2')).body.conflictingRequest.message).toContain(taken);
  const plain = (await create({ name: 'plain' })).body.aggregate.id;
  await addHost(plain, 'host-2');
  expect(
    (await act(plain, { set_metadata: { metadata: { availability_zone: 'west' } } })).body.badRequest.message,
  ).toContain(taken);
  // With machines it stays where it is.
  const held = 'Reason: One or more hosts contain instances in this zone.';
  expect(
    (await asked('PUT', `/${east}`, { aggregate: { availability_zone: 'south' } })).body.badRequest.message,
  ).toContain(held);
  expect((await removeHost(east, 'host-2')).body.conflictingRequest.message).toContain(held);
  const busy = String(elsewhere['OS-EXT-SRV-ATTR:host']);
  expect((await addHost(west, busy)).body.conflictingRequest.message).toContain(held);
  expect((await asked('GET', `/${east}`)).body.aggregate).toMatchObject({
    hosts: ['host-2'],
    availability_zone: 'east',
  });

  await forget(elsewhere.id, ...servers.map(({ id }) => id));
  await asked('PUT', `/${east}`, { aggregate: { availability_zone: 'south' } });
  expect((await zones()).map(({ zoneName }: { zoneName: string }) => zoneName)).toEqual(['nova', 'south']);
  for (const id of [east, plain]) await removeHost(id, 'host-2');
  expect((await zones()).map(({ zoneName }: { zoneName: string }) => zoneName)).toEqual(['nova']);
});

test('a host that an administrator names', async () => {
  for (const fields of [
    { availability_zone: 'nova:host-3' },
    { availability_zone: ':host-3' },
    { availability_zone: 'nova:host-3:host-3' },
    { availability_zone: 'nova::host-3' },
    { host: 'host-3' },
    { host: 'host-3', hypervisor_hostname: 'host-3' },
    { hypervisor_hostname: 'host-3', availability_zone: 'nova' },
  ]) {
    const server = await launched(fields);
    expect([fields, server['OS-EXT-SRV-ATTR:host']]).toEqual([fields, 'host-3']);
    await forget(server.id);
  }
  expect(await refusal({ availability_zone: 'nova:host-9' })).toBe('400 Compute host host-9 could not be found.');
  expect(await refusal({ host: 'host-9' })).toBe('400 Compute host host-9 could not be found.');
  expect(await refusal({ host: 'host-3', hypervisor_hostname: 'host-2' })).toContain('server.hypervisor_hostname');
  expect(await refusal({ host: 'host-3', availability_zone: 'nova:host-3' })).toContain('server.host');
  expect(await refusal({ availability_zone: 'internal' })).toBe('400 The requested availability zone is not available');
});
