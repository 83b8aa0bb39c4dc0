import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TokenBody } from '../contract/openstack.ts';
import type { Database } from '../database/database.ts';
import { openMigrated } from '../database/testing/migrated-database.ts';
import { EventService } from '../events/event.service.ts';
import { Edge } from '../http/edge.ts';
import { BASE_RULES } from '../policy/base.policy.ts';
import { PolicyService } from '../policy/policy.service.ts';
import { CredentialCipher } from './credential/credential-cipher.ts';
import { IDENTITY_RULES } from './identity.policy.ts';
import { identityRoutes } from './identity.routes.ts';
import { IdentityService } from './identity.service.ts';
import { CHEAP_HASH } from './testing/cheap-hash.ts';

const cipher = new CredentialCipher(Buffer.alloc(32));
const PASSWORD = 'correct horse';
const UNAUTHENTICATED = {
  error: { code: 401, message: 'The request you have made requires authentication.', title: 'Unauthorized' },
};

let dataDir: string;
let database: Database;
let identity: IdentityService;
let edge: Edge;
let clock: number;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cumulet-identity-'));
  database = await openMigrated(dataDir);
  clock = Date.now();
  const log = pino({ level: 'silent' });
  identity = new IdentityService({
    database,
    events: new EventService(database),
    cipher,
    hashCost: CHEAP_HASH,
    log,
    now: () => clock,
  });
  await identity.start({ adminPassword: PASSWORD, resetAdminPassword: false });
  edge = new Edge({
    checkAnswers: true,
    log,
    authenticate: (token, requestId) => identity.authenticate(token, requestId),
    policy: new PolicyService([...BASE_RULES, ...IDENTITY_RULES]),
    dashboardDir: undefined,
  });
  await edge.prepare();
  edge.register(identityRoutes({ identity }));
});

afterEach(async () => {
  identity.close();
  await edge.fastify.close();
  await database.close();
  await rm(dataDir, { recursive: true });
});

function passwordAuth(password: string, scope?: unknown, name = 'admin') {
  const user = { name, domain: { name: 'Default' }, password };
  return {
    auth: { identity: { methods: ['password'], password: { user } }, ...(scope === undefined ? {} : { scope }) },
  };
}

const ADMIN_PROJECT = { project: { name: 'admin', domain: { id: 'default' } } };

async function post(payload: object, query = '') {
  return await edge.fastify.inject({ method: 'POST', url: `/identity/v3/auth/tokens${query}`, payload });
}

async function signIn(scope: unknown = ADMIN_PROJECT): Promise<string> {
  const response = await post(passwordAuth(PASSWORD, scope));
  expect(response.statusCode).toBe(201);
  return String(response.headers['x-subject-token']);
}

async function call(method: 'GET' | 'HEAD' | 'DELETE', url: string, headers: Record<string, string>) {
  return await edge.fastify.inject({ method, url: `/identity${url}`, headers });
}

async function member(): Promise<{ id: string }> {
  const admin = await database.query.selectFrom('identity_user').selectAll().executeTakeFirstOrThrow();
  const user = { ...admin, id: 'f'.repeat(32), name: 'mia' };
  const project = await database.query
    .selectFrom('identity_project')
    .select('id')
    .where('is_domain', '=', 0)
    .executeTakeFirstOrThrow();
  const role = await database.query
    .selectFrom('identity_role')
    .select('id')
    .where('name', '=', 'member')
    .executeTakeFirstOrThrow();
  await database.query.insertInto('identity_user').values(user).execute();
  await database.query
    .insertInto('identity_assignment')
    .values({ user_id: user.id, project_id: project.id, role_id: role.id, inherited: 0 })
    .execute();
  return { id: user.id };
}

test('a project-scoped token carries user, project, implied roles and the catalogue of the address one came by', async () => {
  const response = await edge.fastify.inject({
    method: 'POST',
    url: '/identity/v3/auth/tokens',
    headers: { host: 'localhost:9999' },
    payload: passwordAuth(PASSWORD, ADMIN_PROJECT),
  });
  expect(response.statusCode).toBe(201);
  expect(response.headers.vary).toBe('X-Auth-Token');
  const { token } = response.json<TokenBody>();
  expect(token).toMatchObject({
    methods: ['password'],
    user: { name: 'admin', domain: { id: 'default', name: 'Default' }, password_expires_at: null },
    project: { name: 'admin', domain: { id: 'default', name: 'Default' } },
    is_domain: false,
  });
  expect(token.roles?.map(({ name }) => name)).toEqual(['admin', 'manager', 'member', 'reader']);
  expect(token.issued_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  expect(token.audit_ids).toHaveLength(1);
  const urls = token.catalog?.map(({ type, endpoints }) => [type, endpoints.map(({ url }) => url)]);
  expect(Object.fromEntries(urls ?? [])).toEqual({
    identity: Array(3).fill('http://localhost:9999/identity'),
    compute: Array(3).fill('http://localhost:9999/compute/v2.1'),
    image: Array(3).fill('http://localhost:9999/image'),
    network: Array(3).fill('http://localhost:9999/network'),
    placement: Array(3).fill('http://localhost:9999/placement'),
  });
});

test('the scope decides what a token carries', async () => {
  const body = async (scope?: unknown, query = '') => (await post(passwordAuth(PASSWORD, scope), query)).json().token;
  for (const scope of [undefined, 'unscoped', { unscoped: {} }]) {
    const token = await body(scope);
    expect(token).not.toHaveProperty('project');
    expect(token).not.toHaveProperty('roles');
    expect(token).not.toHaveProperty('catalog');
  }
  expect(await body({ system: { all: true } })).toMatchObject({
    system: { all: true },
    roles: [{ name: 'admin' }, {}, {}, {}],
  });
  expect(await body(ADMIN_PROJECT, '?nocatalog')).not.toHaveProperty('catalog');
});

test('every failed sign-in reads the same', async () => {
  const attempts = [
    passwordAuth('wrong', ADMIN_PROJECT),
    passwordAuth(PASSWORD, ADMIN_PROJECT, 'nobody'),
    passwordAuth(PASSWORD, { project: { name: 'nothing', domain: { id: 'default' } } }),
    passwordAuth(PASSWORD, { project: { id: '0'.repeat(32) } }),
    passwordAuth(PASSWORD, { project: { name: 'admin', domain: { id: 'elsewhere' } } }),
    passwordAuth(PASSWORD, { domain: { id: 'default' } }),
    { auth: { identity: { methods: ['magic'] } } },
  ];
  for (const attempt of attempts) {
    const response = await post(attempt);
    expect(response.statusCode).toBe(401);
    expect(response.json()).toEqual(UNAUTHENTICATED);
  }
});

test('a malformed request is refused by the name of what is wrong', async () => {
  const wrong: [unknown, string][] = [
    [{}, 'auth'],
    [{ auth: {} }, 'auth.identity'],
    [{ auth: { identity: { methods: 'password' } } }, 'auth.identity.methods'],
    [{ auth: { identity: { methods: ['password'] } } }, 'password'],
    [{ auth: { identity: { methods: ['password'], password: { user: { password: 'x' } } } } }, 'id or name'],
    [{ auth: { identity: { methods: ['password'], password: { user: { name: 'admin', password: 'x' } } } } }, 'domain'],
    [passwordAuth(PASSWORD, { project: { name: 'admin' } }), 'domain'],
    [passwordAuth(PASSWORD, {}), 'scope'],
    [passwordAuth(PASSWORD, { system: {}, unscoped: {} }), 'scope'],
  ];
  for (const [payload, name] of wrong) {
    const response = await post(payload as object);
    expect(response.statusCode).toBe(400);
    expect(response.json().error.message).toContain(name);
  }
});

test('a token is validated, used to make another that ends with it in time, and revoked', async () => {
  const token = await signIn();
  const seen = await call('GET', '/v3/auth/tokens', { 'x-auth-token': token, 'x-subject-token': token });
  expect(seen.statusCode).toBe(200);
  expect(seen.headers['x-subject-token']).toBe(token);
  const head = await call('HEAD', '/v3/auth/tokens', { 'x-auth-token': token, 'x-subject-token': token });
  expect([head.statusCode, head.body]).toEqual([200, '']);

  clock += 60_000;
  const rescoped = await post({ auth: { identity: { methods: ['token'], token: { id: token } }, scope: 'unscoped' } });
  expect(rescoped.statusCode).toBe(201);
  const [first, second] = [seen.json<TokenBody>().token, rescoped.json<TokenBody>().token];
  expect(second.expires_at).toBe(first.expires_at);
  expect(second.methods.sort()).toEqual(['password', 'token']);
  expect(second.audit_ids[1]).toBe(first.audit_ids[0]);

  const gone = await call('DELETE', '/v3/auth/tokens', { 'x-auth-token': token, 'x-subject-token': token });
  expect(gone.statusCode).toBe(204);
  expect((await call('GET', '/v3/auth/projects', { 'x-auth-token': token })).json()).toEqual(UNAUTHENTICATED);
  const other = await signIn();
  const missing = await call('GET', '/v3/auth/tokens', { 'x-auth-token': other, 'x-subject-token': token });
  expect(missing.statusCode).toBe(404);
});

test('tokens expire and, when no service may ask for them any more, are pruned', async () => {
  const token = await signIn();
  clock += 11 * 3600_000;
  expect(await identity.authenticate(token, 'req-1')).toMatchObject({
    userName: 'admin',
    requestId: 'req-1',
  });
  clock += 3600_001;
  expect(await identity.authenticate(token, 'req-2')).toBeUndefined();
  clock += 48 * 3600_000;
  await identity.tokens.prune();
  const left = await database.query.selectFrom('identity_token').selectAll().execute();
  expect(left).toEqual([]);
});

test('tokens are not stored, only their hashes, and passwords only as scrypt', async () => {
  const product = new IdentityService({
    database,
    events: new EventService(database),
    cipher,
    log: pino({ level: 'silent' }),
  });
  expect(await product.start({ adminPassword: 'battery staple', resetAdminPassword: true })).toBe('reset');
  product.close();
  expect((await post(passwordAuth(PASSWORD, ADMIN_PROJECT))).statusCode).toBe(401);
  const response = await post(passwordAuth('battery staple', ADMIN_PROJECT));
  expect(response.statusCode).toBe(201);
  const token = String(response.headers['x-subject-token']);
  const rows = JSON.stringify([
    await database.query.selectFrom('identity_token').selectAll().execute(),
    await database.query.selectFrom('identity_user').selectAll().execute(),
  ]);
  expect(rows).not.toContain(token);
  expect(rows).not.toContain(PASSWORD);
  expect(rows).not.toContain('battery staple');
  expect(rows).toContain('$scrypt$ln=15,r=8,p=3$');
});

test('rights are those of now: a role taken away is gone from tokens that were issued before', async () => {
  const { id } = await member();
  const response = await post(passwordAuth(PASSWORD, ADMIN_PROJECT, 'mia'));
  const token = String(response.headers['x-subject-token']);
  expect(await identity.authenticate(token, 'r')).toMatchObject({ roles: ['member', 'reader'] });
  await database.query.deleteFrom('identity_assignment').where('user_id', '=', id).execute();
  identity.tokens.changed();
  expect(await identity.authenticate(token, 'r')).toBeUndefined();
});

test('members see themselves, their projects and the catalogue, nothing of others', async () => {
  const { id } = await member();
  const admin = await signIn();
  const token = String((await post(passwordAuth(PASSWORD, ADMIN_PROJECT, 'mia'))).headers['x-subject-token']);
  const get = async (url: string) => await call('GET', url, { 'x-auth-token': token });
  for (const url of ['/v3/users', '/v3/projects', '/v3/roles', '/v3/domains', '/v3/services', '/v3/endpoints']) {
    const response = await get(url);
    expect([url, response.statusCode]).toEqual([url, 403]);
    expect(response.json().error.message).toMatch(
      /^You are not authorized to perform the requested action: identity:list_/,
    );
  }
  expect((await get(`/v3/users/${id}`)).json().user.name).toBe('mia');
  expect((await get(`/v3/users/${id}/projects`)).json().projects).toHaveLength(1);
  expect((await get('/v3/auth/projects')).json().projects).toMatchObject([{ name: 'admin', domain_id: 'default' }]);
  expect((await get('/v3/auth/catalog')).json().catalog).toHaveLength(5);
  expect((await get('/v3/regions')).json().regions).toMatchObject([{ id: 'RegionOne' }]);
  const foreign = await call('GET', '/v3/auth/tokens', { 'x-auth-token': token, 'x-subject-token': admin });
  expect(foreign.statusCode).toBe(403);
});

test('administrators list and filter', async () => {
  await member();
  const token = await signIn();
  const get = async (url: string) => (await call('GET', url, { 'x-auth-token': token })).json();
  expect((await get('/v3/users?name=mia')).users).toMatchObject([{ name: 'mia', options: {}, enabled: true }]);
  expect((await get('/v3/users?name=nobody')).users).toEqual([]);
  const names = (await get('/v3/roles')).roles.map(({ name }: { name: string }) => name);
  expect(names.sort()).toEqual(['admin', 'manager', 'member', 'reader', 'service']);
  expect((await get('/v3/services?type=image')).services).toHaveLength(1);
  expect((await get('/v3/endpoints?interface=public')).endpoints).toHaveLength(5);
  expect((await get('/v3/projects?domain_id=default')).links).toEqual({
    self: 'http://localhost:80/identity/v3/projects?domain_id=default',
    previous: null,
    next: null,
  });
  expect((await get('/v3/users/no%20such')).error.message).toBe('Could not find user: no such.');
});

test('a changed password ends every token of the user', async () => {
  const token = await signIn();
  const { user } = (await call('GET', '/v3/auth/tokens', { 'x-auth-token': token, 'x-subject-token': token })).json()
    .token;
  const change = async (original_password: string) =>
    await edge.fastify.inject({
      method: 'POST',
      url: `/identity/v3/users/${user.id}/password`,
      payload: { user: { original_password, password: 'better' } },
    });
  expect((await change('wrong')).statusCode).toBe(401);
  expect((await change(PASSWORD)).statusCode).toBe(204);
  expect(await identity.authenticate(token, 'r')).toBeUndefined();
  expect((await post(passwordAuth(PASSWORD, ADMIN_PROJECT))).statusCode).toBe(401);
  expect((await post(passwordAuth('better', ADMIN_PROJECT))).statusCode).toBe(201);
});

test('too many wrong passwords are answered 429 until the window has passed; the right one does not help', async () => {
  for (let count = 0; count < 10; count++) expect((await post(passwordAuth('guess'))).statusCode).toBe(401);
  const refused = await post(passwordAuth(PASSWORD));
  expect(refused.statusCode).toBe(429);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(200);
  clock += 5 * 60_000 + 1;
  expect((await post(passwordAuth(PASSWORD))).statusCode).toBe(201);
}, 60_000);

test('a given password replaces another at the next start; the same one changes nothing', async () => {
  const token = await signIn();
  const again = new IdentityService({
    database,
    events: new EventService(database),
    cipher,
    log: pino({ level: 'silent' }),
  });
  expect(await again.start({ adminPassword: PASSWORD, resetAdminPassword: true })).toBe('unchanged');
  expect(await again.start({ adminPassword: 'other', resetAdminPassword: false })).toBe('unchanged');
  expect(await again.authenticate(token, 'r')).toBeDefined();
  expect(await again.start({ adminPassword: 'other', resetAdminPassword: true })).toBe('reset');
  again.close();
  const fresh = new IdentityService({
    database,
    events: new EventService(database),
    cipher,
    log: pino({ level: 'silent' }),
  });
  expect(await fresh.authenticate(token, 'r')).toBeUndefined();
  expect((await post(passwordAuth('other', ADMIN_PROJECT))).statusCode).toBe(201);
});

test('what the cloud cannot be without comes back at the next start, the administrator only with a given password', async () => {
  await database.query.deleteFrom('identity_user').execute();
  await database.query.deleteFrom('identity_project').where('is_domain', '=', 0).execute();
  await database.query.deleteFrom('identity_role').where('name', '=', 'member').execute();
  const start = async (resetAdminPassword: boolean) => {
    const again = new IdentityService({
      database,
      cipher,
      events: new EventService(database),
      log: pino({ level: 'silent' }),
    });
    const done = await again.start({ adminPassword: PASSWORD, resetAdminPassword });
    again.close();
    return done;
  };
  expect(await start(false)).toBe('unchanged');
  await expect(identity.adminProject()).resolves.toMatchObject({ id: expect.any(String) });
  expect((await post(passwordAuth(PASSWORD, ADMIN_PROJECT))).statusCode).toBe(401);
  expect(await start(true)).toBe('created');
  const { token } = (await post(passwordAuth(PASSWORD, ADMIN_PROJECT))).json<TokenBody>();
  expect(token.roles?.map(({ name }) => name)).toEqual(['admin', 'manager', 'member', 'reader']);
});

test('a sign-in code works once and not for long', async () => {
  const code = await identity.createSignInCode();
  const signedIn = await identity.exchangeSignInCode(code);
  expect(signedIn).toMatchObject({ user: { name: 'admin' }, project: { name: 'admin' } });
  expect(await identity.authenticate(signedIn.token, 'r')).toMatchObject({ roles: expect.arrayContaining(['admin']) });
  await expect(identity.exchangeSignInCode(code)).rejects.toMatchObject({ code: 'unauthorized' });
  const late = await identity.createSignInCode();
  clock += 10 * 60_000 + 1;
  await expect(identity.exchangeSignInCode(late)).rejects.toMatchObject({ code: 'unauthorized' });
});

test('versions are found as Keystone tells them', async () => {
  const root = await edge.fastify.inject({ url: '/identity' });
  expect(root.statusCode).toBe(300);
  expect(root.headers.location).toBe('http://localhost:80/identity/v3/');
  expect(root.json().versions.values[0]).toMatchObject({ id: 'v3.14', status: 'stable' });
  expect((await edge.fastify.inject({ url: '/identity/v3/' })).json().version.id).toBe('v3.14');
  expect((await edge.fastify.inject({ url: '/identity/v3/nothing' })).json().error.title).toBe('Not Found');
});
