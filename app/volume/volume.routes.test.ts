import { afterEach, beforeEach, expect, test } from 'vitest';
import { VolumeFixture } from './volume.fixture.ts';

let cloud: VolumeFixture;
beforeEach(async () => {
  cloud = await VolumeFixture.open();
});
afterEach(() => cloud.close());

test('versions are there for everybody: one of several above them, and the one', async () => {
  for (const [path, status] of [
    ['/volume', 300],
    ['/volume/', 300],
    ['/volume/v3', 200],
    ['/volume/v3/', 200],
  ] as const) {
    const { json, ...answer } = await cloud.edge.send(path);
    expect([path, answer.status]).toEqual([path, status]);
    expect(json).toMatchObject({
      versions: [{ id: 'v3.0', status: 'CURRENT', min_version: '3.0', version: '3.70' }],
    });
  }
});

test('the microversion is negotiated in the words of Cinder', async () => {
  const asked = async (header: string) => {
    const headers = { 'openstack-api-version': header };
    const { status, headers: answered, json } = await cloud.edge.send('/volume/v3/types', { token: 'member', headers });
    const { message } = Object.values((json ?? {}) as Record<string, { message?: string }>)[0] ?? {};
    return [status, answered['openstack-api-version'] ?? message];
  };
  expect(await asked('compute 2.90')).toEqual([200, 'volume 3.0']);
  expect(await asked('volume 3.62')).toEqual([200, 'volume 3.62']);
  expect(await asked('compute 2.90, volume latest')).toEqual([200, 'volume 3.70']);
  const outside = 'is not supported by the API. Minimum is 3.0 and maximum is 3.70.';
  expect(await asked('volume 3.71')).toEqual([406, `Version 3.71 ${outside}`]);
  expect(await asked('volume 2.1')).toEqual([406, `Version 2.1 ${outside}`]);
  expect((await asked('volume three'))[0]).toBe(400);
});

test("the project's id may stand in the path, where it is the token's", async () => {
  const { status, body } = await cloud.ask('/p/types/default');
  expect([status, body]).toEqual([200, (await cloud.ask('/types/default')).body]);
  expect(await cloud.ask('/other/types')).toMatchObject({
    status: 400,
    body: { badRequest: { code: 400, message: 'Malformed request url' } },
  });
  expect((await cloud.ask('/other/os-quota-sets/other', { as: 'admin' })).status).toBe(400);
  expect((await cloud.ask('/p/os-quota-sets/other')).status).toBe(403);
  expect((await cloud.edge.send('/volume/v3/p/types')).status).toBe(401);
  expect((await cloud.ask('/p/group_types', { version: '3.10' })).status).toBe(404);
  expect((await cloud.ask('/p/types', { as: 'unscoped' })).status).toBe(400);
});

test('what is not there yet is not found, and no list of what there is has it', async () => {
  for (const thing of ['volumes', 'volumes/detail', 'snapshots', 'backups', 'attachments', 'groups', 'messages']) {
    expect(await cloud.ask(`/${thing}`, { version: '3.70' }), thing).toMatchObject({
      status: 404,
      body: { itemNotFound: { code: 404 } },
    });
    expect((await cloud.ask(`/p/${thing}`)).status, thing).toBe(404);
  }
  const { extensions } = (await cloud.ask('/extensions')).body;
  const aliases = extensions.map(({ alias }: { alias: string }) => alias);
  expect(aliases).toContain('os-types-manage');
  expect(aliases).not.toContain('backups');
  expect((await cloud.ask('/extensions/qos-specs')).body.extension.name).toBe('Qos_specs_manage');
  expect((await cloud.ask('/extensions/backups')).status).toBe(404);
});

test('zones are those of the hosts; nothing serves volumes; limits are the project’s', async () => {
  expect((await cloud.ask('/os-availability-zone')).body).toEqual({
    availabilityZoneInfo: [{ zoneName: 'nova', zoneState: { available: true } }],
  });
  expect((await cloud.ask('/os-services')).status).toBe(403);
  expect((await cloud.ask('/os-services?host=h', { as: 'admin' })).body).toEqual({ services: [] });

  const quota_set = { volumes: 4 };
  await cloud.ask('/os-quota-sets/other', { as: 'admin', method: 'PUT', body: { quota_set } });
  const most = async (query: string, asked: object) =>
    (await cloud.ask(`/limits${query}`, asked)).body.limits.absolute.maxTotalVolumes;
  expect((await cloud.ask('/limits', { as: 'member@other' })).body.limits).toMatchObject({
    rate: [],
    absolute: { maxTotalVolumes: 4, totalVolumesUsed: 0, maxTotalVolumeGigabytes: -1 },
  });
  expect(await most('?project_id=other', { as: 'admin', version: '3.39' })).toBe(4);
  expect(await most('?project_id=other', { as: 'admin', version: '3.38' })).toBe(-1);
  expect(await most('?project_id=other', { version: '3.39' })).toBe(-1);
});
