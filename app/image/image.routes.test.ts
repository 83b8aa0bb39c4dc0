import { afterAll, beforeAll, expect, test } from 'vitest';
import { contextOf, createImage, type ImageFixture, startImages } from './testing/image.fixture.ts';

let fixture: ImageFixture;
beforeAll(async () => {
  fixture = await startImages();
});
afterAll(async () => {
  await fixture.close();
});

test('a created image has all of Glance v2, and properties beside its attributes', async () => {
  const { status, headers, body } = await fixture.ask('alice', 'POST', '/v2/images', {
    name: 'débian <"12"> \u{1f427}\n../x',
    disk_format: 'qcow2',
    container_format: 'bare',
    min_disk: 2,
    tags: ['a', 'b', 'a'],
    os_distro: 'debian',
    constructor: 'data',
  });
  expect(status).toBe(201);
  expect(headers.get('location')).toBe(`${fixture.url}/image/v2/images/${body.id}`);
  expect(body).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    name: 'débian <"12"> \u{1f427}\n../x',
    status: 'queued',
    visibility: 'shared',
    owner: 'alice',
    disk_format: 'qcow2',
    container_format: 'bare',
    size: null,
    virtual_size: null,
    min_disk: 2,
    min_ram: 0,
    checksum: null,
    os_hash_algo: null,
    os_hash_value: null,
    protected: false,
    os_hidden: false,
    tags: ['a', 'b'],
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    updated_at: body.created_at,
    self: `/v2/images/${body.id}`,
    file: `/v2/images/${body.id}/file`,
    schema: '/v2/schemas/image',
    os_distro: 'debian',
    constructor: 'data',
  });
  expect((await fixture.ask('alice', 'GET', `/v2/images/${body.id}`)).body).toEqual(body);
});

test.each([
  [{ name: 5 }, 400, 'name'],
  [{ name: 'x'.repeat(256) }, 400, 'name'],
  [{ min_ram: -1 }, 400, 'min_ram'],
  [{ min_disk: 2 ** 40 }, 400, 'min_disk'],
  [{ disk_format: 'floppy' }, 400, 'disk_format'],
  [{ visibility: 'secret' }, 400, 'visibility'],
  [{ tags: ['a', 5] }, 400, 'tags.1'],
  [{ color: 7 }, 400, 'color'],
  [{ id: '../../etc/passwd' }, 400, 'id'],
  [{ status: 'active' }, 403, 'status'],
  [{ checksum: 'x' }, 403, 'checksum'],
  [{ deleted: 'x' }, 403, 'deleted'],
  [{ os_glance_stage_host: 'x' }, 403, 'os_glance_stage_host'],
  [{ visibility: 'public' }, 403, 'publicize_image'],
  [{ owner: 'bob' }, 403, 'add_image'],
  [[], 400, 'body'],
  [{ tags: Array.from({ length: 129 }, (_, index) => String(index)) }, 413, 'Maximum: 128'],
  [Object.fromEntries(Array.from({ length: 129 }, (_, index) => [`p${index}`, 'x'])), 413, 'Maximum: 128'],
])('refused at creation: %j', async (body, status, text) => {
  const answer = await fixture.ask('alice', 'POST', '/v2/images', body);
  expect(answer.status).toBe(status);
  expect(answer.body.message).toContain(text);
  expect(answer.body.code).toContain(String(status));
});

test('an id of the caller’s choice is taken once, whatever its case', async () => {
  const id = 'ABCDEF00-0000-4000-8000-000000000001';
  expect(await createImage(fixture, 'alice', { id })).toBe(id.toLowerCase());
  const again = await fixture.ask('bob', 'POST', '/v2/images', { id: id.toLowerCase() });
  expect([again.status, again.body.message]).toEqual([409, `Image ID ${id.toLowerCase()} already exists!`]);
});

test('another project’s image is not there unless it is public, community or shared', async () => {
  const id = await createImage(fixture, 'alice', { visibility: 'private' });
  const as = async (name: string, method: string, path = '') =>
    (await fixture.ask(name, method, `/v2/images/${id}${path}`)).status;
  expect(await as('bob', 'GET')).toBe(404);
  expect(await as('bob', 'DELETE')).toBe(404);
  expect(await as('bob', 'GET', '/file')).toBe(404);
  expect((await fixture.ask('bob', 'PUT', `/v2/images/${id}/file`, Buffer.from('x'))).status).toBe(404);
  expect((await fixture.patch('bob', id, [])).status).toBe(404);
  expect(await as('bob', 'PUT', '/tags/x')).toBe(404);
  expect(await as('bob', 'POST', '/actions/deactivate')).toBe(404);
  expect(await as('admin', 'GET')).toBe(200);

  await fixture.patch('alice', id, [{ op: 'replace', path: '/visibility', value: 'community' }]);
  expect(await as('bob', 'GET')).toBe(200);
  expect(await as('bob', 'DELETE')).toBe(403);
  expect((await fixture.patch('bob', id, [{ op: 'replace', path: '/name', value: 'mine' }])).status).toBe(403);
  expect((await fixture.ask('bob', 'PUT', `/v2/images/${id}/file`, Buffer.from('x'))).status).toBe(403);
  expect((await fixture.patch('alice', id, [{ op: 'replace', path: '/visibility', value: 'public' }])).status).toBe(
    403,
  );
  expect((await fixture.patch('alice', id, [{ op: 'replace', path: '/owner', value: 'bob' }])).status).toBe(403);
  expect((await fixture.patch('admin', id, [{ op: 'replace', path: '/owner', value: 'bob' }])).body.owner).toBe('bob');
  expect(await as('alice', 'GET', '')).toBe(200);
  expect(await as('alice', 'DELETE')).toBe(403);
});

test('readers look and do not touch', async () => {
  const id = await createImage(fixture, 'alice', { visibility: 'community' });
  expect((await fixture.ask('looker', 'GET', `/v2/images/${id}`)).status).toBe(200);
  expect((await fixture.ask('looker', 'POST', '/v2/images', {})).status).toBe(403);
  expect((await fixture.ask('looker', 'DELETE', `/v2/images/${id}`)).status).toBe(403);
});

test('a project joins a shared image by being offered it, and sees it in lists once it accepts', async () => {
  const id = await createImage(fixture, 'alice', { name: 'shared one' });
  const members = `/v2/images/${id}/members`;
  const seenBy = async (query = '') =>
    (await fixture.ask('bob', 'GET', `/v2/images?name=shared%20one${query}`)).body.images.length;
  expect((await fixture.ask('bob', 'POST', members, { member: 'bob' })).status).toBe(404);
  const added = await fixture.ask('alice', 'POST', members, { member: 'bob' });
  expect(added.body).toMatchObject({ member_id: 'bob', image_id: id, status: 'pending', schema: '/v2/schemas/member' });
  expect((await fixture.ask('alice', 'POST', members, { member: 'bob' })).status).toBe(409);
  expect((await fixture.ask('alice', 'POST', members, {})).body.message).toContain('member');
  expect((await fixture.ask('bob', 'GET', `/v2/images/${id}`)).status).toBe(200);
  expect([await seenBy(), await seenBy('&member_status=pending'), await seenBy('&member_status=all')]).toEqual([
    0, 1, 1,
  ]);

  expect((await fixture.ask('alice', 'PUT', `${members}/bob`, { status: 'accepted' })).status).toBe(403);
  expect((await fixture.ask('bob', 'PUT', `${members}/bob`, { status: 'perhaps' })).status).toBe(400);
  expect((await fixture.ask('bob', 'PUT', `${members}/bob`, { status: 'accepted' })).body.status).toBe('accepted');
  expect(await seenBy()).toBe(1);

  await fixture.ask('alice', 'POST', members, { member: 'carol' });
  expect((await fixture.ask('alice', 'GET', members)).body.members).toHaveLength(2);
  expect((await fixture.ask('bob', 'GET', members)).body.members).toHaveLength(1);
  expect((await fixture.ask('bob', 'GET', `${members}/carol`)).status).toBe(404);
  expect((await fixture.ask('bob', 'DELETE', `${members}/bob`)).status).toBe(403);
  expect((await fixture.ask('alice', 'DELETE', `${members}/bob`)).status).toBe(204);
  expect((await fixture.ask('bob', 'GET', `/v2/images/${id}`)).status).toBe(404);
  await fixture.patch('alice', id, [{ op: 'replace', path: '/visibility', value: 'private' }]);
  expect((await fixture.ask('carol', 'GET', `/v2/images/${id}`)).status).toBe(404);
  expect((await fixture.ask('alice', 'GET', members)).status).toBe(403);
});

test('tags come and go', async () => {
  const id = await createImage(fixture, 'alice');
  const tags = async () => (await fixture.ask('alice', 'GET', `/v2/images/${id}`)).body.tags;
  expect((await fixture.ask('alice', 'PUT', `/v2/images/${id}/tags/${encodeURIComponent('x/y z')}`)).status).toBe(204);
  expect((await fixture.ask('alice', 'PUT', `/v2/images/${id}/tags/two`)).status).toBe(204);
  expect(await tags()).toEqual(['x/y z', 'two']);
  expect((await fixture.ask('alice', 'DELETE', `/v2/images/${id}/tags/two`)).status).toBe(204);
  expect((await fixture.ask('alice', 'DELETE', `/v2/images/${id}/tags/two`)).status).toBe(404);
  expect((await fixture.ask('alice', 'PUT', `/v2/images/${id}/tags/${'x'.repeat(256)}`)).status).toBe(400);
  expect(await tags()).toEqual(['x/y z']);
});

test('a protected image is not deleted, an unprotected one is gone with its members', async () => {
  const id = await createImage(fixture, 'alice', { protected: true });
  await fixture.ask('alice', 'POST', `/v2/images/${id}/members`, { member: 'bob' });
  const refused = await fixture.ask('alice', 'DELETE', `/v2/images/${id}`);
  expect([refused.status, refused.body.message]).toEqual([403, expect.stringContaining('is protected')]);
  await fixture.patch('alice', id, [{ op: 'replace', path: '/protected', value: false }]);
  expect((await fixture.ask('alice', 'DELETE', `/v2/images/${id}`)).status).toBe(204);
  expect((await fixture.ask('alice', 'GET', `/v2/images/${id}`)).status).toBe(404);
  const left = await fixture.database.query.selectFrom('image_member').selectAll().where('image_id', '=', id).execute();
  expect(left).toEqual([]);
});

test('of changes to one image at once none is lost', { meta: { asksAtRandom: true } }, async () => {
  const id = await createImage(fixture, 'alice');
  const changes = { name: 'renamed', min_disk: 3, os_distro: 'debian', os_version: '12' };
  const answers = await Promise.all(
    Object.entries(changes).map(([name, value]) =>
      fixture.patch('alice', id, [{ op: 'add', path: `/${name}`, value }]),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect((await fixture.ask('alice', 'GET', `/v2/images/${id}`)).body).toMatchObject(changes);
});

test('PATCH asks for Glance’s media types', async () => {
  const id = await createImage(fixture, 'alice');
  const wrong = await fixture.ask('alice', 'PATCH', `/v2/images/${id}`, []);
  expect([wrong.status, wrong.headers.get('accept-patch')]).toEqual([
    415,
    'application/openstack-images-v2.0-json-patch, application/openstack-images-v2.1-json-patch',
  ]);
  const old = await fixture.ask('alice', 'PATCH', `/v2/images/${id}`, [{ replace: '/name', value: 'old way' }], {
    'content-type': 'application/openstack-images-v2.0-json-patch',
  });
  expect(old.body.name).toBe('old way');
});

test('versions and schemas are told as Glance tells them', async () => {
  for (const [path, status] of [
    ['', 300],
    ['/', 300],
    ['/versions', 200],
    ['/v2', 300],
    ['/v2/', 300],
  ] as const) {
    const answer = await fixture.ask('alice', 'GET', path);
    expect([path, answer.status]).toEqual([path, status]);
    expect(answer.body.versions).not.toContainEqual(expect.objectContaining({ id: 'v2.16' }));
    expect(answer.body.versions[0]).toEqual({
      id: 'v2.17',
      status: 'CURRENT',
      links: [{ rel: 'self', href: `${fixture.url}/image/v2/` }],
    });
  }
  const schema = (await fixture.ask('alice', 'GET', '/v2/schemas/image')).body;
  expect(schema.properties.disk_format.enum).toContain('qcow2');
  expect(schema.additionalProperties).toEqual({ type: 'string' });
  for (const name of ['images', 'member', 'members', 'task', 'tasks']) {
    expect((await fixture.ask('alice', 'GET', `/v2/schemas/${name}`)).body.name).toBe(name);
  }
  expect((await fixture.ask('alice', 'GET', '/v2/schemas/constructor')).status).toBe(404);
});

test('quota is checked where images are made', async () => {
  await fixture.quota.update(contextOf('admin'), 'poor', { images: 1 }, { force: false });
  await createImage(fixture, 'poor');
  const refused = await fixture.ask('poor', 'POST', '/v2/images', {});
  expect([refused.status, refused.body.message]).toEqual([403, expect.stringContaining('Quota exceeded for images')]);
  expect((await fixture.quota.usage('poor')).images).toEqual({ limit: 1, used: 1 });
});
