import { afterAll, beforeAll, expect, test } from 'vitest';
import { IdentityFixture, PASSWORD } from '../testing/identity.fixture.ts';

let cloud: IdentityFixture;
beforeAll(async () => {
  cloud = await IdentityFixture.open();
});
afterAll(async () => await cloud.close());

const status = async (...request: Parameters<IdentityFixture['send']>) => (await cloud.send(...request)).status;
const isValid = async (token: string) => (await cloud.identity.authenticate(token, 'req-1')) !== undefined;
const ids = (things: { id: string }[]) => things.map(({ id }) => id).sort();

test('a user keeps what Keystone does not know, and never shows a password', async () => {
  const user = await cloud.makeUser({
    email: 'm@example.org',
    description: 'd',
    project_id: 'p',
    original_password: 's',
  });
  expect(user).toMatchObject({
    email: 'm@example.org',
    project_id: 'p',
    domain_id: 'default',
    enabled: true,
    options: {},
  });
  for (const name of ['password', 'original_password', 'default_project_id']) expect(user).not.toHaveProperty(name);
  expect(user.password_expires_at).toBeNull();
  const path = `/v3/users/${user.id}`;
  const changed = (await cloud.call('PATCH', path, { user: { email: 'n@example.org', enabled: false, name: 'mia' } }))
    .user;
  expect(changed).toMatchObject({ email: 'n@example.org', description: 'd', enabled: false, name: 'mia' });
  expect((await cloud.call('GET', path)).user).toEqual(changed);
  expect((await cloud.call('GET', '/v3/users?name=mia')).users).toEqual([changed]);
  expect(await status('HEAD', path)).toBe(200);
  expect([await status('DELETE', path), await status('GET', path), await status('DELETE', path)]).toEqual([
    204, 404, 404,
  ]);
});

test('what cannot be is refused with the field or as not there', async () => {
  const user = await cloud.makeUser();
  const domain = await cloud.makeDomain();
  const make = (values: object) => status('POST', '/v3/users', { body: { user: { name: 'wrong', ...values } } });
  expect(await make({ name: user.name })).toBe(409);
  expect(await make({ domain_id: 'f'.repeat(32) })).toBe(404);
  const wrong = [
    { name: '' },
    { name: 'a'.repeat(256) },
    { password: 1 },
    { enabled: 'no' },
    { default_project_id: domain.id },
    { options: { unknown: true } },
    { options: { multi_factor_auth_rules: [[]] } },
    { federated: [{ idp_id: 'i', protocols: [{ protocol_id: 'p', unique_id: 'u' }] }] },
    { big: 'x'.repeat(70_000) },
  ];
  for (const values of wrong) expect([values, await make(values)]).toEqual([values, 400]);
  for (const change of [{ id: 'other' }, { domain_id: domain.id }, { default_project_id: domain.id }]) {
    expect([change, await status('PATCH', `/v3/users/${user.id}`, { body: { user: change } })]).toEqual([change, 400]);
  }
});

test('disabling, a new password, deletion: each ends the tokens', async () => {
  const user = await cloud.makeUser();
  const path = `/v3/users/${user.id}`;
  const first = await cloud.token({ id: user.id });
  await cloud.call('PATCH', path, { user: { description: 'still the same' } });
  expect(await isValid(first)).toBe(true);
  await cloud.call('PATCH', path, { user: { enabled: false } });
  await cloud.call('PATCH', path, { user: { enabled: true } });
  expect(await isValid(first)).toBe(false);
  const second = await cloud.token({ id: user.id });
  await cloud.call('PATCH', path, { user: { password: 'another one' } });
  expect(await isValid(second)).toBe(false);
  const third = await cloud.token({ id: user.id, password: 'another one' });
  await cloud.call('DELETE', path);
  expect(await isValid(third)).toBe(false);
});

test('a disabled domain ends the tokens of its users and those for its projects, for good', async () => {
  const domain = await cloud.makeDomain();
  const inside = await cloud.makeUser({ domain_id: domain.id });
  const outside = await cloud.makeUser();
  const project = await cloud.makeProject({ domain_id: domain.id });
  await cloud.grant(`users/${outside.id}`, 'member', `projects/${project.id}`);
  const tokens = [
    await cloud.token({ id: inside.id }),
    await cloud.token({ id: outside.id }, { project: { id: project.id } }),
  ];
  for (const enabled of [false, true]) await cloud.call('PATCH', `/v3/domains/${domain.id}`, { domain: { enabled } });
  expect(await Promise.all(tokens.map(isValid))).toEqual([false, false]);
});

test('groups have members, who lose their tokens with the membership', async () => {
  const domain = await cloud.makeDomain();
  const group = await cloud.makeGroup({ domain_id: domain.id, note: 'x' });
  expect(group).toMatchObject({ description: '', note: 'x', domain_id: domain.id });
  const user = await cloud.makeUser();
  const member = `/v3/groups/${group.id}/users/${user.id}`;
  expect(await status('GET', member)).toBe(404);
  expect([await status('PUT', member), await status('PUT', member)]).toEqual([204, 204]);
  expect([await status('GET', member), await status('HEAD', member)]).toEqual([204, 204]);
  expect((await cloud.call('GET', `/v3/groups/${group.id}/users`)).users).toEqual([user]);
  expect((await cloud.call('GET', `/v3/users/${user.id}/groups`)).groups).toEqual([
    { ...group, membership_expires_at: null },
  ]);
  await cloud.grant(`groups/${group.id}`, 'member', `domains/${domain.id}`);
  const token = await cloud.token({ id: user.id }, { domain: { id: domain.id } });
  expect(await status('DELETE', member)).toBe(204);
  expect(await status('DELETE', member)).toBe(404);
  expect(await isValid(token)).toBe(false);
  const renamed = (await cloud.call('PATCH', `/v3/groups/${group.id}`, { group: { name: 'renamed' } })).group;
  expect(renamed).toEqual({ ...group, name: 'renamed' });
  const again = { group: { name: 'renamed', domain_id: domain.id } };
  expect(await status('POST', '/v3/groups', { body: again })).toBe(409);
  expect([await status('DELETE', `/v3/groups/${group.id}`), await status('GET', `/v3/groups/${group.id}`)]).toEqual([
    204, 404,
  ]);
});

test('a membership that an identity provider gave ends by itself', async () => {
  const [group, user] = [await cloud.makeGroup(), await cloud.makeUser()];
  const expires_at = new Date(cloud.clock + 60_000).toISOString();
  const row = { group_id: group.id, user_id: user.id, idp_id: 'idp', expires_at };
  await cloud.database.query.insertInto('identity_group_member').values(row).execute();
  const path = `/v3/users/${user.id}/groups`;
  expect((await cloud.call('GET', path)).groups[0].membership_expires_at).toBe(expires_at.replace('Z', '000'));
  cloud.clock += 60_001;
  expect((await cloud.call('GET', path)).groups).toEqual([]);
  expect(await status('GET', `/v3/groups/${group.id}/users/${user.id}`)).toBe(404);
});

test("a domain's reader sees only it, its manager changes only it", async () => {
  const [own, other] = [await cloud.makeDomain(), await cloud.makeDomain()];
  const manager = await cloud.makeUser({ domain_id: own.id });
  await cloud.grant(`users/${manager.id}`, 'manager', `domains/${own.id}`);
  const token = await cloud.token({ id: manager.id }, { domain: { id: own.id } });
  const stranger = await cloud.makeUser({ domain_id: other.id });
  await cloud.makeProject({ domain_id: other.id });
  const project = (await cloud.call('POST', '/v3/projects', { project: { name: 'mine' } }, token)).project;
  expect(project.domain_id).toBe(own.id);
  const get = (path: string) => cloud.call('GET', path, undefined, token);
  expect(ids((await get('/v3/users')).users)).toEqual([manager.id]);
  expect(ids((await get('/v3/projects')).projects)).toEqual([project.id]);
  expect(ids((await get('/v3/domains')).domains)).toEqual([own.id]);
  for (const path of [`users/${stranger.id}`, `domains/${other.id}`, `users/${'f'.repeat(32)}`]) {
    expect([path, await status('GET', `/v3/${path}`, { token })]).toEqual([path, 403]);
  }
  const make = (domain_id: string) =>
    status('POST', '/v3/users', { token, body: { user: { name: 'new', domain_id } } });
  expect([await make(own.id), await make(other.id)]).toEqual([201, 403]);
  expect(await status('PATCH', `/v3/domains/${own.id}`, { token, body: { domain: { enabled: false } } })).toBe(403);
});

test('a user without a role sees itself, its projects and groups, and nobody else', async () => {
  const [user, other] = [await cloud.makeUser(), await cloud.makeUser()];
  const project = await cloud.makeProject();
  await cloud.grant(`users/${user.id}`, 'member', `projects/${project.id}`);
  const token = await cloud.token({ id: user.id }, { project: { id: project.id } });
  const seen = async (path: string) => await status('GET', path, { token });
  expect(await seen(`/v3/users/${user.id}`)).toBe(200);
  expect((await cloud.call('GET', `/v3/users/${user.id}/projects`, undefined, token)).projects).toEqual([project]);
  expect(await seen(`/v3/users/${user.id}/groups`)).toBe(200);
  for (const path of ['users', 'projects', 'domains', 'groups', `users/${other.id}`, `users/${other.id}/projects`]) {
    expect([path, await seen(`/v3/${path}`)]).toEqual([path, 403]);
  }
  expect(await status('GET', '/v3/users', { token: null })).toBe(401);
});

test('the default project is where a token without a scope is for, as long as it can be used', async () => {
  const project = await cloud.makeProject();
  const user = await cloud.makeUser({ default_project_id: project.id });
  const scoped = async () => (await cloud.authenticate({ id: user.id, password: PASSWORD })).body.token.project?.id;
  expect(await scoped()).toBeUndefined();
  await cloud.grant(`users/${user.id}`, 'member', `projects/${project.id}`);
  expect(await scoped()).toBe(project.id);
  await cloud.call('DELETE', `/v3/projects/${project.id}`);
  expect(await scoped()).toBeUndefined();
  expect((await cloud.call('GET', `/v3/users/${user.id}`)).user).not.toHaveProperty('default_project_id');
});
