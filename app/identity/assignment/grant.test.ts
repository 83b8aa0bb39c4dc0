import { afterAll, beforeAll, expect, test } from 'vitest';
import { IdentityFixture } from '../testing/identity.fixture.ts';

let fixture: IdentityFixture;
beforeAll(async () => {
  fixture = await IdentityFixture.open();
});
afterAll(async () => await fixture.close());

type Method = Parameters<IdentityFixture['send']>[0];
async function status(method: Method, path: string, token = fixture.admin): Promise<number> {
  return (await fixture.send(method, path, { token })).status;
}

async function world() {
  const domain = await fixture.makeDomain();
  const at = { domain_id: domain.id };
  const project = await fixture.makeProject(at);
  const below = await fixture.makeProject({ ...at, parent_id: project.id });
  const user = await fixture.makeUser(at);
  const group = await fixture.makeGroup(at);
  await fixture.call('PUT', `/v3/groups/${group.id}/users/${user.id}`);
  const role = (await fixture.call('POST', '/v3/roles', { role: { name: `role of ${domain.name}` } })).role;
  return { domain, project, below, user, group, role };
}

async function effective(query: string, token = fixture.admin) {
  return (await fixture.call('GET', `/v3/role_assignments?effective&${query}`, undefined, token)).role_assignments;
}

test('every kind of grant is made, seen, listed and taken away', async () => {
  const { domain, project, user, group, role } = await world();
  for (const actor of [`users/${user.id}`, `groups/${group.id}`]) {
    const own = [`/v3/projects/${project.id}`, `/v3/domains/${domain.id}`, '/v3/system'].map((on) => [on, '']);
    const below = [`projects/${project.id}`, `domains/${domain.id}`].map((on) => [
      `/v3/OS-INHERIT/${on}`,
      '/inherited_to_projects',
    ]);
    for (const [on, end] of [...own, ...below]) {
      const list = `${on}/${actor}/roles`;
      const one = `${list}/${role.id}${end}`;
      expect([one, await status('GET', one)]).toEqual([one, 404]);
      expect(await status('PUT', one)).toBe(204);
      expect(await status('PUT', one)).toBe(204);
      expect([await status('GET', one), await status('HEAD', one)]).toEqual([204, 204]);
      expect((await fixture.call('GET', list + end)).roles).toMatchObject([{ id: role.id, name: role.name }]);
      expect(await status('DELETE', one)).toBe(204);
      expect(await status('DELETE', one)).toBe(404);
      expect((await fixture.call('GET', list + end)).roles).toEqual([]);
    }
  }
});

test('a token ends with the grant it stands on, of the user or of their group', async () => {
  const { project, below, user, group, role } = await world();
  for (const [path, on] of [
    [`/v3/projects/${project.id}/users/${user.id}/roles/${role.id}`, project],
    [`/v3/projects/${project.id}/groups/${group.id}/roles/${role.id}`, project],
    [`/v3/OS-INHERIT/projects/${project.id}/groups/${group.id}/roles/${role.id}/inherited_to_projects`, below],
  ] as const) {
    await fixture.call('PUT', path);
    const token = await fixture.token({ id: user.id }, { project: { id: on.id } });
    expect(await fixture.identity.authenticate(token, 'r')).toMatchObject({ roles: [role.name] });
    await fixture.call('DELETE', path);
    expect(await fixture.identity.authenticate(token, 'r')).toBeUndefined();
  }
});

test('an effective assignment tells by which path it came', async () => {
  const { domain, project, below, user, group, role } = await world();
  const implied = (await fixture.call('POST', '/v3/roles', { role: { name: `implied in ${domain.name}` } })).role;
  await fixture.call('PUT', `/v3/roles/${role.id}/implies/${implied.id}`);
  const path = `/OS-INHERIT/projects/${project.id}/groups/${group.id}/roles/${role.id}/inherited_to_projects`;
  await fixture.call('PUT', `/v3${path}`);
  const found = await effective(`user.id=${user.id}&scope.project.id=${below.id}&include_names`);
  const root = 'http://localhost:80/identity/v3';
  const shared = {
    user: { id: user.id, name: user.name, domain: { id: domain.id, name: domain.name } },
    scope: {
      project: { id: below.id, name: below.name, domain: { id: domain.id, name: domain.name } },
      'OS-INHERIT:inherited_to': 'projects',
    },
  };
  const membership = `${root}/groups/${group.id}/users/${user.id}`;
  expect(found).toHaveLength(2);
  expect(found).toContainEqual({
    ...shared,
    role: { id: role.id, name: role.name },
    links: { assignment: root + path, membership },
  });
  expect(found).toContainEqual({
    ...shared,
    role: { id: implied.id, name: implied.name },
    links: {
      assignment: root + path,
      membership,
      prior_role: `${root}/prior_role/${implied.id}/implies/${role.id}`,
    },
  });
  const direct = await fixture.call('GET', `/v3/role_assignments?group.id=${group.id}`);
  expect(direct.role_assignments).toEqual([
    {
      role: { id: role.id },
      group: { id: group.id },
      scope: { project: { id: project.id }, 'OS-INHERIT:inherited_to': 'projects' },
      links: { assignment: root + path },
    },
  ]);
  const tree = await fixture.call('GET', `/v3/role_assignments?include_subtree&scope.project.id=${project.id}`);
  expect(tree.role_assignments).toHaveLength(1);
});

test('roles of a domain stay in it and out of tokens', async () => {
  const { domain, project, user, role } = await world();
  const local = (await fixture.call('POST', '/v3/roles', { role: { name: 'local', domain_id: domain.id } })).role;
  const elsewhere = await fixture.makeProject();
  expect(await status('PUT', `/v3/projects/${elsewhere.id}/users/${user.id}/roles/${local.id}`)).toBe(403);
  expect(await status('PUT', `/v3/system/users/${user.id}/roles/${local.id}`)).toBe(400);
  expect(await status('PUT', `/v3/roles/${role.id}/implies/${local.id}`)).toBe(403);
  await fixture.call('PUT', `/v3/projects/${project.id}/users/${user.id}/roles/${local.id}`);
  expect((await fixture.authenticate({ id: user.id }, { project: { id: project.id } })).status).toBe(401);
  await fixture.call('PUT', `/v3/roles/${local.id}/implies/${role.id}`);
  const { body } = await fixture.authenticate({ id: user.id }, { project: { id: project.id } });
  expect(body.token.roles).toEqual([{ id: role.id, name: role.name }]);
});

test('a domain’s manager gives the usual roles in the domain, and only there; its reader sees only it', async () => {
  const { domain, project, user, group } = await world();
  const manager = await fixture.makeUser({ domain_id: domain.id });
  await fixture.grant(`users/${manager.id}`, 'manager', `domains/${domain.id}`);
  const token = await fixture.token({ id: manager.id }, { domain: { id: domain.id } });
  const elsewhere = await fixture.makeProject();
  const give = async (actor: string, role: string, on: string) =>
    await status('PUT', `/v3/projects/${on}/${actor}/roles/${await fixture.roleId(role)}`, token);
  expect(await give(`users/${user.id}`, 'member', project.id)).toBe(204);
  expect(await give(`groups/${group.id}`, 'manager', project.id)).toBe(204);
  expect(await give(`users/${user.id}`, 'admin', project.id)).toBe(403);
  expect(await give(`users/${user.id}`, 'member', elsewhere.id)).toBe(403);
  expect(await give('users/nobody', 'member', project.id)).toBe(403);
  const seen = await effective('', token);
  const places = seen.map(
    ({ scope }: { scope: Record<string, { id: string }> }) => (scope.project ?? scope.domain)?.id,
  );
  expect(new Set(places)).toEqual(new Set([project.id, domain.id]));
  expect(await status('GET', `/v3/role_assignments?include_subtree&scope.project.id=${elsewhere.id}`, token)).toBe(403);
  const plain = await fixture.token({ id: user.id }, { project: { id: project.id } });
  expect(await status('GET', '/v3/role_assignments', plain)).toBe(403);
  expect(await status('GET', '/v3/roles', plain)).toBe(403);
});

test('what is deleted takes its assignments with it', async () => {
  const { domain, project, user, group, role } = await world();
  const count = async () =>
    (await fixture.call('GET', `/v3/role_assignments?role.id=${role.id}`)).role_assignments.length;
  const doomed = await fixture.makeUser({ domain_id: domain.id });
  for (const path of [
    `/v3/projects/${project.id}/users/${doomed.id}`,
    `/v3/domains/${domain.id}/groups/${group.id}`,
    `/v3/system/users/${user.id}`,
  ]) {
    await fixture.call('PUT', `${path}/roles/${role.id}`);
  }
  expect(await count()).toBe(3);
  await fixture.call('DELETE', `/v3/users/${doomed.id}`);
  expect(await count()).toBe(2);
  await fixture.call('DELETE', `/v3/groups/${group.id}`);
  expect(await count()).toBe(1);
  await fixture.call('DELETE', `/v3/roles/${role.id}`);
  expect(await count()).toBe(0);
});

test.for([
  'scope.domain.id=a&scope.project.id=b',
  'scope.system=all&scope.project.id=b',
  'user.id=a&group.id=b',
  'effective&group.id=a',
  'include_subtree',
  'user.id=a&user.id=b',
])('%s makes no sense', async (query) => {
  expect(await status('GET', `/v3/role_assignments?${query}`)).toBe(400);
});

test('whoever works in a project hears who gave whom which role there, once', async () => {
  const { domain, project, user, group, role } = await world();
  const heard = async (visibleTo: string) => {
    const events = await fixture.events.list({ resourceType: 'role_assignment', visibleTo, limit: 20 });
    return events.map(({ type, payload }) => [type.split('.').at(-1), payload.initiator_name, payload.name]);
  };
  const direct = `/v3/projects/${project.id}/users/${user.id}/roles/${role.id}`;
  const inherited = `/v3/OS-INHERIT/projects/${project.id}/groups/${group.id}/roles/${role.id}/inherited_to_projects`;
  for (const path of [direct, direct, inherited, `/v3/domains/${domain.id}/users/${user.id}/roles/${role.id}`]) {
    expect(await status('PUT', path)).toBe(204);
  }
  expect(await status('DELETE', direct)).toBe(204);
  expect(await heard(project.id)).toEqual([
    ['deleted', 'admin', user.name],
    ['created', 'admin', group.name],
    ['created', 'admin', user.name],
  ]);
  const [last] = await fixture.events.list({ resourceType: 'role_assignment', visibleTo: project.id, limit: 1 });
  const names = { role_name: role.name, target_name: project.name, inherited_to_projects: false };
  expect(last?.payload).toMatchObject({ user_id: user.id, project_id: project.id, role_id: role.id, ...names });
  expect(await heard('elsewhere')).toEqual([]);
});
