import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refuseRows } from '../database/testing/refused-rows.ts';
import { systemContext } from '../policy/authorization.ts';
import { hostnameFrom } from './server-name.ts';
import { IMAGE, PROJECT, TestCloud } from './testing/test-cloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start();
});
afterAll(() => cloud.stop());

const good = { name: 'x', imageRef: IMAGE.id, flavorRef: '42', networks: 'auto' };
const create = (fields: object, version = '2.96') =>
  cloud.request('POST', '/servers', { server: { ...good, ...fields } }, { version });

test('the answer to a launch is that of Nova', async () => {
  const { status, body, headers } = await create({});
  const { id } = body.server;
  expect(status).toBe(202);
  expect(headers.location).toBe(`http://127.0.0.1/compute/v2.1/servers/${id}`);
  expect(body).toEqual({
    server: {
      id,
      links: [
        { rel: 'self', href: `http://127.0.0.1/compute/v2.1/servers/${id}` },
        { rel: 'bookmark', href: `http://127.0.0.1/compute/servers/${id}` },
      ],
      'OS-DCF:diskConfig': 'MANUAL',
      security_groups: [{ name: 'default' }],
      adminPass: expect.stringMatching(/^\w{12}$/),
    },
  });
  await cloud.idle(id);
});

test('everything that may be asked for is kept', async () => {
  const { body } = await create({
    name: '"><script>alert(1)</script> ../../etc ünï 🚀',
    metadata: { 'a key': 'a value' },
    tags: ['one', 'two', 'one'],
    description: 'line one\nline two',
    hostname: 'web.example.org',
    availability_zone: 'nova',
    accessIPv4: '192.0.2.1',
    'OS-DCF:diskConfig': 'AUTO',
    adminPass: 'given',
    security_groups: [{ name: 'default' }],
    block_device_mapping_v2: [
      { source_type: 'image', destination_type: 'local', boot_index: 0, uuid: IMAGE.id, delete_on_termination: true },
    ],
  });
  expect(body.server.adminPass).toBe('given');
  await cloud.idle(body.server.id);
  expect(await cloud.show(body.server.id)).toMatchObject({
    status: 'ACTIVE',
    name: '"><script>alert(1)</script> ../../etc ünï 🚀',
    metadata: { 'a key': 'a value' },
    tags: ['one', 'two'],
    description: 'line one\nline two',
    'OS-EXT-SRV-ATTR:hostname': 'web.example.org',
    pinned_availability_zone: 'nova',
    accessIPv4: '192.0.2.1',
    'OS-DCF:diskConfig': 'AUTO',
  });
});

test('an IPv6 address is kept in its canonical form, however it is written', async () => {
  const { body } = await create({ name: 'six', accessIPv6: '2001:0DB8:0000:0:0::0001' });
  const { id } = body.server;
  const shown = async () => (await cloud.show(id)).accessIPv6;
  expect(await shown()).toBe('2001:db8::1');
  const update = async (accessIPv6: string | null) =>
    (await cloud.request('PUT', `/servers/${id}`, { server: { accessIPv6 } })).status;
  expect([await update('FE80:0:0:0:202:B3FF:FE1E:8329'), await shown()]).toEqual([200, 'fe80::202:b3ff:fe1e:8329']);
  expect([await update('2001:db8::12345'), await shown()]).toEqual([400, 'fe80::202:b3ff:fe1e:8329']);
  expect([await update(null), await shown()]).toEqual([200, '']);
  await cloud.idle(id);
  await cloud.request('DELETE', `/servers/${id}`);
  await cloud.idle(id);
});

describe('scheduler hints', () => {
  const uuid = '22222222-2222-4222-8222-222222222222';
  const launch = (hints: object, name = 'os:scheduler_hints') =>
    cloud.request('POST', '/servers', {
      server: { name: 'hinted', imageRef: IMAGE.id, flavorRef: '42' },
      [name]: hints,
    });

  test.each([
    [{ group: 'web' }, 'group'],
    [{ group: uuid }, `Instance group ${uuid} could not be found.`],
    [{ same_host: 'web' }, 'same_host'],
    [{ different_host: [uuid, 5] }, 'different_host'],
    [{ build_near_host_ip: '192.0.2.1' }, 'build_near_host_ip is not available'],
    [{ query: '["=","$free_ram_mb",1024]' }, 'query is not available'],
    [{ colour: 'green' }, 'colour is not available'],
  ])('%j is refused', async (hints, named) => {
    for (const name of ['os:scheduler_hints', 'OS-SCH-HNT:scheduler_hints']) {
      const { status, body } = await launch(hints, name);
      expect([status, body.badRequest?.message]).toEqual([400, expect.stringContaining(named)]);
    }
  });

  test('a machine is placed beside another, or not beside it', async () => {
    const first = await cloud.launchActive();
    const beside = await launch({ same_host: first });
    await cloud.idle(beside.body.server.id);
    expect((await cloud.show(beside.body.server.id)).status).toBe('ACTIVE');
    const free = await launch({ different_host: [uuid] });
    await cloud.idle(free.body.server.id);
    expect((await cloud.show(free.body.server.id)).status).toBe('ACTIVE');
    for (const [hints, filter] of [
      [{ different_host: [first] }, 'DifferentHostFilter'],
      [{ same_host: uuid }, 'SameHostFilter'],
    ] as const) {
      const refused = await launch(hints);
      await cloud.idle(refused.body.server.id);
      const shown = await cloud.show(refused.body.server.id);
      expect([shown.status, shown.fault.message]).toEqual(['ERROR', expect.stringContaining(filter)]);
    }
  });
});

describe('what cannot be is refused by the name of the field', () => {
  const uuid = '22222222-2222-4222-8222-222222222222';
  const cases: [fields: object, field: string][] = [
    [{ name: '' }, 'server.name'],
    [{ name: 'a\nb' }, 'server.name'],
    [{ name: ' a' }, 'server.name'],
    [{ name: 'a'.repeat(256) }, 'server.name'],
    [{ name: 5 }, 'server.name'],
    [{ name: 'a\u0000' }, 'server.name'],
    [{ imageRef: uuid }, 'Can not find requested image'],
    [{ imageRef: '' }, 'imageRef'],
    [{ flavorRef: 'nothing' }, 'Flavor nothing could not be found'],
    [{ networks: 'all' }, 'server.networks'],
    [{ networks: [{ uuid: 'x' }] }, 'server.networks'],
    [{ networks: [{ uuid }] }, `Network ${uuid} could not be found`],
    [{ networks: [{ fixed_ip: '1.2.3' }] }, 'server.networks'],
    [{ key_name: 'missing' }, 'Invalid key_name provided'],
    [{ user_data: 'not base64!' }, 'server.user_data'],
    [{ user_data: 'A'.repeat(65_536) }, 'server.user_data'],
    [{ metadata: { a: 5 } }, 'server.metadata'],
    [{ metadata: { 'a/b': 'c' } }, 'server.metadata'],
    [{ metadata: Object.fromEntries(Array.from({ length: 129 }, (_, n) => [`k${n}`, ''])) }, 'metadata_items'],
    [{ availability_zone: 'mars' }, 'availability zone'],
    [{ min_count: 0 }, 'server.min_count'],
    [{ min_count: 3, max_count: 2 }, 'min_count'],
    [{ max_count: 1e9 }, 'server.max_count'],
    [{ tags: ['a,b'] }, 'server.tags'],
    [{ hostname: 'a_b' }, 'server.hostname'],
    [{ description: 'x'.repeat(256) }, 'server.description'],
    [{ accessIPv4: '::1' }, 'server.accessIPv4'],
    [{ 'OS-DCF:diskConfig': 'MAYBE' }, 'server.OS-DCF:diskConfig'],
    [{ security_groups: [{ name: 'web' }] }, 'security_groups'],
    [{ trusted_image_certificates: ['x'] }, 'trusted_image_certificates'],
    [{ host: 'host-1' }, 'compute:servers:create:requested_destination'],
    [{ availability_zone: 'nova:host-1' }, 'os_compute_api:servers:create:forced_host'],
    [{ availability_zone: 'nova:a:b:c' }, 'Unable to parse it'],
    [{ block_device_mapping_v2: [{ source_type: 'volume', uuid }] }, 'block_device_mapping_v2.0.source_type'],
    [{ block_device_mapping_v2: [{ source_type: 'image', destination_type: 'volume', uuid }] }, 'destination_type'],
    [{ no_such_field: 1 }, 'server.no_such_field'],
  ];
  test.each(cases)('%j', async (fields, named) => {
    const { status, body } = await create(fields);
    const fault = body.badRequest ?? body.forbidden;
    expect([400, 403]).toContain(status);
    expect(fault.message).toContain(named);
  });

  test('fields of a later microversion are unknown', async () => {
    for (const [field, version] of [
      [{ description: 'd' }, '2.18'],
      [{ tags: ['t'] }, '2.51'],
      [{ hostname: 'h' }, '2.89'],
      [{ hostname: 'a.b' }, '2.93'],
    ] as const) {
      const { status, body } = await create({ networks: [], ...field }, version);
      expect([status, body.badRequest.message]).toEqual([400, expect.stringContaining(Object.keys(field)[0] ?? '')]);
    }
    expect((await create({ networks: 'auto' }, '2.36')).status).toBe(400);
    const { networks: _none, ...without } = good;
    expect((await cloud.request('POST', '/servers', { server: without }, { version: '2.37' })).status).toBe(400);
  });

  test('a broken body and a wrong kind of one', async () => {
    expect((await cloud.request('POST', '/servers', [])).status).toBe(400);
    expect((await cloud.request('POST', '/servers', { server: null })).status).toBe(400);
    expect((await cloud.request('POST', '/servers', {})).status).toBe(400);
  });

  test('an image that does not fit the flavor', async () => {
    const big = { ...IMAGE, id: '33333333-3333-4333-8333-333333333333', virtualSize: 3 * 1024 ** 3 };
    const hungry = { ...IMAGE, id: '44444444-4444-4444-8444-444444444444', minRam: 512 };
    const foreign = { ...IMAGE, id: '55555555-5555-4555-8555-555555555555', diskFormat: 'vmdk' };
    for (const image of [big, hungry, foreign]) await cloud.addImage(image);
    expect((await create({ imageRef: big.id })).body.badRequest.message).toContain("Flavor's disk is too small");
    expect((await create({ imageRef: hungry.id })).body.badRequest.message).toContain("Flavor's memory is too small");
    expect((await create({ imageRef: foreign.id })).body.badRequest.message).toContain('vmdk');
  });

  test('an image that asks for a firmware there is not', async () => {
    const odd = { ...IMAGE, id: '66666666-6666-4666-8666-666666666666', properties: { hw_firmware_type: 'openbios' } };
    await cloud.addImage(odd);
    const { status, body } = await create({ imageRef: odd.id });
    expect([status, body.badRequest.message]).toEqual([400, expect.stringContaining('hw_firmware_type')]);
  });

  test('nothing was written for any of them', async () => {
    const rows = await cloud.database.query
      .selectFrom('compute_server')
      .select('name')
      .where('name', '=', 'x')
      .execute();
    expect(rows).toHaveLength(1);
  });
});

test('any body at all is answered with 202 or a fault, never with 500', { meta: { asksAtRandom: true } }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(
        fc.constantFrom(...Object.keys(good), 'user_data', 'tags', 'min_count', 'key_name', 'x'),
        fc.jsonValue(),
      ),
      async (fields) => {
        const { status, body } = await cloud.request('POST', '/servers', { server: fields }, { version: '2.96' });
        expect(status, JSON.stringify(body)).toBe(400);
      },
    ),
    { numRuns: 200 },
  );
});

describe('many at once', () => {
  test('are numbered, and each is built', async () => {
    const { body } = await create({ name: 'many', min_count: 3, return_reservation_id: true });
    expect(body.reservation_id).toMatch(/^r-/);
    const { body: list } = await cloud.request('GET', '/servers?name=^many');
    expect(list.servers.map(({ name }: { name: string }) => name).sort()).toEqual(['many-1', 'many-2', 'many-3']);
    for (const { id } of list.servers) await cloud.idle(id);
    const hosts = await Promise.all(list.servers.map(({ id }: { id: string }) => cloud.show(id)));
    expect(hosts.map(({ status }) => status)).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE']);
    expect(new Set(hosts.map(({ addresses }) => addresses.default[0].addr)).size).toBe(3);
  });

  test('asked for one by one, each is built, with an address of its own', {
    meta: { asksAtRandom: true },
  }, async () => {
    const before = (await cloud.quota.usage(PROJECT)).instances?.used ?? 0;
    await cloud.quota.update(systemContext(), 'default', { instances: before + 20 }, { force: true });
    const made = await Promise.all(Array.from({ length: 20 }, () => create({ name: 'abreast' })));
    const ids = made.map(({ body }) => body.server.id);
    for (const id of ids) await cloud.idle(id);
    const servers = await Promise.all(ids.map((id) => cloud.show(id)));
    expect(servers.map(({ status, fault }) => fault?.message ?? status)).toEqual(ids.map(() => 'ACTIVE'));
    expect(new Set(servers.map(({ addresses }) => addresses.default[0].addr)).size).toBe(ids.length);
    await cloud.quota.update(systemContext(), 'default', { instances: -1 }, { force: true });
    for (const id of ids) await cloud.request('DELETE', `/servers/${id}`);
    for (const id of ids) await cloud.idle(id);
  });

  test('stop at the quota: as many as fit, if that is enough', async () => {
    const admin = systemContext();
    const before = (await cloud.quota.usage('a'.repeat(32))).instances?.used ?? 0;
    await cloud.quota.update(admin, 'default', { instances: before + 2 }, { force: true });
    const tooMany = await create({ name: 'much', min_count: 3, max_count: 5 });
    expect([tooMany.status, tooMany.body.forbidden.message]).toEqual([
      403,
      `Quota exceeded for instances: Requested 3, but already used ${before} of ${before + 2} instances`,
    ]);
    expect((await create({ name: 'some', min_count: 1, max_count: 5 })).status).toBe(202);
    const { body } = await cloud.request('GET', '/servers?name=^some');
    expect(body.servers).toHaveLength(2);
    for (const { id } of body.servers) await cloud.idle(id);
    await cloud.quota.update(admin, 'default', { instances: -1 }, { force: true });
  });

  test('let others in between, and count whole from the beginning', async () => {
    const admin = systemContext();
    const before = (await cloud.quota.usage(PROJECT)).instances?.used ?? 0;
    await cloud.quota.update(admin, 'default', { instances: before + 100 }, { force: true });
    const answers: string[] = [];
    const ask = async (name: string, count: number) => {
      const { status } = await create({ name, min_count: count, max_count: count });
      answers.push(`${name} ${status}`);
    };
    await Promise.all([ask('first', 90), ask('second', 60), ask('third', 1)]);
    // Of the large ones there is room for that which is counted first. It has most to do, and is answered last.
    const [large, refused] = answers.includes('first 202') ? ['first', 'second'] : ['second', 'first'];
    expect(answers.at(-1)).toBe(`${large} 202`);
    expect(answers.toSorted()).toEqual([`${large} 202`, `${refused} 403`, 'third 202'].toSorted());
    const made = large === 'first' ? 91 : 61;
    const { body } = await cloud.request('GET', '/servers?limit=1000&name=^(first|second|third)');
    expect(body.servers).toHaveLength(made);
    expect((await cloud.quota.usage(PROJECT)).instances?.used).toBe(before + made);
    await cloud.quota.update(admin, 'default', { instances: -1 }, { force: true });
    for (const { id } of body.servers) await cloud.request('DELETE', `/servers/${id}`);
    for (const { id } of body.servers) await cloud.idle(id);
  });

  test('count as many as they are all the while, and never more', async () => {
    const before = (await cloud.quota.usage(PROJECT)).instances?.used ?? 0;
    await cloud.quota.update(systemContext(), 'default', { instances: before + 42 }, { force: true });
    let isUnderWay = true;
    const launch = create({ name: 'crowd', min_count: 41 }).finally(() => {
      isUnderWay = false;
    });
    const room = new Set<number | undefined>();
    const scope = { projectId: PROJECT, userId: null };
    while (isUnderWay) {
      room.add(await cloud.database.transaction((trx) => cloud.quota.headroom(trx, scope, { instances: 1 })));
    }
    expect((await launch).status).toBe(202);
    // As much as before it was admitted, and from then on what it leaves.
    room.delete(42);
    expect([...room]).toEqual([1]);
    await cloud.quota.update(systemContext(), 'default', { instances: -1 }, { force: true });
    const { body } = await cloud.request('GET', '/servers?limit=1000&name=^crowd');
    for (const { id } of body.servers) await cloud.request('DELETE', `/servers/${id}`);
    for (const { id } of body.servers) await cloud.idle(id);
  });

  test('are all taken back where a later part of them cannot be stored', async () => {
    const { query } = cloud.database;
    const accept = await refuseRows(query, 'compute_server', "new.name = 'broken-31'");
    expect((await create({ name: 'broken', min_count: 40 })).status).toBe(500);
    await accept();
    const rows = await query.selectFrom('compute_server').select('id').where('name', 'like', 'broken-%').execute();
    expect(rows).toHaveLength(20);
    for (const { id } of rows) await cloud.idle(id);
    expect((await cloud.request('GET', '/servers?name=^broken')).body.servers).toEqual([]);
    const { instances } = await cloud.compute.create.admitted.sumOf(query, { projectId: PROJECT, userId: null });
    expect(instances).toBe(0);
  });

  test('cannot share one port or one address', async () => {
    const port = { networks: [{ port: '22222222-2222-4222-8222-222222222222' }], max_count: 2 };
    expect((await create(port)).body.badRequest.message).toContain('single configured port ID');
  });
});

test('metadata and tags are kept in order', async () => {
  const id = await cloud.launchActive({ metadata: { a: '1' } });
  const path = `/servers/${id}/metadata`;
  expect((await cloud.request('POST', path, { metadata: { b: '2' } })).body).toEqual({ metadata: { a: '1', b: '2' } });
  expect((await cloud.request('PUT', `${path}/a`, { meta: { a: '3' } })).body).toEqual({ meta: { a: '3' } });
  expect((await cloud.request('PUT', `${path}/a`, { meta: { b: '3' } })).status).toBe(400);
  expect((await cloud.request('GET', `${path}/a`)).body).toEqual({ meta: { a: '3' } });
  expect((await cloud.request('DELETE', `${path}/b`)).status).toBe(204);
  expect((await cloud.request('DELETE', `${path}/b`)).status).toBe(404);
  expect((await cloud.request('GET', `${path}/toString`)).status).toBe(404);
  expect((await cloud.request('PUT', path, { metadata: {} })).body).toEqual({ metadata: {} });

  const tags = `/servers/${id}/tags`;
  const options = { version: '2.26' };
  expect((await cloud.request('GET', tags)).status).toBe(404);
  expect((await cloud.request('PUT', tags, { tags: ['x', 'y'] }, options)).body).toEqual({ tags: ['x', 'y'] });
  expect((await cloud.request('PUT', `${tags}/z`, undefined, options)).status).toBe(201);
  expect((await cloud.request('PUT', `${tags}/z`, undefined, options)).status).toBe(204);
  expect((await cloud.request('GET', `${tags}/z`, undefined, options)).status).toBe(204);
  expect((await cloud.request('DELETE', `${tags}/z`, undefined, options)).status).toBe(204);
  expect((await cloud.request('GET', `${tags}/z`, undefined, options)).status).toBe(404);
  expect((await cloud.request('PUT', tags, { tags: ['a,b'] }, options)).status).toBe(400);
});

test('a rename reaches the host', async () => {
  const id = await cloud.launchActive({ name: 'old' });
  const { body } = await cloud.request(
    'PUT',
    `/servers/${id}`,
    { server: { name: 'new', description: null } },
    { version: '2.90' },
  );
  expect(body.server.name).toBe('new');
  expect(cloud.agent.orders.at(-1)).toMatchObject({ verb: 'rename', args: { id, name: 'new' } });
});

test('host names are labels whatever the display name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (name) => {
      expect(hostnameFrom(name, '0b5d')).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
    }),
  );
  expect(hostnameFrom('My Server_1.example', 'x')).toBe('my-server-1-example');
  expect(hostnameFrom('机器', 'x')).toBe('server-x');
});
