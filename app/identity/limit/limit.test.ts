import { afterAll, beforeAll, expect, test } from 'vitest';
import { IdentityFixture } from '../testing/identity.fixture.ts';

let cloud: IdentityFixture;
let serviceId: string;
beforeAll(async () => {
  cloud = await IdentityFixture.open();
  serviceId = (await cloud.call('GET', '/v3/services?type=compute')).services[0].id;
});
afterAll(async () => await cloud.close());

let count = 0;
async function register(values: object = {}) {
  count += 1;
  const one = { service_id: serviceId, resource_name: `thing-${count}`, default_limit: 10, ...values };
  const { registered_limits } = await cloud.call('POST', '/v3/registered_limits', { registered_limits: [one] });
  return registered_limits[0];
}
async function limit(of: { resource_name: string; region_id?: string | null }, values: object) {
  const { resource_name, region_id = null } = of;
  return { service_id: serviceId, resource_name, region_id, resource_limit: 5, ...values };
}
const post = async (...limits: object[]) => await cloud.send('POST', '/v3/limits', { body: { limits } });
const make = async (of: { resource_name: string }, values: object) => {
  const { status, body } = await post(await limit(of, values));
  expect([status, body]).toEqual([201, { limits: [expect.anything()] }]);
  return body.limits[0];
};
async function status(method: 'GET' | 'PATCH' | 'POST' | 'DELETE', path: string, body?: unknown, token = cloud.admin) {
  return (await cloud.send(method, path, { body, token })).status;
}

test('services register what can be limited: once for each service, region and resource, all of them or none', async () => {
  const one = { service_id: serviceId, resource_name: 'widgets', default_limit: 10 };
  const there = { ...one, region_id: 'RegionOne', default_limit: -1, description: 'Small ones' };
  const made = await cloud.send('POST', '/v3/registered_limits', { body: { registered_limits: [one, there] } });
  expect(made.status).toBe(201);
  expect(made.body).toEqual({
    registered_limits: [
      {
        ...one,
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        region_id: null,
        description: null,
        links: { self: expect.stringMatching(/\/identity\/v3\/registered_limits\/[0-9a-f]{32}$/) },
      },
      expect.objectContaining(there),
    ],
  });
  const other = { ...one, resource_name: 'gadgets' };
  expect(await status('POST', '/v3/registered_limits', { registered_limits: [other, one] })).toBe(409);
  expect(await status('POST', '/v3/registered_limits', { registered_limits: [other, other] })).toBe(409);
  const found = async (query: string) =>
    (await cloud.call('GET', `/v3/registered_limits?${query}`)).registered_limits.map((each: object) => each);
  expect(await found('resource_name=gadgets')).toEqual([]);
  expect(await found('resource_name=widgets')).toHaveLength(2);
  expect(await found('resource_name__icontains=DGET')).toHaveLength(2);
  expect(await found(`service_id=${serviceId}&region_id=RegionOne`)).toEqual([made.body.registered_limits[1]]);
  const path = `/v3/registered_limits/${made.body.registered_limits[0].id}`;
  expect(await status('PATCH', path, { registered_limit: { region_id: 'RegionOne' } })).toBe(409);
  const change = { resource_name: 'wheels', default_limit: 0, description: 'Round' };
  expect((await cloud.call('PATCH', path, { registered_limit: change })).registered_limit).toMatchObject(change);
  expect((await cloud.send('HEAD', path)).status).toBe(200);
  expect(await status('DELETE', path)).toBe(204);
  expect([await status('GET', path), await status('PATCH', path, { registered_limit: {} })]).toEqual([404, 404]);
});

test.for<[object, string]>([
  [{ service_id: undefined }, 'registered_limits.0.service_id'],
  [{ service_id: 'none' }, 'service_id'],
  [{ region_id: 'none' }, 'region_id'],
  [{ resource_name: ' ' }, 'registered_limits.0.resource_name'],
  [{ default_limit: '10' }, 'registered_limits.0.default_limit'],
  [{ default_limit: -2 }, 'registered_limits.0.default_limit'],
  [{ default_limit: 2 ** 31 }, 'registered_limits.0.default_limit'],
  [{ description: 'x'.repeat(256) }, 'registered_limits.0.description'],
  [{ id: 'mine' }, 'registered_limits.0.id'],
])('a registered limit with %j is refused by name', async ([values, named]) => {
  const one = { service_id: serviceId, resource_name: 'bad', default_limit: 1, ...values };
  const { status, body } = await cloud.send('POST', '/v3/registered_limits', { body: { registered_limits: [one] } });
  expect([status, body.error.message]).toEqual([400, expect.stringContaining(named)]);
});

test('projects and domains have limits of their own, once for what is registered', async () => {
  const registered = await register({ region_id: 'RegionOne' });
  const project = await cloud.makeProject();
  const domain = await cloud.makeDomain();
  const mine = await make(registered, { project_id: project.id, description: 'Few' });
  expect(mine).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{32}$/),
    service_id: serviceId,
    region_id: 'RegionOne',
    resource_name: registered.resource_name,
    project_id: project.id,
    domain_id: null,
    resource_limit: 5,
    description: 'Few',
    links: { self: expect.stringMatching(/\/identity\/v3\/limits\/[0-9a-f]{32}$/) },
  });
  const ofDomain = await make(registered, { project_id: domain.id });
  expect(ofDomain).toMatchObject({ project_id: null, domain_id: domain.id });
  for (const values of [{ project_id: project.id }, { domain_id: domain.id }]) {
    expect((await post(await limit(registered, values))).status).toBe(409);
  }
  const path = `/v3/limits/${mine.id}`;
  expect((await cloud.call('PATCH', path, { limit: { resource_limit: 0 } })).limit).toEqual({
    ...mine,
    resource_limit: 0,
  });
  expect((await cloud.call('PATCH', path, { limit: { description: null } })).limit.description).toBe(null);
  for (const name of ['project_id', 'service_id', 'region_id', 'resource_name', 'domain_id', 'id']) {
    const { status, body } = await cloud.send('PATCH', path, { body: { limit: { [name]: 'x' } } });
    expect([status, body.error.message]).toEqual([400, expect.stringContaining(`limit.${name}`)]);
  }
  const reference = `/v3/registered_limits/${registered.id}`;
  expect(await status('DELETE', reference)).toBe(403);
  expect(await status('PATCH', reference, { registered_limit: { default_limit: 1 } })).toBe(403);
  expect(await status('DELETE', path)).toBe(204);
  expect([await status('GET', path), await status('PATCH', path, { limit: {} })]).toEqual([404, 404]);
  await cloud.call('PATCH', `/v3/domains/${domain.id}`, { domain: { enabled: false } });
  await cloud.call('DELETE', `/v3/domains/${domain.id}`);
  expect(await status('GET', `/v3/limits/${ofDomain.id}`)).toBe(404);
  expect(await status('DELETE', reference)).toBe(204);
});

test('limits that cannot be are refused, and with them those made along', async () => {
  const registered = await register();
  const { id } = await cloud.makeProject();
  const good = await limit(registered, { project_id: id });
  const wrong: [object, number, string][] = [
    [{ resource_name: 'never registered' }, 403, 'registered limit'],
    [{ region_id: 'RegionOne' }, 403, 'registered limit'],
    [{ service_id: 'none' }, 400, 'service_id'],
    [{ region_id: 'none' }, 400, 'region_id'],
    [{ project_id: 'none' }, 400, 'project_id'],
    [{ project_id: undefined, domain_id: id }, 400, 'domain_id'],
    [{ domain_id: 'default' }, 400, 'limits.1.'],
    [{ project_id: undefined }, 400, 'limits.1.project_id'],
    [{ resource_limit: 'many' }, 400, 'limits.1.resource_limit'],
    [{ resource_limit: -2 }, 400, 'limits.1.resource_limit'],
    [{ colour: 'blue' }, 400, 'limits.1.colour'],
  ];
  for (const [values, code, named] of wrong) {
    const { status, body } = await post(good, { ...good, ...values });
    expect([values, status, body.error.message]).toEqual([values, code, expect.stringContaining(named)]);
  }
  expect((await post()).status).toBe(400);
  expect((await cloud.call('GET', `/v3/limits?project_id=${id}`)).limits).toEqual([]);
});

test('everybody reads what is registered, and the limits of where the token is for', async () => {
  const registered = await register();
  const domain = await cloud.makeDomain();
  const [project, elsewhere] = [await cloud.makeProject({ domain_id: domain.id }), await cloud.makeProject()];
  const ofProject = await make(registered, { project_id: project.id });
  const ofDomain = await make(registered, { domain_id: domain.id });
  const ofOther = await make(registered, { project_id: elsewhere.id });
  const { id } = await cloud.makeUser();
  await cloud.grant(`users/${id}`, 'reader', `projects/${project.id}`);
  await cloud.grant(`users/${id}`, 'reader', `domains/${domain.id}`);
  const inProject = await cloud.token({ id }, { project: { id: project.id } });
  const inDomain = await cloud.token({ id }, { domain: { id: domain.id } });
  const unscoped = await cloud.token({ id }, 'unscoped');
  await cloud.grant(`users/${id}`, 'reader', 'system');
  const inSystem = await cloud.token({ id }, { system: { all: true } });

  const ids = async (token: string, query = '') =>
    (await cloud.call('GET', `/v3/limits?resource_name=${registered.resource_name}${query}`, undefined, token)).limits
      .map((each: { id: string }) => each.id)
      .sort();
  const sorted = (...limits: { id: string }[]) => limits.map((each) => each.id).sort();
  expect(await ids(inProject)).toEqual([ofProject.id]);
  expect(await ids(inProject, `&project_id=${elsewhere.id}`)).toEqual([]);
  expect(await ids(inDomain)).toEqual(sorted(ofProject, ofDomain));
  expect(await ids(unscoped)).toEqual([]);
  for (const token of [inSystem, cloud.admin]) {
    expect(await ids(token)).toEqual(sorted(ofProject, ofDomain, ofOther));
    expect(await ids(token, `&domain_id=${domain.id}`)).toEqual([ofDomain.id]);
    expect(await ids(token, '&project_id__contains=nowhere')).toEqual([]);
  }
  const reads = async (token: string) =>
    await Promise.all(
      [ofProject, ofDomain, ofOther].map((each) => status('GET', `/v3/limits/${each.id}`, null, token)),
    );
  expect(await reads(inProject)).toEqual([200, 403, 403]);
  expect(await reads(inDomain)).toEqual([200, 200, 403]);
  expect(await reads(inSystem)).toEqual([200, 200, 200]);
  expect(await status('GET', '/v3/limits/none', undefined, inProject)).toBe(403);
  for (const token of [inProject, inDomain, unscoped, inSystem]) {
    expect(await status('GET', `/v3/registered_limits/${registered.id}`, undefined, token)).toBe(200);
    expect((await cloud.call('GET', '/v3/limits/model', undefined, token)).model.name).toBe('flat');
    const body = { limits: [await limit(registered, { project_id: project.id })] };
    expect(await status('POST', '/v3/limits', body, token)).toBe(403);
    expect(await status('PATCH', `/v3/limits/${ofProject.id}`, { limit: { resource_limit: 9 } }, token)).toBe(403);
    expect(await status('DELETE', `/v3/limits/${ofProject.id}`, undefined, token)).toBe(403);
    expect(await status('DELETE', `/v3/registered_limits/${registered.id}`, undefined, token)).toBe(403);
  }
});

test('the projects above and below one are shown with their limits where that is asked for', async () => {
  const registered = await register();
  const parent = await cloud.makeProject();
  const child = await cloud.makeProject({ parent_id: parent.id });
  const { links: _, ...mine } = await make(registered, { project_id: child.id });
  const { user } = (await cloud.call('GET', '/v3/users?name=admin')).users.map((each: object) => ({ user: each }))[0];
  for (const { id } of [parent, child]) await cloud.grant(`users/${user.id}`, 'member', `projects/${id}`);
  const show = async (query: string) => (await cloud.call('GET', `/v3/projects/${parent.id}?${query}`)).project;
  expect((await show('subtree_as_list&include_limits')).subtree).toMatchObject([{ project: { limits: [mine] } }]);
  expect((await show('subtree_as_list')).subtree[0].project).not.toHaveProperty('limits');
  const below = await cloud.call('GET', `/v3/projects/${child.id}?parents_as_list=1&include_limits=1`);
  expect(below.project.parents[0].project).toMatchObject({ id: parent.id, limits: [] });
});

test('limits stay when the service or the region they name is deleted, and can be changed and taken away', async () => {
  const { service } = await cloud.call('POST', '/v3/services', { service: { type: 'shelf', name: 'shelf' } });
  const { region } = await cloud.call('POST', '/v3/regions', { region: { id: 'attic' } });
  const registered = await register({ service_id: service.id, region_id: region.id });
  const project = await cloud.makeProject();
  const wanted = { project_id: project.id, service_id: service.id };
  const { body } = await post(await limit(registered, wanted));
  const [made] = body.limits;
  expect(await status('DELETE', `/v3/services/${service.id}`)).toBe(204);
  expect(await status('DELETE', `/v3/regions/${region.id}`)).toBe(204);
  expect((await cloud.call('GET', `/v3/limits/${made.id}`)).limit).toEqual(made);
  const path = `/v3/registered_limits/${registered.id}`;
  expect((await cloud.call('GET', path)).registered_limit).toEqual(registered);
  expect((await post(await limit(registered, wanted))).status).toBe(400);
  expect(await status('PATCH', `/v3/limits/${made.id}`, { limit: { resource_limit: 7 } })).toBe(200);
  expect(await status('DELETE', `/v3/limits/${made.id}`)).toBe(204);
  expect(await status('PATCH', path, { registered_limit: { default_limit: 3 } })).toBe(200);
  expect(await status('DELETE', path)).toBe(204);
});
