import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FakeAgent } from './testing/fake-agent.ts';
import { IMAGE, OTHER_PROJECT, PROJECT, TestCloud } from './testing/test-cloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start();
  for (const name of ['host-2', 'host-3']) await cloud.bus.connect(new FakeAgent(name));
});
afterAll(() => cloud.stop());

const path = '/os-server-groups';
const uuid = '22222222-2222-4222-8222-222222222222';
type Options = { who?: string; version?: string };
const create = (server_group: object, options: Options = { version: '2.64' }) =>
  cloud.request('POST', path, { server_group }, options);
const show = async (id: string, options: Options = { version: '2.64' }) =>
  await cloud.request('GET', `${path}/${id}`, undefined, options);
const remove = (id: string, who = 'member') => cloud.request('DELETE', `${path}/${id}`, undefined, { who });
const list = async (query = '', options: Options = { version: '2.64' }): Promise<string[]> =>
  (await cloud.request('GET', `${path}${query}`, undefined, options)).body.server_groups.map(
    ({ name }: { name: string }) => name,
  );

async function made(policy: string, rules?: object): Promise<string> {
  const { body } = await create({ name: policy, policy, ...(rules && { rules }) });
  return body.server_group.id;
}

const launch = (group: string, fields: object = {}, who = 'member') =>
  cloud.request(
    'POST',
    '/servers',
    { server: { name: 'web', imageRef: IMAGE.id, flavorRef: '42', ...fields }, 'os:scheduler_hints': { group } },
    { who },
  );

/** Launches so many at once and waits for their builds: which host each is on; null of one that failed. */
async function launchAtOnce(group: string, count: number): Promise<(string | null)[]> {
  const answers = await Promise.all(Array.from({ length: count }, () => launch(group)));
  return await Promise.all(
    answers.map(async ({ body }) => {
      await cloud.idle(body.server.id);
      return (await cloud.show(body.server.id))['OS-EXT-SRV-ATTR:host'];
    }),
  );
}

test('by microversion', async () => {
  const old = (await create({ name: 'old', policies: ['affinity'] }, { version: '2.1' })).body.server_group;
  expect(old).toEqual({ id: expect.any(String), name: 'old', policies: ['affinity'], members: [], metadata: {} });
  expect((await show(old.id, { version: '2.13' })).body.server_group).toEqual({
    ...old,
    project_id: PROJECT,
    user_id: 'user-member',
  });
  expect((await show(old.id)).body.server_group).toEqual({
    ...{ id: old.id, name: 'old', members: [], project_id: PROJECT, user_id: 'user-member' },
    ...{ policy: 'affinity', rules: {} },
  });
  const soft = { name: 'soft', policies: ['soft-affinity'] };
  expect((await create(soft, { version: '2.14' })).status).toBe(400);
  expect((await create(soft, { version: '2.15' })).status).toBe(200);
  const ruled = { name: 'ruled', policy: 'anti-affinity', rules: { max_server_per_host: '3' } };
  const { server_group } = (await create(ruled)).body;
  expect(server_group).toMatchObject({ policy: 'anti-affinity', rules: { max_server_per_host: 3 } });
  expect((await show(server_group.id, { version: '2.63' })).body.server_group.policies).toEqual(['anti-affinity']);
  for (const id of [old.id, server_group.id]) expect((await remove(id)).status).toBe(204);
  expect((await show(old.id)).body.itemNotFound.message).toBe(`Instance group ${old.id} could not be found.`);
  expect(await list()).toEqual(['soft']);
  expect(await cloud.eventTypes(old.id)).toEqual(['server_group.create', 'server_group.delete']);
});

test.each([
  [{ name: 'x', policies: ['affinity'] }, '2.64', 'server_group.policy'],
  [{ name: 'x', policy: 'affinity' }, '2.63', 'server_group.policies'],
  [{ name: 'x', policy: 'near' }, '2.64', 'server_group.policy'],
  [{ name: 'x', policies: [] }, '2.15', 'server_group.policies'],
  [{ name: 'x', policies: ['affinity', 'anti-affinity'] }, '2.15', 'server_group.policies'],
  [{ name: '', policy: 'affinity' }, '2.64', 'server_group.name'],
  [{ policy: 'affinity' }, '2.64', 'server_group.name'],
  [{ name: 'x', policy: 'affinity', rules: { max_server_per_host: 3 } }, '2.64', 'Only anti-affinity policy'],
  [{ name: 'x', policy: 'anti-affinity', rules: { max_server_per_host: 0 } }, '2.64', 'max_server_per_host'],
  [{ name: 'x', policy: 'anti-affinity', rules: { most: 1 } }, '2.64', 'rules.most'],
])('%j of %s is refused', async (sent, version, named) => {
  const { status, body } = await create(sent, { version });
  expect([status, body.badRequest.message]).toEqual([400, expect.stringContaining(named)]);
});

test('who sees and changes which', async () => {
  const own = await made('affinity');
  const other = (await create({ name: 'theirs', policy: 'affinity' }, { who: 'other', version: '2.64' })).body
    .server_group;
  expect([other.project_id, (await show(other.id)).status, (await remove(other.id)).status]).toEqual([
    OTHER_PROJECT,
    404,
    404,
  ]);
  expect((await show(other.id, { who: 'admin' })).status).toBe(200);
  expect((await show(own, { who: 'reader' })).status).toBe(200);
  expect((await create({ name: 'x', policy: 'affinity' }, { who: 'reader', version: '2.64' })).status).toBe(403);
  expect((await remove(own, 'reader')).status).toBe(403);
  const version = '2.64';
  expect(await list('?all_projects=1')).toEqual(['soft', 'affinity']);
  expect(await list('', { who: 'admin', version })).toEqual(['soft', 'affinity']);
  expect(await list('?all_projects', { who: 'admin', version })).toEqual(['soft', 'affinity', 'theirs']);
  expect(await list('?all_projects&limit=1&offset=1', { who: 'admin', version })).toEqual(['affinity']);
  expect(await list('?limit=0')).toEqual(['soft', 'affinity']);
  expect(await list('?offset=5')).toEqual([]);
  for (const query of ['?limit=x', '?offset=-1']) {
    expect((await cloud.request('GET', `${path}${query}`)).status).toBe(400);
  }
  expect((await cloud.request('GET', `${path}?colour=red`, undefined, { version: '2.75' })).status).toBe(400);
  await remove(other.id, 'admin');
  await remove(own);
});

test('the limits of a project', async () => {
  const put = (quota_set: object) => cloud.request('PUT', `/os-quota-sets/${PROJECT}`, { quota_set }, { who: 'admin' });
  await put({ server_groups: 2, server_group_members: 2 });
  const id = await made('soft-affinity');
  expect((await create({ name: 'more', policy: 'affinity' })).body.forbidden.message).toContain('server_groups');
  const { absolute } = (await cloud.request('GET', '/limits')).body.limits;
  expect([absolute.maxServerGroups, absolute.totalServerGroupsUsed]).toEqual([2, 2]);
  expect((await launch(id, { min_count: 3 })).body.forbidden.message).toBe('Quota exceeded, too many servers in group');
  expect((await launch(id, { min_count: 2 })).status).toBe(202);
  expect((await launch(id)).status).toBe(403);
  const { members } = (await show(id)).body.server_group;
  expect(members).toHaveLength(2);
  for (const member of members) await cloud.idle(member);
  // Who is deleted leaves.
  await cloud.request('DELETE', `/servers/${members[0]}`);
  await cloud.idle(members[0]);
  expect((await show(id)).body.server_group.members).toEqual([members[1]]);
  expect((await launch(id)).status).toBe(202);
  await put({ server_groups: -1, server_group_members: -1 });
  await remove(id);
});

test('the limits of one user: on groups, and on servers of theirs in one', async () => {
  const put = (quota_set: object) =>
    cloud.request('PUT', `/os-quota-sets/${PROJECT}?user_id=user-member`, { quota_set }, { who: 'admin' });
  const before = (await list()).length;
  await cloud.request(
    'PUT',
    `/os-quota-sets/${PROJECT}`,
    { quota_set: { server_groups: 20, server_group_members: 20 } },
    { who: 'admin' },
  );
  expect((await put({ server_groups: before + 1, server_group_members: 1 })).status).toBe(200);
  const id = await made('soft-affinity');
  const more = { name: 'more', policy: 'affinity' };
  expect((await create(more)).body.forbidden?.message).toContain('server_groups');
  const byAdmin = await create(more, { who: 'admin', version: '2.64' });
  expect(byAdmin.status).toBe(200);
  const first = await launch(id);
  expect([first.status, (await launch(id)).status]).toEqual([202, 403]);
  const second = await launch(id, {}, 'admin');
  expect(second.status).toBe(202);
  for (const { body } of [first, second]) {
    await cloud.idle(body.server.id);
    await cloud.request('DELETE', `/servers/${body.server.id}`);
    await cloud.idle(body.server.id);
  }
  await cloud.request('DELETE', `/os-quota-sets/${PROJECT}?user_id=user-member`, undefined, { who: 'admin' });
  await cloud.request(
    'PUT',
    `/os-quota-sets/${PROJECT}`,
    { quota_set: { server_groups: -1, server_group_members: -1 } },
    { who: 'admin' },
  );
  await remove(id);
  await remove(byAdmin.body.server_group.id, 'admin');
});

test('what a large launch has still to store counts among the members', async () => {
  const put = (quota_set: object) => cloud.request('PUT', `/os-quota-sets/${PROJECT}`, { quota_set }, { who: 'admin' });
  await put({ server_group_members: 60 });
  const id = await made('soft-affinity');
  const launches = await Promise.all([launch(id, { min_count: 40 }), launch(id, { min_count: 40 })]);
  expect(launches.map(({ status }) => status).sort()).toEqual([202, 403]);
  const { members } = (await show(id)).body.server_group;
  expect(members).toHaveLength(40);
  for (const member of members) await cloud.request('DELETE', `/servers/${member}`);
  for (const member of members) await cloud.idle(member);
  await put({ server_group_members: -1 });
  await remove(id);
});

describe('a launch into a group', () => {
  test('many at once into an anti-affinity group are never on one host', async () => {
    const id = await made('anti-affinity');
    const hosts = await launchAtOnce(id, 6);
    expect(hosts.filter((host) => host !== null).sort()).toEqual(['host-1', 'host-2', 'host-3']);
    const { members } = (await show(id)).body.server_group;
    expect(members).toHaveLength(6);
    const shown = await Promise.all(members.map((member: string) => cloud.show(member, { version: '2.71' })));
    expect(shown.map(({ status, server_groups }) => [status, server_groups])).toEqual(
      shown.map(({ status }) => [status, [id]]),
    );
    const failed = shown.find(({ status }) => status === 'ERROR');
    expect(failed.fault.message).toContain('ServerGroupAntiAffinityFilter');
    // One that goes makes room for another.
    const gone = members[shown.findIndex(({ status }) => status === 'ACTIVE')];
    const from = (await cloud.show(gone))['OS-EXT-SRV-ATTR:host'];
    await cloud.request('DELETE', `/servers/${gone}`);
    await cloud.idle(gone);
    expect(await launchAtOnce(id, 1)).toEqual([from]);
  });

  test('max_server_per_host', async () => {
    const id = await made('anti-affinity', { max_server_per_host: 2 });
    const hosts = await launchAtOnce(id, 7);
    expect(hosts.filter((host) => host !== null).sort()).toEqual([
      'host-1',
      'host-1',
      'host-2',
      'host-2',
      'host-3',
      'host-3',
    ]);
  });

  test('affinity, and a group that is deleted binds nobody', async () => {
    const id = await made('affinity');
    const hosts = await launchAtOnce(id, 5);
    expect([new Set(hosts).size, hosts[0]]).toEqual([1, expect.stringContaining('host-')]);
    const [member] = (await show(id)).body.server_group.members;
    await remove(id);
    expect((await cloud.show(member, { version: '2.71' })).server_groups).toEqual([]);
    expect((await launch(id)).body.badRequest.message).toBe(`Instance group ${id} could not be found.`);
  });

  test('soft anti-affinity spreads and refuses nobody', async () => {
    const hosts = await launchAtOnce(await made('soft-anti-affinity'), 6);
    expect(hosts.sort()).toEqual(['host-1', 'host-1', 'host-2', 'host-2', 'host-3', 'host-3']);
  });

  test('of another project, or of none, is refused', async () => {
    const theirs = await create({ name: 'theirs', policy: 'affinity' }, { who: 'other', version: '2.64' });
    for (const id of [theirs.body.server_group.id, uuid]) {
      expect((await launch(id)).body.badRequest.message).toBe(`Instance group ${id} could not be found.`);
    }
  });
});
