import { afterAll, beforeAll, expect, test } from 'vitest';
import { IdentityFixture } from '../testing/identity.fixture.ts';

let cloud: IdentityFixture;
beforeAll(async () => {
  cloud = await IdentityFixture.open();
});
afterAll(async () => await cloud.close());

const status = async (...request: Parameters<IdentityFixture['send']>) => (await cloud.send(...request)).status;
const patch = async (path: string, thing: string, change: object) =>
  await cloud.send('PATCH', path, { body: { [thing]: change } });

test('a domain is made, seen as a project, renamed, and deleted with all that is in it once it is disabled', async () => {
  const domain = await cloud.makeDomain({ colour: 'blue', tags: ['b', 'a'] });
  expect(domain).toMatchObject({ description: '', enabled: true, options: {}, tags: ['a', 'b'], colour: 'blue' });
  expect(domain).not.toHaveProperty('is_domain');
  const asProject = (await cloud.call('GET', `/v3/projects/${domain.id}`)).project;
  expect(asProject).toMatchObject({ is_domain: true, domain_id: null, parent_id: null, colour: 'blue' });
  const { domains } = await cloud.call('GET', `/v3/domains?name=${domain.name}`);
  expect(domains).toEqual([domain]);
  const { projects } = await cloud.call('GET', '/v3/projects?is_domain=true');
  expect(projects.map(({ id }: { id: string }) => id).sort()).toEqual(['default', domain.id].sort());
  expect(
    (await patch(`/v3/domains/${domain.id}`, 'domain', { name: ' renamed ', colour: 'red' })).body.domain,
  ).toMatchObject({
    name: 'renamed',
    colour: 'red',
    tags: ['a', 'b'],
  });
  const project = await cloud.makeProject({ domain_id: domain.id });
  expect(project.parent_id).toBe(domain.id);
  expect(await status('DELETE', `/v3/domains/${domain.id}`)).toBe(403);
  expect((await patch(`/v3/domains/${domain.id}`, 'domain', { enabled: false })).status).toBe(200);
  expect(await status('DELETE', `/v3/domains/${domain.id}`)).toBe(204);
  for (const path of [`domains/${domain.id}`, `projects/${project.id}`]) {
    expect(await status('GET', `/v3/${path}`)).toBe(404);
  }
  expect((await cloud.send('GET', `/v3/domains/${project.id}`)).body.error.message).toBe(
    `Could not find domain: ${project.id}.`,
  );
});

test('names are unique among domains, and among the projects of one', async () => {
  const [one, two] = [await cloud.makeDomain(), await cloud.makeDomain()];
  expect(await status('POST', '/v3/domains', { body: { domain: { name: one.name } } })).toBe(409);
  expect((await patch(`/v3/domains/${two.id}`, 'domain', { name: one.name })).status).toBe(409);
  const project = await cloud.makeProject({ domain_id: one.id });
  const again = (domain_id: string) =>
    status('POST', '/v3/projects', { body: { project: { name: project.name, domain_id } } });
  expect([await again(one.id), await again(two.id)]).toEqual([409, 201]);
});

test('an explicit domain id has to be a UUID without dashes', async () => {
  const make = (explicit_domain_id: string) =>
    cloud.send('POST', '/v3/domains', { body: { domain: { name: explicit_domain_id, explicit_domain_id } } });
  expect((await make('short')).status).toBe(400);
  const id = '0123456789abcdef0123456789abcdef';
  expect((await make(id)).body.domain).toMatchObject({ id, name: id });
});

test('projects stand in a tree of at most five, and say what is above and below', async () => {
  const chain = [await cloud.makeProject()];
  for (let depth = 1; depth < 5; depth++) chain.push(await cloud.makeProject({ parent_id: chain.at(-1).id }));
  const [top, second, , , last] = chain;
  const tooDeep = await cloud.send('POST', '/v3/projects', { body: { project: { name: 'deep', parent_id: last.id } } });
  expect(tooDeep.status).toBe(403);
  const ids = (await cloud.call('GET', `/v3/projects/${second.id}?parents_as_ids&subtree_as_ids`)).project;
  expect(ids.parents).toEqual({ [top.id]: { default: null } });
  expect(ids.subtree).toEqual({ [chain[2].id]: { [chain[3].id]: { [last.id]: null } } });
  const { user } = (await cloud.call('GET', '/v3/users?name=admin')).users.map((each: object) => ({ user: each }))[0];
  await cloud.grant(`users/${user.id}`, 'reader', `projects/${last.id}`);
  const lists = (await cloud.call('GET', `/v3/projects/${top.id}?subtree_as_list&parents_as_list`)).project;
  expect(lists.subtree).toMatchObject([{ project: { id: last.id } }]);
  expect(lists.parents).toEqual([]);
  expect(await status('GET', `/v3/projects/${top.id}?parents_as_list&parents_as_ids`)).toBe(400);
});

test('what is above must be enabled, what is below must be disabled, unless it goes with it', async () => {
  const parent = await cloud.makeProject();
  const child = await cloud.makeProject({ parent_id: parent.id });
  const set = async (id: string, enabled: boolean) =>
    (await patch(`/v3/projects/${id}`, 'project', { enabled })).status;
  expect(await set(parent.id, false)).toBe(403);
  expect(await set(child.id, false)).toBe(200);
  expect(await set(parent.id, false)).toBe(200);
  expect(await set(child.id, true)).toBe(403);
  expect(await status('POST', '/v3/projects', { body: { project: { name: 'late', parent_id: parent.id } } })).toBe(400);
  expect((await patch(`/v3/projects/${parent.id}/cascade`, 'project', { enabled: true })).status).toBe(200);
  expect((await cloud.call('GET', `/v3/projects/${child.id}`)).project.enabled).toBe(true);
  expect(await status('DELETE', `/v3/projects/${parent.id}`)).toBe(403);
  expect(await status('DELETE', `/v3/projects/${parent.id}/cascade`)).toBe(403);
  await patch(`/v3/projects/${parent.id}/cascade`, 'project', { enabled: false });
  expect(await status('DELETE', `/v3/projects/${parent.id}/cascade`)).toBe(204);
  expect(await status('GET', `/v3/projects/${child.id}`)).toBe(404);
});

test('where a project stands cannot be changed, nor what is immutable', async () => {
  const project = await cloud.makeProject({ options: { immutable: true } });
  const path = `/v3/projects/${project.id}`;
  expect((await patch(path, 'project', { name: 'other' })).status).toBe(403);
  expect(await status('PUT', `${path}/tags/a`)).toBe(403);
  expect(await status('DELETE', path)).toBe(403);
  expect((await patch(path, 'project', { options: { immutable: null } })).body.project.options).toEqual({});
  expect((await patch(path, 'project', { parent_id: 'elsewhere' })).status).toBe(403);
  for (const change of [
    { domain_id: 'elsewhere' },
    { is_domain: true },
    { id: 'x' },
    { enabled: 'yes' },
    { name: ' ' },
  ]) {
    expect([change, (await patch(path, 'project', change)).status]).toEqual([change, 400]);
  }
  expect(await status('DELETE', path)).toBe(204);
});

test('a project that is placed wrongly is refused, naming the field', async () => {
  const domain = await cloud.makeDomain();
  const elsewhere = await cloud.makeProject({ domain_id: domain.id });
  const wrong = [
    { domain_id: 'f'.repeat(32) },
    { parent_id: 'f'.repeat(32) },
    { parent_id: elsewhere.id, domain_id: 'default' },
    { parent_id: domain.id, domain_id: 'default' },
    { is_domain: true, parent_id: domain.id },
    { name: '' },
    { name: 'a'.repeat(65) },
    { tags: ['a', 'a'] },
    { tags: ['a,b'] },
    { options: { unknown: true } },
  ];
  for (const values of wrong) {
    const answer = await cloud.send('POST', '/v3/projects', { body: { project: { name: 'wrong', ...values } } });
    expect([values, answer.status]).toEqual([values, 400]);
  }
});

test('tags are set, added, asked for and taken away, and lists are narrowed by them', async () => {
  const [one, two] = [await cloud.makeProject({ tags: ['red', 'round'] }), await cloud.makeProject({ tags: ['red'] })];
  const path = `/v3/projects/${one.id}/tags`;
  const found = async (query: string) => {
    const { projects } = await cloud.call('GET', `/v3/projects?${query}`);
    return [one, two].filter(({ id }) => projects.some((project: { id: string }) => project.id === id));
  };
  expect(await found('tags=red,round')).toEqual([one]);
  expect(await found('tags-any=red,square')).toEqual([one, two]);
  expect(await found('not-tags=red,round')).toEqual([two]);
  expect(await found('not-tags-any=round')).toEqual([two]);
  const added = await cloud.send('PUT', `${path}/new`);
  expect([added.status, added.headers.location]).toEqual([201, expect.stringContaining(`${path}/new`)]);
  expect(await status('HEAD', `${path}/new`)).toBe(204);
  expect(await status('DELETE', `${path}/new`)).toBe(204);
  expect(await status('GET', `${path}/new`)).toBe(404);
  expect(await status('DELETE', `${path}/new`)).toBe(404);
  expect((await cloud.call('PUT', path, { tags: ['x'] })).tags).toEqual(['x']);
  expect(await status('DELETE', path)).toBe(204);
  expect((await cloud.call('GET', path)).tags).toEqual([]);
});

test('lists are narrowed inexactly and read in pages', async () => {
  for (const name of ['Filter-Alpha', 'filter-beta', 'filter-100%']) await cloud.makeProject({ name });
  const names = async (query: string) =>
    (await cloud.call('GET', `/v3/projects?${query}`)).projects.map(({ name }: { name: string }) => name).sort();
  expect(await names('name__contains=filter')).toEqual(['filter-100%', 'filter-beta']);
  expect(await names('name__icontains=FILTER-A')).toEqual(['Filter-Alpha']);
  expect(await names('name__startswith=filter-b')).toEqual(['filter-beta']);
  expect(await names('name__iendswith=ALPHA')).toEqual(['Filter-Alpha']);
  expect(await names('name__endswith=%25')).toEqual(['filter-100%']);
  const seen: string[] = [];
  let path: string | null = '/v3/projects?name__icontains=filter-&limit=2';
  while (path !== null) {
    const page = await cloud.call('GET', path);
    seen.push(...page.projects.map(({ name }: { name: string }) => name));
    expect(seen.length).toBeLessThanOrEqual(3);
    path = page.links.next === null ? null : String(page.links.next).split('/identity')[1]!;
  }
  expect(seen.sort()).toEqual(['Filter-Alpha', 'filter-100%', 'filter-beta']);
  expect(await status('GET', '/v3/projects?limit=none')).toBe(400);
  expect(await status('GET', '/v3/projects?marker=nowhere')).toBe(404);
});
