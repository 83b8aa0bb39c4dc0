import { createHash } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { IdentityFixture } from '../../../app/identity/testing/identity.fixture.ts';
import { BIND_DN, BIND_PASSWORD, group, person, Slapd, SUFFIX, type TestEntry } from '../slapd.ts';

/** Domains whose people live in an LDAP server, against OpenLDAP's own. */
const CROWD = 1100;
const GUID = Buffer.from('33221100554477668899aabbccddeeff', 'hex');
const entries: TestEntry[] = [
  person('alice', { mail: 'alice@acme.example', description: 'Leads' }),
  person('bob'),
  person('carol', { accountOn: 'FALSE', userAccountControl: '514', objectGUID: GUID }),
  person('dave', { accountOn: 'TRUE', userAccountControl: '512' }),
  person('李雷', { cn: '李雷', sn: '李' }),
  person('star*', { cn: '(star*)' }),
  person('admin'),
  person('leaver'),
  person('mover'),
  person('twin-1', { cn: 'twin' }),
  person('twin-2', { cn: 'Twin' }),
  group('developers', ['alice', 'bob', 'mover', '李雷']),
  group('operators', ['alice']),
  group('enabled', ['bob']),
  { dn: `ou=deep,ou=people,${SUFFIX}`, attributes: { objectClass: 'organizationalUnit', ou: 'deep' } },
  { ...person('erin'), dn: `uid=erin,ou=deep,ou=people,${SUFFIX}` },
  {
    dn: `cn=unix,ou=groups,${SUFFIX}`,
    attributes: { objectClass: 'posixGroup', cn: 'unix', gidNumber: '7', memberUid: ['alice', 'gone'] },
  },
];

let slapd: Slapd;
let cloud: IdentityFixture;
let domainId: string;

const LDAP = {
  suffix: SUFFIX,
  user: BIND_DN,
  password: BIND_PASSWORD,
  user_tree_dn: `ou=people,${SUFFIX}`,
  user_id_attribute: 'uid',
  user_name_attribute: 'cn',
  group_tree_dn: `ou=groups,${SUFFIX}`,
  group_name_attribute: 'cn',
  page_size: 200,
  connection_timeout: 2,
};

beforeAll(async () => {
  const crowd = Array.from({ length: CROWD }, (_, index) => person(`crowd-${index}`));
  slapd = await Slapd.start([
    ...entries,
    ...crowd,
    group(
      'crowd',
      crowd.map((_, index) => `crowd-${index}`),
    ),
  ]);
  cloud = await IdentityFixture.open();
  // The ids of its people come of its own, and who is on a page of them of theirs: the same in each run.
  domainId = await domainWith({ user_filter: null }, { explicit_domain_id: 'c0ffee00c0ffee00c0ffee00c0ffee00' });
});
afterAll(async () => {
  await slapd?.close();
  await cloud?.close();
});

/** A domain of its own with these options beside the usual ones, and without the crowd. */
async function domainWith(options: object, given: object = {}): Promise<string> {
  const { id } = await cloud.makeDomain(given);
  const config = {
    identity: { driver: 'ldap' },
    ldap: { ...LDAP, url: slapd.url, user_filter: '(!(uid=crowd-*))', ...options },
  };
  await cloud.call('PUT', `/v3/domains/${id}/config`, { config });
  return id;
}

const signIn = async (name: string, password: string, inDomain = domainId) =>
  await cloud.authenticate({ name, password, domainId: inDomain }, 'unscoped');
const statusOf = async (name: string, password = `${name}-password`, inDomain = domainId) =>
  (await signIn(name, password, inDomain)).status;
const userNamed = async (name: string, inDomain = domainId) =>
  (await cloud.call('GET', `/v3/users?domain_id=${inDomain}&name=${encodeURIComponent(name)}`)).users[0];
const groupNamed = async (name: string) =>
  (await cloud.call('GET', `/v3/groups?domain_id=${domainId}&name=${name}`)).groups[0];
const later = (): void => {
  cloud.clock += 31_000;
};

test('who is in the LDAP server signs in, with the id Keystone would give', async () => {
  const answer = await signIn('alice', 'alice-password');
  expect(answer.status).toBe(201);
  const id = createHash('sha256').update(`${domainId}useralice`).digest('hex');
  expect(answer.body.token.user).toEqual({
    id,
    name: 'alice',
    domain: { id: domainId, name: expect.any(String) },
    password_expires_at: null,
  });
  expect(await cloud.call('GET', `/v3/users/${id}`)).toMatchObject({
    user: { name: 'alice', email: 'alice@acme.example', description: 'Leads', enabled: true },
  });
  expect((await cloud.authenticate({ id, password: 'alice-password' }, 'unscoped')).status).toBe(201);
  const rows = await cloud.database.query
    .selectFrom('identity_user')
    .select('password_hash')
    .where('id', '=', id)
    .execute();
  expect(rows).toEqual([{ password_hash: null }]);
});

test('a wrong password, an empty one and an unknown name are one and the same 401', async () => {
  const answers = [
    await signIn('alice', 'wrong'),
    await signIn('alice', ''),
    await signIn('nobody', 'x'),
    await signIn('nobody', ''),
  ];
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
});

test('names are values, never filters', async () => {
  for (const name of ['*', 'al*', 'alice)(cn=*', '*)(|(cn=*', '\\2a']) {
    expect(await statusOf(name, 'alice-password')).toBe(401);
  }
  expect(await statusOf('alice\u0000', 'alice-password')).toBe(400);
  expect(await statusOf('(star*)', 'star*-password')).toBe(201);
});

test('names in other scripts, and in another case', async () => {
  expect(await statusOf('李雷')).toBe(201);
  const answer = await signIn('ALICE', 'alice-password');
  expect([answer.status, answer.body.token?.user.name]).toEqual([201, 'alice']);
  expect((await userNamed('李雷')).id).toBe(createHash('sha256').update(`${domainId}user李雷`).digest('hex'));
});

test('lists are whole, across the pages of the server', async () => {
  const { users } = await cloud.call('GET', `/v3/users?domain_id=${domainId}`);
  expect(users).toHaveLength(CROWD + entries.filter(({ dn }) => /^uid=[^,]*,ou=people/.test(dn)).length);
  const crowd = await groupNamed('crowd');
  expect((await cloud.call('GET', `/v3/groups/${crowd.id}/users`)).users).toHaveLength(CROWD);
  await cloud.call('PATCH', `/v3/domains/${domainId}/config/identity`, { config: { identity: { list_limit: 7 } } });
  for (const [kind, asked, shown] of [
    ['users', '', 7],
    ['users', '&limit=8', 7],
    ['groups', '&limit=2', 2],
  ] as const) {
    const list = await cloud.call('GET', `/v3/${kind}?domain_id=${domainId}${asked}`);
    expect([list[kind].length, list.truncated]).toEqual([shown, true]);
  }
  await cloud.call('DELETE', `/v3/domains/${domainId}/config/identity/list_limit`);
  const part = await cloud.call('GET', `/v3/users?domain_id=${domainId}&limit=5`);
  expect([part.users.length, part.truncated]).toEqual([5, true]);
});

test('roles of a group are those of its members, for as long as they are in it', async () => {
  const project = await cloud.makeProject({ domain_id: domainId });
  const developers = await groupNamed('developers');
  await cloud.grant(`groups/${developers.id}`, 'member', `projects/${project.id}`);
  const asMover = { name: 'mover', password: 'mover-password', domainId };
  const scope = { project: { id: project.id } };
  const token = await cloud.token(asMover, scope);
  expect(await cloud.call('GET', '/v3/auth/projects', undefined, token)).toMatchObject({
    projects: [{ id: project.id }],
  });
  const mover = await userNamed('mover');
  expect((await cloud.call('GET', `/v3/users/${mover.id}/groups`)).groups).toMatchObject([{ name: 'developers' }]);
  expect((await cloud.send('HEAD', `/v3/groups/${developers.id}/users/${mover.id}`)).status).toBe(204);

  const members = ['alice', 'bob', '李雷'].map((uid) => `uid=${uid},ou=people,${SUFFIX}`);
  await slapd.change(`cn=developers,ou=groups,${SUFFIX}`, 'member', members);
  expect((await cloud.authenticate(asMover, scope)).status).toBe(401);
  // The token of before has lost what it was for, too.
  expect((await cloud.send('GET', '/v3/auth/projects', { token })).status).toBe(401);
});

test('who is disabled or gone there loses tokens and sign-in here, and has their roles again when they are back', async () => {
  const project = await cloud.makeProject({ domain_id: domainId });
  expect(await statusOf('leaver')).toBe(201);
  const { id } = await userNamed('leaver');
  await cloud.grant(`users/${id}`, 'member', `projects/${project.id}`);
  const token = await cloud.token({ id, password: 'leaver-password' }, { project: { id: project.id } });
  await slapd.admin.del(`uid=leaver,ou=people,${SUFFIX}`);
  later();
  expect(
    (await cloud.call('GET', `/v3/users?domain_id=${domainId}`)).users.find((user: { id: string }) => user.id === id),
  ).toMatchObject({
    enabled: false,
  });
  expect((await cloud.send('GET', '/v3/auth/projects', { token })).status).toBe(401);
  expect(await statusOf('leaver')).toBe(401);
  const events = async () => (await cloud.database.query.selectFrom('event').select('id').execute()).length;
  const before = await events();
  later();
  expect((await cloud.call('GET', `/v3/users/${id}`)).user.enabled).toBe(false);
  expect(await events()).toBe(before);
  await slapd.add(person('leaver'));
  expect((await cloud.authenticate({ id, password: 'leaver-password' }, { project: { id: project.id } })).status).toBe(
    201,
  );
  await slapd.admin.del(`uid=leaver,ou=people,${SUFFIX}`);
  expect(await statusOf('leaver')).toBe(401);
  expect((await cloud.send('DELETE', `/v3/users/${id}`)).status).toBe(204);
  expect((await cloud.send('GET', `/v3/users/${id}`)).status).toBe(404);
});

test('a month after somebody is gone, all they had here is gone', async () => {
  await slapd.add(person('guest'));
  const { id } = await userNamed('guest');
  await slapd.admin.del(`uid=guest,ou=people,${SUFFIX}`);
  await cloud.identity.ldap.readAll();
  cloud.clock += 31 * 24 * 3600_000;
  await cloud.identity.ldap.readAll();
  cloud.admin = await cloud.token({ name: 'admin' }, { project: { name: 'admin', domain: { id: 'default' } } });
  expect((await cloud.send('GET', `/v3/users/${id}`)).status).toBe(404);
});

test('names that go round in a circle arrive where they belong', async () => {
  await slapd.add(person('one', { cn: 'red' }));
  await slapd.add(person('two', { cn: 'blue' }));
  const before = [await userNamed('red'), await userNamed('blue')];
  await slapd.change(`uid=one,ou=people,${SUFFIX}`, 'cn', ['blue']);
  await slapd.change(`uid=two,ou=people,${SUFFIX}`, 'cn', ['red']);
  expect(await statusOf('red', 'two-password')).toBe(201);
  expect(await statusOf('red', 'one-password')).toBe(401);
  expect([(await userNamed('blue')).id, (await userNamed('red')).id]).toEqual(before.map(({ id }) => id));
});

test('a name of the cloud’s own is not given to somebody from the LDAP server', async () => {
  const id = await domainWith({ user_name_attribute: 'uid' });
  await cloud.database.query
    .insertInto('identity_user')
    .values({ ...(await plainUser()), id: 'local', domain_id: id, name: 'admin' })
    .execute();
  await cloud.call('PATCH', '/v3/users/local', { user: { password: 'local-password' } });
  expect(await statusOf('admin', 'local-password', id)).toBe(201);
  expect(await statusOf('admin', 'admin-password', id)).toBe(401);
  expect((await cloud.identity.ldap.look(id))?.people?.passedOver).toEqual(['admin']);
});

async function plainUser() {
  const [row] = await cloud.database.query
    .selectFrom('identity_user')
    .selectAll()
    .where('name', '=', 'admin')
    .execute();
  if (!row) throw new Error('there is no admin');
  return row;
}

test('the LDAP server’s people cannot be changed here', async () => {
  const alice = await userNamed('alice');
  const developers = await groupNamed('developers');
  const local = await cloud.makeUser();
  const localGroup = await cloud.makeGroup();
  const refused: [Parameters<IdentityFixture['send']>[0], string, unknown?][] = [
    ['POST', '/v3/users', { user: { name: 'new', domain_id: domainId } }],
    ['PATCH', `/v3/users/${alice.id}`, { user: { description: 'x' } }],
    ['DELETE', `/v3/users/${alice.id}`],
    ['POST', '/v3/groups', { group: { name: 'new', domain_id: domainId } }],
    ['PATCH', `/v3/groups/${developers.id}`, { group: { description: 'x' } }],
    ['DELETE', `/v3/groups/${developers.id}`],
    ['PUT', `/v3/groups/${developers.id}/users/${alice.id}`],
    ['DELETE', `/v3/groups/${developers.id}/users/${alice.id}`],
    ['PUT', `/v3/groups/${developers.id}/users/${local.id}`],
    ['PUT', `/v3/groups/${localGroup.id}/users/${alice.id}`],
  ];
  for (const [method, path, body] of refused) {
    const answer = await cloud.send(method, path, { body });
    expect([path, answer.status]).toEqual([path, 403]);
  }
  const change = (original_password: string) =>
    cloud.send('POST', `/v3/users/${alice.id}/password`, {
      token: null,
      body: { user: { original_password, password: 'new' } },
    });
  expect((await change('wrong')).status).toBe(401);
  expect((await change('alice-password')).status).toBe(403);
});

test('application credentials end with their owner', async () => {
  await slapd.add(person('robot'));
  const project = await cloud.makeProject({ domain_id: domainId });
  const { id } = await userNamed('robot');
  await cloud.grant(`users/${id}`, 'member', `projects/${project.id}`);
  const token = await cloud.token({ id, password: 'robot-password' }, { project: { id: project.id } });
  const { application_credential: made } = await cloud.call(
    'POST',
    `/v3/users/${id}/application_credentials`,
    { application_credential: { name: 'script' } },
    token,
  );
  const identity = {
    methods: ['application_credential'],
    application_credential: { id: made.id, secret: made.secret },
  };
  const use = () => cloud.send('POST', '/v3/auth/tokens', { token: null, body: { auth: { identity } } });
  expect((await use()).status).toBe(201);
  await slapd.admin.del(`uid=robot,ou=people,${SUFFIX}`);
  expect((await use()).status).toBe(401);
});

test('whether an account is on: an attribute, its opposite, a bit, or a group', async () => {
  const states = async (options: object) => {
    const id = await domainWith(options);
    return await Promise.all(['bob', 'carol', 'dave'].map((name) => statusOf(name, undefined, id)));
  };
  const on = { user_enabled_attribute: 'accountOn' };
  expect(await states(on)).toEqual([201, 401, 201]);
  expect(await states({ ...on, user_enabled_invert: true })).toEqual([401, 201, 401]);
  const bit = { user_enabled_attribute: 'userAccountControl', user_enabled_mask: 2, user_enabled_default: '512' };
  expect(await states(bit)).toEqual([201, 401, 201]);
  const byGroup = { user_enabled_emulation: true, user_enabled_emulation_dn: `cn=enabled,ou=groups,${SUFFIX}` };
  expect(await states(byGroup)).toEqual([201, 401, 401]);
  const switched = await domainWith(on);
  const token = await cloud.token({ name: 'dave', password: 'dave-password', domainId: switched }, 'unscoped');
  await slapd.change(`uid=dave,ou=people,${SUFFIX}`, 'accountOn', ['FALSE']);
  await cloud.identity.ldap.readAll();
  expect((await cloud.send('GET', '/v3/auth/projects', { token })).status).toBe(401);
  await slapd.change(`uid=dave,ou=people,${SUFFIX}`, 'accountOn', ['TRUE']);
  const id = await domainWith(byGroup);
  const { users } = await cloud.call('GET', `/v3/users?domain_id=${id}&enabled=true`);
  expect(users.map(({ name }: { name: string }) => name)).toEqual(['bob']);
  expect(await states({ ...on, user_attribute_ignore: ['enabled'] })).toEqual([201, 201, 201]);
});

test('groups that name their members by id, and people of units below', async () => {
  const ids = { group_objectclass: 'posixGroup', group_member_attribute: 'memberUid', group_members_are_ids: true };
  const id = await domainWith({ ...ids, query_scope: 'sub' });
  expect(await statusOf('erin', undefined, id)).toBe(201);
  expect(await statusOf('erin')).toBe(401);
  const alice = await userNamed('alice', id);
  const groupsOf = async () => (await cloud.call('GET', `/v3/users/${alice.id}/groups`)).groups;
  expect(await groupsOf()).toMatchObject([{ name: 'unix' }]);
  const { groups } = await cloud.call('GET', `/v3/groups?domain_id=${id}`);
  expect(groups).toMatchObject([{ name: 'unix' }]);
  expect((await cloud.call('GET', `/v3/groups/${groups[0].id}/users`)).users).toMatchObject([{ name: 'alice' }]);
  expect(await groupsOf()).toMatchObject([{ name: 'unix' }]);
});

test('filters, further attributes and Active Directory’s ids', async () => {
  const id = await domainWith({
    user_filter: '(|(uid=carol)(uid=alice))',
    user_id_attribute: 'objectGUID',
    user_additional_attribute_mapping: ['sn:family_name'],
    user_attribute_ignore: ['description'],
  });
  const { users } = await cloud.call('GET', `/v3/users?domain_id=${id}`);
  const publicId = createHash('sha256').update(`${id}user00112233-4455-6677-8899-aabbccddeeff`).digest('hex');
  expect(users).toMatchObject([{ id: publicId, name: 'carol', family_name: 'carol' }]);
  later();
  expect((await cloud.authenticate({ id: publicId, password: 'carol-password' }, 'unscoped')).status).toBe(201);
});

test('a server that is down is a 503 with what to do, for its own people only', async () => {
  const alice = await userNamed('alice');
  await slapd.stop();
  later();
  try {
    const answer = await signIn('alice', 'alice-password');
    expect(answer.status).toBe(503);
    expect(answer.body.error.message).toMatch(/cannot be checked now.*Try again in a minute/);
    expect((await cloud.send('GET', `/v3/users?domain_id=${domainId}`)).status).toBe(503);
    expect((await cloud.send('GET', `/v3/users/${alice.id}`)).status).toBe(503);
    expect((await cloud.send('GET', '/v3/users')).status).toBe(200);
    expect((await cloud.authenticate({ name: 'admin' })).status).toBe(201);
    for (let tries = 0; tries < 12; tries++) expect(await statusOf('alice', 'guess')).toBe(503);
  } finally {
    await slapd.run();
  }
  expect(await statusOf('alice')).toBe(201);
  later();
  expect((await cloud.send('GET', `/v3/users?domain_id=${domainId}`)).status).toBe(200);
});

test('a server that never answers is given up; the next one of the list is asked', async () => {
  const sockets = new Set<Socket>();
  let asked = 0;
  const mute: Server = createServer((socket) => {
    asked += 1;
    sockets.add(socket);
  });
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  const { port } = mute.address() as { port: number };
  try {
    const alone = await domainWith({ url: `ldaps://127.0.0.1:${port}`, connection_timeout: 1 });
    expect(await statusOf('alice', undefined, alone)).toBe(503);
    const second = await domainWith({ url: `ldaps://127.0.0.1:${port},${slapd.url}`, connection_timeout: 1 });
    expect(await statusOf('alice', undefined, second)).toBe(201);
    expect(asked).toBe(2);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => mute.close(resolve));
  }
});

test('TLS from the start and by upgrade, with a certificate that is known', async () => {
  const secure = `ldaps://127.0.0.1:${slapd.securePort}`;
  const known = { tls_cacertfile: slapd.certificate };
  const outcome = async (options: object) => await statusOf('alice', undefined, await domainWith(options));
  expect(await outcome({ url: secure, ...known })).toBe(201);
  expect(await outcome({ url: secure })).toBe(503);
  expect(await outcome({ url: secure, tls_req_cert: 'never' })).toBe(201);
  expect(await outcome({ use_tls: true, ...known })).toBe(201);
  expect(await outcome({ use_tls: true })).toBe(503);
  expect(await outcome({ use_tls: true, tls_cacertfile: '/nowhere.pem' })).toBe(503);
});

test('what is wrong with a configuration is told', async () => {
  const failureOf = async (options: object) => (await cloud.identity.ldap.look(await domainWith(options)))?.failure;
  expect(await failureOf({ password: 'wrong' })).toMatchObject({
    message: expect.stringMatching(/refuses the account/),
  });
  expect(await failureOf({ page_size: 0, user_filter: null })).toMatchObject({
    hint: expect.stringMatching(/Set page_size/),
  });
  expect(await failureOf({ user_tree_dn: `ou=none,${SUFFIX}` })).toMatchObject({
    hint: expect.stringMatching(/user_tree_dn/),
  });
  expect(await failureOf({ url: 'http://x' })).toMatchObject({ message: expect.stringMatching(/must be ldap:/) });
  const { id } = await cloud.makeDomain();
  const put = async (ldap: object, identity: object = { driver: 'ldap' }) => {
    const answer = await cloud.send('PUT', `/v3/domains/${id}/config`, { body: { config: { identity, ldap } } });
    return [answer.status, answer.status === 400 ? /config\.\S*\w/.exec(answer.body.error.message)?.[0] : undefined];
  };
  expect(await put({ user_filter: '(cn=' })).toEqual([400, 'config.ldap.user_filter']);
  expect(await put({ user: 'cn=x' })).toEqual([400, 'config.ldap.password']);
  expect(await put({ chase_referrals: true })).toEqual([400, 'config.ldap.chase_referrals']);
  expect(await put({ alias_dereferencing: 'always' })).toEqual([400, 'config.ldap.alias_dereferencing']);
  expect(await put({ url: 'ldaps://x', use_tls: true })).toEqual([400, 'config.ldap.use_tls']);
  expect(await put({ user_enabled_mask: 2 })).toEqual([400, 'config.ldap.user_enabled_default']);
  expect(await put({ use_pool: true })).toEqual([403, undefined]);
  expect(await put({}, { driver: 'ldap', list_limit: -1 })).toEqual([400, 'config.identity.list_limit']);
  // As in Keystone, a driver may have any name; one that is not there lets nobody in.
  expect(await put({}, { driver: 'other' })).toEqual([201, undefined]);
  expect([
    await statusOf('alice', undefined, id),
    (await cloud.send('GET', `/v3/users?domain_id=${id}`)).status,
  ]).toEqual([503, 503]);
});

test('how the server does, and whom other options would find', async () => {
  const ask = async (method: 'GET' | 'POST', path: string, payload?: object) => {
    const url = `/v1/domains/${path}`;
    const headers = { 'x-auth-token': cloud.admin };
    const response = await cloud.edge.fastify.inject({ method, url, headers, ...(payload && { payload }) });
    return { status: response.statusCode, body: response.json() };
  };
  expect(await ask('GET', 'default/ldap')).toEqual({ status: 200, body: { server: null } });
  const id = await domainWith({ user_filter: '(uid=twin-*)' });
  expect((await ask('GET', `${id}/ldap`)).body.server).toMatchObject({
    url: slapd.url,
    people: { users: 2, groups: 4, passedOver: [] },
    failure: null,
  });
  const bare = await cloud.makeDomain();
  const test = (ldap: object, domain = bare.id) => ask('POST', `${domain}/ldap/test`, { ldap });
  const found = { users: 2, groups: 4, userNames: ['twin', 'Twin'] };
  expect((await test({ ...LDAP, url: slapd.url, user_filter: '(uid=twin-*)' })).body).toMatchObject(found);
  // What is not said is as it is stored, such as the password.
  expect((await test({ user_filter: '(uid=alice)' }, id)).body).toMatchObject({ userNames: ['alice'] });
  const refused = await test({ ...LDAP, url: slapd.url, password: 'wrong' });
  expect([refused.status, refused.body.error.hint]).toEqual([503, expect.stringMatching(/Check user and password/)]);
  expect((await test({ url: 'nonsense' })).body.error).toMatchObject({ code: 'bad_request', field: 'config.ldap.url' });
  expect((await cloud.send('GET', `/v3/domains/${bare.id}/config`)).status).toBe(404);
});

test('without its server a domain has nobody who can sign in, until it is back', async () => {
  const id = await domainWith({});
  const { id: userId } = await userNamed('alice', id);
  const token = await cloud.token({ name: 'alice', password: 'alice-password', domainId: id }, 'unscoped');
  const { config } = await cloud.call('GET', `/v3/domains/${id}/config`);
  await cloud.call('DELETE', `/v3/domains/${id}/config`);
  expect((await cloud.send('GET', '/v3/auth/projects', { token })).status).toBe(401);
  expect(await statusOf('alice', undefined, id)).toBe(401);
  await cloud.call('PUT', `/v3/domains/${id}/config`, {
    config: { ...config, ldap: { ...config.ldap, password: BIND_PASSWORD } },
  });
  expect((await cloud.authenticate({ id: userId, password: 'alice-password' }, 'unscoped')).status).toBe(201);
});

test('guesses are limited as everywhere', async () => {
  const statuses = [];
  for (let tries = 0; tries < 11; tries++) statuses.push(await statusOf('dave', 'guess'));
  expect(statuses).toEqual([...Array(10).fill(401), 429]);
  cloud.clock += 6 * 60_000;
  expect(await Promise.all(Array.from({ length: 15 }, () => statusOf('dave')))).toEqual(Array(15).fill(201));
});
