import { afterEach, beforeEach, expect, test } from 'vitest';
import { IdentityFixture } from '../testing/identity.fixture.ts';

let cloud: IdentityFixture;
beforeEach(async () => {
  cloud = await IdentityFixture.open();
});
afterEach(async () => {
  await cloud.close();
});

async function makeService(type = 'backup') {
  return (await cloud.call('POST', '/v3/services', { service: { type, name: type, description: 'Copies' } })).service;
}

async function makeEndpoint(values: object) {
  const endpoint = { interface: 'public', url: 'https://example.org/%(project_id)s', ...values };
  return (await cloud.call('POST', '/v3/endpoints', { endpoint })).endpoint;
}

async function catalogTypes(): Promise<string[]> {
  const { catalog } = await cloud.call('GET', '/v3/auth/catalog');
  return catalog.map(({ type }: { type: string }) => type).sort();
}

test('regions stand in a tree, keep what else they are given, and go with their children unless endpoints use them', async () => {
  const { region } = await cloud.call('PUT', '/v3/regions/north', { region: { description: 'Up', colour: 'blue' } });
  expect(region).toMatchObject({ id: 'north', description: 'Up', parent_region_id: null, colour: 'blue' });
  const child = (await cloud.call('POST', '/v3/regions', { region: { parent_region_id: 'north' } })).region;
  expect((await cloud.call('GET', '/v3/regions?parent_region_id=north')).regions).toEqual([child]);
  const circle = await cloud.send('PATCH', '/v3/regions/north', { body: { region: { parent_region_id: child.id } } });
  expect(circle.status).toBe(400);
  expect((await cloud.send('PUT', '/v3/regions/north', { body: { region: {} } })).status).toBe(409);
  expect((await cloud.send('POST', '/v3/regions', { body: { region: { parent_region_id: 'no' } } })).status).toBe(404);

  const service = await makeService();
  const endpoint = await makeEndpoint({ service_id: service.id, region: child.id });
  expect((await cloud.send('DELETE', '/v3/regions/north')).status).toBe(403);
  await cloud.call('DELETE', `/v3/endpoints/${endpoint.id}`);
  expect((await cloud.send('DELETE', '/v3/regions/north')).status).toBe(204);
  expect((await cloud.send('GET', `/v3/regions/${child.id}`)).status).toBe(404);
});

test('services and endpoints are found in catalogues as they are now', async () => {
  const service = await makeService();
  expect(service).toMatchObject({ type: 'backup', description: 'Copies', enabled: true });
  const endpoint = await makeEndpoint({ service_id: service.id, region: 'south' });
  expect(endpoint).toMatchObject({ region: 'south', region_id: 'south', enabled: true });
  expect((await cloud.call('GET', '/v3/regions/south')).region.id).toBe('south');
  const { catalog } = await cloud.call('GET', '/v3/auth/catalog');
  const own = catalog.find(({ type }: { type: string }) => type === 'identity').endpoints[0];
  expect(own.url).toBe('http://localhost:80/identity');
  const shown = catalog.find(({ type }: { type: string }) => type === 'backup').endpoints[0];
  expect(shown.url).toMatch(/^https:\/\/example\.org\/[0-9a-f]{32}$/);
  await cloud.call('PATCH', `/v3/endpoints/${endpoint.id}`, { endpoint: { enabled: false } });
  const later = (await cloud.call('GET', '/v3/auth/catalog')).catalog;
  expect(later.find(({ type }: { type: string }) => type === 'backup').endpoints).toEqual([]);
  await cloud.call('PATCH', `/v3/services/${service.id}`, { service: { enabled: false } });
  expect(await catalogTypes()).toEqual(['compute', 'identity', 'image', 'network', 'placement']);
  await cloud.call('DELETE', `/v3/services/${service.id}`);
  expect((await cloud.send('GET', `/v3/endpoints/${endpoint.id}`)).status).toBe(404);
});

test('endpoints with wrong values are refused by name', async () => {
  const { id: service_id } = await makeService();
  const good = { service_id, interface: 'public', url: 'https://example.org' };
  const wrong: [object, string][] = [
    [{ enabled: 'True' }, 'endpoint.enabled'],
    [{ interface: 'private' }, 'endpoint.interface'],
    [{ url: 'https://example.org/%(password)s' }, 'password'],
    [{ url: 'nowhere' }, 'endpoint.url'],
    [{ service_id: 'none' }, 'service_id'],
    [{ region_id: 'none' }, 'region_id'],
  ];
  for (const [values, named] of wrong) {
    const answer = await cloud.send('POST', '/v3/endpoints', { body: { endpoint: { ...good, ...values } } });
    expect([answer.status, answer.body.error.message]).toEqual([400, expect.stringContaining(named)]);
  }
});

test('a project sees only the endpoints it was given, singly or by a group', async () => {
  const { id: service_id } = await makeService();
  const endpoint = await makeEndpoint({ service_id });
  const { project } = (await cloud.call('GET', '/v3/auth/projects')).projects.map((one: object) => ({
    project: one,
  }))[0];
  const path = `/v3/OS-EP-FILTER/projects/${project.id}/endpoints/${endpoint.id}`;
  expect((await cloud.send('GET', path)).status).toBe(404);
  expect((await cloud.send('PUT', path)).status).toBe(204);
  expect((await cloud.send('HEAD', path)).status).toBe(204);
  expect(await catalogTypes()).toEqual(['backup']);
  const identityService = (await cloud.call('GET', '/v3/services?type=identity')).services[0].id;
  const group = { name: 'people', filters: { service_id: identityService, interface: 'public' } };
  const { id } = (await cloud.call('POST', '/v3/OS-EP-FILTER/endpoint_groups', { endpoint_group: group }))
    .endpoint_group;
  await cloud.call('PUT', `/v3/OS-EP-FILTER/endpoint_groups/${id}/projects/${project.id}`);
  expect(await catalogTypes()).toEqual(['backup', 'identity']);
  const list = async (below: string) => await cloud.call('GET', `/v3/OS-EP-FILTER/${below}`);
  expect((await list(`projects/${project.id}/endpoints`)).endpoints).toHaveLength(2);
  expect((await list(`projects/${project.id}/endpoint_groups`)).endpoint_groups).toMatchObject([{ id }]);
  expect((await list(`endpoint_groups/${id}/endpoints`)).endpoints).toHaveLength(1);
  expect((await list(`endpoint_groups/${id}/projects`)).projects).toEqual([project]);
  expect((await list(`endpoints/${endpoint.id}/projects`)).projects).toEqual([project]);
  await cloud.call('DELETE', path);
  await cloud.call('DELETE', `/v3/OS-EP-FILTER/endpoint_groups/${id}/projects/${project.id}`);
  expect(await catalogTypes()).toHaveLength(6);
});

test('what tokens carry follows each change at once, though it is not read anew for each', async () => {
  const carried = async () => {
    const { catalog } = await cloud.call('GET', '/v3/auth/catalog');
    return catalog
      .filter(({ type }: { type: string }) => type === 'backup' || type === 'vault')
      .map((one: { type: string; endpoints: { url: string }[] }) => [one.type, ...one.endpoints.map(({ url }) => url)]);
  };
  expect(await carried()).toEqual([]);
  const { id: service_id } = await makeService();
  expect(await carried()).toEqual([['backup']]);
  const { id } = await makeEndpoint({ service_id, url: 'https://a.example' });
  expect(await carried()).toEqual([['backup', 'https://a.example']]);
  await cloud.call('PATCH', `/v3/endpoints/${id}`, { endpoint: { url: 'https://b.example' } });
  expect(await carried()).toEqual([['backup', 'https://b.example']]);
  await cloud.call('PATCH', `/v3/services/${service_id}`, { service: { type: 'vault' } });
  expect(await carried()).toEqual([['vault', 'https://b.example']]);

  const project = (await cloud.call('GET', '/v3/auth/projects')).projects[0].id;
  const group = { name: 'one', filters: { service_id, interface: 'admin' } };
  const made = (await cloud.call('POST', '/v3/OS-EP-FILTER/endpoint_groups', { endpoint_group: group })).endpoint_group;
  const given = `/v3/OS-EP-FILTER/endpoint_groups/${made.id}/projects/${project}`;
  await cloud.call('PUT', given);
  await cloud.call('PUT', `/v3/OS-EP-FILTER/projects/${project}/endpoints/${id}`);
  expect(await catalogTypes()).toEqual(['vault']);
  const filters = { interface: 'public' };
  await cloud.call('PATCH', `/v3/OS-EP-FILTER/endpoint_groups/${made.id}`, { endpoint_group: { filters } });
  expect(await catalogTypes()).toHaveLength(6);
  await cloud.call('DELETE', given);
  expect(await catalogTypes()).toEqual(['vault']);
  await cloud.call('DELETE', `/v3/endpoints/${id}`);
  expect(await catalogTypes()).toHaveLength(6);
  await cloud.call('DELETE', `/v3/services/${service_id}`);
  expect(await carried()).toEqual([]);
});

test('the nearest policy is the one of an endpoint', async () => {
  const { id: service_id } = await makeService();
  const endpoint = await makeEndpoint({ service_id, region: 'south' });
  const make = async (type: string) =>
    (await cloud.call('POST', '/v3/policies', { policy: { type, blob: '{}' } })).policy;
  const [far, near] = [await make('far'), await make('near')];
  const shown = `/v3/endpoints/${endpoint.id}/OS-ENDPOINT-POLICY/policy`;
  expect((await cloud.send('GET', shown)).status).toBe(404);
  await cloud.call('PUT', `/v3/policies/${far.id}/OS-ENDPOINT-POLICY/services/${service_id}`);
  expect((await cloud.call('GET', shown)).policy.id).toBe(far.id);
  const region = `/v3/policies/${near.id}/OS-ENDPOINT-POLICY/services/${service_id}/regions/south`;
  await cloud.call('PUT', region);
  expect((await cloud.send('HEAD', region)).status).toBe(204);
  expect((await cloud.call('GET', shown)).policy.id).toBe(near.id);
  const { endpoints } = await cloud.call('GET', `/v3/policies/${near.id}/OS-ENDPOINT-POLICY/endpoints`);
  expect(endpoints).toMatchObject([{ id: endpoint.id }]);
  await cloud.call('DELETE', region);
  expect((await cloud.call('GET', shown)).policy.id).toBe(far.id);
});

test("a consumer's secret is shown once and cannot be set", async () => {
  const path = '/v3/OS-OAUTH1/consumers';
  const { consumer } = await cloud.call('POST', path, { consumer: { description: 'App', secret: 'mine' } });
  expect(consumer.secret).toMatch(/^[0-9a-f]{64}$/);
  const { secret, ...rest } = consumer;
  expect((await cloud.call('GET', `${path}/${consumer.id}`)).consumer).toEqual(rest);
  const changed = await cloud.send('PATCH', `${path}/${consumer.id}`, { body: { consumer: { secret } } });
  expect(changed.status).toBe(400);
  const renamed = (await cloud.call('PATCH', `${path}/${consumer.id}`, { consumer: { description: 'B' } })).consumer;
  expect(renamed).toEqual({ ...rest, description: 'B' });
});

test('lists are filtered by stored attributes of any name', async () => {
  const named = { 'a.b': 'Dot', 'say "so"': 'Quote', '[0]': 'Bracket', isGreen: true };
  const { region } = await cloud.call('POST', '/v3/regions', { region: { id: 'odd', ...named } });
  for (const [name, value] of Object.entries(named)) {
    const found = await cloud.call(
      'GET',
      `/v3/regions?${encodeURIComponent(name)}__icontains=${String(value).slice(1)}`,
    );
    expect([name, found.regions]).toEqual([name, [region]]);
  }
  for (const name of ['a', 'b', '$', '"', 'a.', 'isGreen']) {
    const { regions } = await cloud.call('GET', `/v3/regions?${encodeURIComponent(name)}__contains=1`);
    expect([name, regions]).toEqual([name, []]);
  }
});
