import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ImageFixture, startImages } from '../testing/image.fixture.ts';
import { loadMetadefs } from './default-metadefs.ts';

const FILE = fileURLToPath(new URL('../../../assets/metadefs.json', import.meta.url));
const ROOT = '/v2/metadefs/namespaces';

let fixture: ImageFixture;
beforeAll(async () => {
  fixture = await startImages();
  await fixture.images.metadefs.addDefaults(() => loadMetadefs(FILE));
});
afterAll(async () => {
  await fixture.close();
});

const asAdmin = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  fixture.ask('admin', method, path, body, headers);
const asAlice = (method: string, path: string, body?: unknown) => fixture.ask('alice', method, path, body);
const STAMP = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const TIMES = { created_at: STAMP, updated_at: STAMP };

const WHOLE = {
  namespace: 'Acme::Racks',
  display_name: 'Racks',
  description: 'Where it stands.',
  visibility: 'public',
  protected: false,
  resource_type_associations: [{ name: 'OS::Nova::Flavor', prefix: 'acme:' }, { name: 'Acme::Rack' }],
  properties: { row: { title: 'Row', type: 'integer', minimum: 1, default: 1 } },
  objects: [
    {
      name: 'Power',
      description: 'What it draws.',
      required: ['watts'],
      properties: { watts: { title: 'Watts', type: 'integer' } },
    },
  ],
  tags: [{ name: 'rack' }],
};

test('a namespace is made with all that is in it, and shown so', async () => {
  const made = await asAdmin('POST', ROOT, WHOLE);
  expect(made.status).toBe(201);
  expect(made.headers.get('location')).toBe(`${fixture.url}/image/v2/metadefs/namespaces/Acme%3A%3ARacks`);
  const self = '/v2/metadefs/namespaces/Acme::Racks';
  expect(made.body).toEqual({
    ...WHOLE,
    ...TIMES,
    owner: 'admin',
    self,
    schema: '/v2/schemas/metadefs/namespace',
    resource_type_associations: WHOLE.resource_type_associations.map((each) => ({ ...each, ...TIMES })),
    objects: [{ ...WHOLE.objects[0], ...TIMES, self: `${self}/objects/Power`, schema: '/v2/schemas/metadefs/object' }],
  });
  const shown = await asAlice('GET', `${ROOT}/Acme%3A%3ARacks`);
  expect({ ...shown.body, resource_type_associations: null }).toEqual({
    ...made.body,
    resource_type_associations: null,
  });
  expect(shown.body.resource_type_associations).toHaveLength(2);

  const types = await asAlice('GET', '/v2/metadefs/resource_types');
  expect(types.body.resource_types.map(({ name }: { name: string }) => name)).toContain('Acme::Rack');
});

test('on a type of resource the properties have its prefix', async () => {
  const { body } = await asAlice('GET', `${ROOT}/Acme::Racks?resource_type=OS::Nova::Flavor`);
  expect(Object.keys(body.properties)).toEqual(['acme:row']);
  expect(body.objects[0].required).toEqual(['acme:watts']);
  expect(Object.keys(body.objects[0].properties)).toEqual(['acme:watts']);

  const property = `${ROOT}/Acme::Racks/properties`;
  const found = await asAlice('GET', `${property}/acme:row?resource_type=OS::Nova::Flavor`);
  expect(found.body).toEqual({ name: 'row', ...WHOLE.properties.row });
  expect((await asAlice('GET', `${property}/row?resource_type=OS::Nova::Flavor`)).status).toBe(404);
  expect((await asAlice('GET', `${property}/row?resource_type=OS::Nova::Nothing`)).status).toBe(404);
});

test('a list is filtered, sorted and paged, with links', async () => {
  const names = (body: { namespaces: { namespace: string }[] }) => body.namespaces.map(({ namespace }) => namespace);
  const first = await asAlice('GET', `${ROOT}?limit=10&sort_key=namespace&sort_dir=asc`);
  expect(first.body.first).toBe(`${ROOT}?limit=10&sort_key=namespace&sort_dir=asc`);
  expect(first.body.schema).toBe('/v2/schemas/metadefs/namespaces');
  const seen = names(first.body);
  for (let next = first.body.next; next; ) {
    const page = (await asAlice('GET', next)).body;
    seen.push(...names(page));
    next = page.next;
  }
  const all = loadMetadefs(FILE).map(({ namespace }) => namespace);
  expect(seen).toEqual([...all, 'Acme::Racks'].sort());

  const aggregates = await asAlice('GET', `${ROOT}?resource_types=OS::Nova::Aggregate,Acme::Rack&limit=100`);
  expect(names(aggregates.body)).toContain('Acme::Racks');
  expect(names(aggregates.body)).toContain('OS::Compute::Hypervisor');
  expect(names(aggregates.body)).not.toContain('OS::Compute::Quota');
  const racks = aggregates.body.namespaces.find(({ namespace }: { namespace: string }) => namespace === 'Acme::Racks');
  expect(racks.resource_type_associations).toHaveLength(2);
  expect(racks.properties).toBeUndefined();

  expect((await asAlice('GET', `${ROOT}?visibility=private`)).body.namespaces).toEqual([]);
});

test.each([
  ['?limit=-1', 400, 'limit'],
  ['?limit=many', 400, 'limit'],
  ['?sort_dir=up', 400, 'sort direction'],
  ['?sort_key=id', 400, 'sort key'],
  ['?visibility=secret', 400, 'visibility'],
  ['?marker=nothing', 404, 'nothing'],
])('a list is refused: %s', async (query, status, text) => {
  const answer = await asAlice('GET', ROOT + query);
  expect([answer.status, answer.body.message]).toEqual([status, expect.stringContaining(text)]);
});

test('a private namespace is there for its project and for administrators', async () => {
  await asAdmin('POST', ROOT, { namespace: 'Alice::Own', owner: 'alice', tags: [{ name: 'hers' }] });
  const paths = ['', '/objects', '/properties', '/tags', '/tags/hers', '/resource_types'];
  for (const path of paths) {
    expect((await asAlice('GET', `${ROOT}/Alice::Own${path}`)).status, path).toBe(200);
    const other = await fixture.ask('bob', 'GET', `${ROOT}/Alice::Own${path}`);
    expect([other.status, other.body.message], path).toEqual([404, expect.stringContaining('Alice::Own')]);
  }
  const listed = (await fixture.ask('bob', 'GET', `${ROOT}?limit=1000`)).body.namespaces;
  expect(listed.map(({ namespace }: { namespace: string }) => namespace)).not.toContain('Alice::Own');
  expect((await fixture.ask('bob', 'GET', `${ROOT}?marker=Alice::Own`)).status).toBe(404);
  expect((await asAlice('GET', `${ROOT}?visibility=private`)).body.namespaces).toHaveLength(1);
});

test('only administrators change definitions', async () => {
  const tries = [
    ['POST', '', { namespace: 'Mine' }],
    ['PUT', '/Alice::Own', { namespace: 'Mine' }],
    ['DELETE', '/Alice::Own', undefined],
    ['POST', '/Alice::Own/objects', { name: 'x' }],
    ['POST', '/Alice::Own/properties', { name: 'x', title: 'x', type: 'string' }],
    ['POST', '/Alice::Own/tags', { tags: [] }],
    ['POST', '/Alice::Own/tags/x', undefined],
    ['DELETE', '/Alice::Own/tags', undefined],
    ['POST', '/Alice::Own/resource_types', { name: 'x' }],
  ] as const;
  for (const [method, path, body] of tries) {
    expect((await asAlice(method, ROOT + path, body)).status, `${method} ${path}`).toBe(403);
  }
});

test('a change sends the namespace whole', async () => {
  await asAdmin('POST', ROOT, { namespace: 'Old', display_name: 'Old', visibility: 'public', properties: {} });
  const changed = await asAdmin('PUT', `${ROOT}/Old`, { namespace: 'New', description: 'Renamed.' });
  expect(changed.body).toMatchObject({ namespace: 'New', description: 'Renamed.', visibility: 'private' });
  expect(changed.body.display_name).toBeUndefined();
  expect((await asAdmin('GET', `${ROOT}/Old`)).status).toBe(404);
  expect((await asAdmin('PUT', `${ROOT}/New`, { namespace: 'Acme::Racks' })).status).toBe(409);
  expect((await asAdmin('POST', ROOT, { namespace: 'New' })).status).toBe(409);
  expect((await asAdmin('PUT', `${ROOT}/Nothing`, { namespace: 'x' })).status).toBe(404);
});

test.each([
  [{}, 400, 'namespace'],
  [{ namespace: 'x'.repeat(81) }, 400, 'namespace'],
  [{ namespace: 'x', visibility: 'shared' }, 400, 'visibility'],
  [{ namespace: 'x', properties: { a: { type: 'text', title: 'A' } } }, 400, 'properties.a.type'],
  [{ namespace: 'x', objects: [{ name: 'o', properties: { a: { type: 'string' } } }] }, 400, 'objects.0.properties.a'],
  [{ namespace: 'x', color: 'red' }, 400, 'color'],
  [{ namespace: 'x', self: '/x' }, 403, 'self'],
  [{ namespace: 'x', created_at: 'now' }, 403, 'created_at'],
  [{ namespace: 'x', tags: [{ name: 'a' }, { name: 'a' }] }, 409, 'a'],
])('refused at creation: %j', async (body, status, text) => {
  const answer = await asAdmin('POST', ROOT, body);
  expect([answer.status, answer.body.message]).toEqual([status, expect.stringContaining(text)]);
  expect((await asAdmin('GET', `${ROOT}/x`)).status).toBe(404);
});

test('objects: made, listed, changed, deleted', async () => {
  const objects = `${ROOT}/Acme::Racks/objects`;
  const made = await asAdmin('POST', objects, {
    name: 'Cooling',
    properties: { fans: { title: 'Fans', type: 'integer' } },
  });
  expect([made.status, made.body]).toEqual([
    201,
    {
      name: 'Cooling',
      required: [],
      properties: { fans: { title: 'Fans', type: 'integer' } },
      ...TIMES,
      self: '/v2/metadefs/namespaces/Acme::Racks/objects/Cooling',
      schema: '/v2/schemas/metadefs/object',
    },
  ]);
  expect((await asAdmin('POST', objects, { name: 'Cooling' })).status).toBe(409);
  const list = (await asAlice('GET', `${objects}?sort_key=name&sort_dir=asc`)).body;
  expect(list.objects.map(({ name }: { name: string }) => name)).toEqual(['Cooling', 'Power']);
  const changed = await asAdmin('PUT', `${objects}/Cooling`, { name: 'Air', required: ['fans'] });
  expect(changed.body).toMatchObject({ name: 'Air', required: ['fans'], properties: {} });
  expect((await asAlice('GET', `${objects}/Cooling`)).status).toBe(404);
  expect((await asAlice('GET', `${objects}/Air`)).body).toEqual(changed.body);
  expect((await asAdmin('PUT', `${objects}/Air`, { name: 'Power' })).status).toBe(409);
  expect((await asAdmin('DELETE', `${objects}/Air`)).status).toBe(204);
  expect((await asAdmin('DELETE', `${objects}/Air`)).status).toBe(404);
});

test('properties: made, listed by name, changed, deleted', async () => {
  const properties = `${ROOT}/Acme::Racks/properties`;
  const sent = { name: 'side', title: 'Side', type: 'string', enum: ['left', 'right'], operators: ['<in>'] };
  expect((await asAdmin('POST', properties, sent)).body).toEqual(sent);
  expect((await asAdmin('POST', properties, sent)).status).toBe(409);
  expect((await asAdmin('POST', properties, { title: 'Side', type: 'string' })).status).toBe(400);
  const { name: _, ...definition } = sent;
  expect((await asAlice('GET', properties)).body).toEqual({
    properties: { row: WHOLE.properties.row, side: definition },
  });
  const changed = await asAdmin('PUT', `${properties}/side`, { name: 'edge', title: 'Edge', type: 'string' });
  expect(changed.body).toEqual({ name: 'edge', title: 'Edge', type: 'string' });
  expect((await asAlice('GET', `${properties}/edge`)).body).toEqual(changed.body);
  expect((await asAdmin('DELETE', `${properties}/edge`)).status).toBe(204);
  expect((await asAlice('GET', `${properties}/edge`)).status).toBe(404);
});

test('tags: one by one, and many that replace the others or are added to them', async () => {
  const tags = `${ROOT}/Acme::Racks/tags`;
  const names = async (query = '') =>
    (await asAlice('GET', tags + query)).body.tags.map(({ name }: { name: string }) => name);
  expect((await asAdmin('POST', `${tags}/one`)).body).toEqual({ name: 'one', ...TIMES });
  expect((await asAdmin('POST', `${tags}/one`)).status).toBe(409);
  expect((await asAdmin('POST', `${tags}/${'x'.repeat(81)}`)).status).toBe(400);
  expect((await names()).sort()).toEqual(['one', 'rack']);
  const replaced = await asAdmin('POST', tags, { tags: [{ name: 'a' }, { name: 'b' }] });
  expect([replaced.status, replaced.body]).toEqual([201, { tags: [{ name: 'a' }, { name: 'b' }] }]);
  expect((await names()).sort()).toEqual(['a', 'b']);
  await asAdmin('POST', tags, { tags: [{ name: 'c' }] }, { 'x-openstack-append': 'True' });
  expect(await names('?sort_key=name&sort_dir=asc')).toEqual(['a', 'b', 'c']);
  expect(await names('?sort_key=name&sort_dir=asc&limit=1&marker=a')).toEqual(['b']);
  const again = { tags: [{ name: 'd' }, { name: 'c' }] };
  expect((await asAdmin('POST', tags, again, { 'x-openstack-append': 'True' })).status).toBe(409);
  expect(await names('?sort_key=name&sort_dir=asc')).toEqual(['a', 'b', 'c']);
  expect((await asAdmin('PUT', `${tags}/a`, { name: 'z' })).body).toMatchObject({ name: 'z' });
  expect((await asAdmin('PUT', `${tags}/z`, { name: 'b' })).status).toBe(409);
  expect((await asAdmin('DELETE', `${tags}/z`)).status).toBe(204);
  expect((await asAdmin('DELETE', tags)).status).toBe(204);
  expect(await names()).toEqual([]);
});

test('a type of resource is known from the first association on, and stays known', async () => {
  const path = `${ROOT}/Acme::Racks/resource_types`;
  const made = await asAdmin('POST', path, { name: 'Acme::Room', prefix: 'room_', properties_target: 'image' });
  expect([made.status, made.body]).toEqual([
    201,
    { name: 'Acme::Room', prefix: 'room_', properties_target: 'image', ...TIMES },
  ]);
  expect((await asAdmin('POST', path, { name: 'Acme::Room' })).status).toBe(409);
  expect((await asAlice('GET', path)).body.resource_type_associations).toContainEqual(made.body);
  expect((await asAdmin('DELETE', `${path}/Acme::Room`)).status).toBe(204);
  const gone = await asAdmin('DELETE', `${path}/Acme::Room`);
  expect([gone.status, gone.body.message]).toEqual([404, expect.stringContaining('Acme::Room')]);
  const types = (await asAlice('GET', '/v2/metadefs/resource_types')).body.resource_types;
  expect(types.map(({ name }: { name: string }) => name)).toContain('Acme::Room');
});

test('what is protected is not deleted, nor anything in it', async () => {
  const path = `${ROOT}/Kept`;
  const kept = { namespace: 'Kept', protected: true };
  await asAdmin('POST', ROOT, {
    ...kept,
    properties: { p: { title: 'P', type: 'string' } },
    objects: [{ name: 'o' }],
    tags: [{ name: 't' }],
    resource_type_associations: [{ name: 'r' }],
  });
  const parts = ['/properties/p', '/objects/o', '/tags/t', '/resource_types/r', '/properties', '/objects', '/tags'];
  for (const part of ['', ...parts]) {
    const answer = await asAdmin('DELETE', path + part);
    expect([part, answer.status, answer.body.message]).toEqual([part, 403, expect.stringContaining('protected')]);
  }
  await asAdmin('PUT', path, { ...kept, protected: false });
  for (const part of [...parts, '']) {
    const { status } = await asAdmin('DELETE', path + part);
    expect([part, status]).toEqual([part, 204]);
  }
  expect((await asAdmin('GET', path)).status).toBe(404);
});

test('schemas say what is sent and answered', async () => {
  for (const [name, title] of [
    ['namespace', 'namespace'],
    ['namespaces', 'namespaces'],
    ['object', 'object'],
    ['objects', 'objects'],
    ['property', 'property'],
    ['properties', 'properties'],
    ['tag', 'tag'],
    ['tags', 'tags'],
    ['resource_type', 'resource_type_association'],
    ['resource_types', 'resource_type_associations'],
  ]) {
    expect((await asAlice('GET', `/v2/schemas/metadefs/${name}`)).body.name).toBe(title);
  }
  expect((await asAlice('GET', '/v2/schemas/metadefs/constructor')).status).toBe(404);
});

test('the usual definitions come once: what people delete of them stays away', async () => {
  const path = `${ROOT}/OS::Software::DBMS`;
  const { body } = await asAlice('GET', path);
  expect(body).toMatchObject({ visibility: 'public', protected: true });
  expect(body.owner).toBeUndefined();
  await asAdmin('PUT', path, { namespace: 'OS::Software::DBMS', visibility: 'public' });
  expect((await asAdmin('DELETE', path)).status).toBe(204);
  await fixture.images.metadefs.addDefaults(() => loadMetadefs(FILE));
  expect((await asAlice('GET', path)).status).toBe(404);
});

test('what is put into a namespace while that is deleted finds it or not', {
  meta: { asksAtRandom: true },
}, async () => {
  for (let round = 0; round < 5; round++) {
    const path = `${ROOT}/Passing${round}`;
    expect((await asAdmin('POST', ROOT, { namespace: `Passing${round}` })).status).toBe(201);
    const answers = await Promise.all([
      asAdmin('DELETE', path),
      asAdmin('POST', `${path}/objects`, { name: 'o' }),
      asAdmin('POST', `${path}/properties`, { name: 'p', title: 'P', type: 'string' }),
      asAdmin('POST', `${path}/resource_types`, { name: 'OS::Nova::Server' }),
      asAdmin('POST', `${path}/tags`, { tags: [{ name: 't' }] }),
      asAdmin('POST', `${path}/tags/one`),
    ]);
    const [deleted, ...put] = answers.map(({ status }) => status);
    expect([deleted, put.filter((status) => status !== 201 && status !== 404)]).toEqual([204, []]);
  }
});
