import { Secret, TOTP } from 'otpauth';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { IdentityFixture, PASSWORD } from '../testing/identity.fixture.ts';
import { ec2SignedByVersion2, ec2SignedByVersion4 } from '../testing/signing.ts';
import { PasswordHasher } from '../token/password-hash.ts';

let world: IdentityFixture;
/** A member of a project of their own, and somebody without any role. */
let mia: { id: string };
let tom: { id: string };
let project: { id: string };
let token: string;

beforeEach(async () => {
  world = await IdentityFixture.open();
  project = await world.makeProject();
  mia = await world.makeUser({ name: 'mia' });
  tom = await world.makeUser({ name: 'tom' });
  await world.grant(`users/${mia.id}`, 'member', `projects/${project.id}`);
  token = await world.token({ id: mia.id }, { project: { id: project.id } });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await world.close();
});

const isValid = async (some: string) => (await world.identity.authenticate(some, 'r')) !== undefined;

async function signIn(identity: object, scope?: unknown, headers: object = {}) {
  const body = { auth: { identity, ...(scope === undefined ? {} : { scope }) } };
  return await world.send('POST', '/v3/auth/tokens', { token: null, body, headers });
}

async function makeApplicationCredential(values: object = {}, by = token) {
  const body = { application_credential: { name: `credential-${Math.random()}`, ...values } };
  return await world.send('POST', `/v3/users/${mia.id}/application_credentials`, { token: by, body });
}

async function byApplicationCredential({ id, secret }: { id: string; secret: string }): Promise<string> {
  const answer = await signIn({ methods: ['application_credential'], application_credential: { id, secret } });
  expect(answer.status).toBe(201);
  return String(answer.headers['x-subject-token']);
}

async function makeTrust(values: object = {}, by = token) {
  const trust = {
    trustor_user_id: mia.id,
    trustee_user_id: tom.id,
    project_id: project.id,
    impersonation: true,
    roles: [{ name: 'member' }],
    ...values,
  };
  return await world.send('POST', '/v3/OS-TRUST/trusts', { token: by, body: { trust } });
}

async function byTrust(id: string) {
  const own = await world.token({ id: tom.id });
  return await signIn({ methods: ['token'], token: { id: own } }, { 'OS-TRUST:trust': { id } });
}

test('an application credential signs in for its project and ends with its deletion', async () => {
  const made = await makeApplicationCredential({ roles: [{ name: 'reader' }] });
  expect(made.status).toBe(201);
  const credential = made.body.application_credential;
  const path = `/v3/users/${mia.id}/application_credentials/${credential.id}`;
  expect((await world.call('GET', path, undefined, token)).application_credential).not.toHaveProperty('secret');
  const answer = await signIn({
    methods: ['application_credential'],
    application_credential: { name: credential.name, secret: credential.secret, user: { id: mia.id } },
  });
  expect(answer.body.token).toMatchObject({
    methods: ['application_credential'],
    project: { id: project.id },
    roles: [{ name: 'reader' }],
    application_credential: { id: credential.id, restricted: true },
  });
  const issued = String(answer.headers['x-subject-token']);
  expect((await makeApplicationCredential({}, issued)).status).toBe(403);
  expect((await makeTrust({}, issued)).status).toBe(403);
  expect((await world.send('DELETE', path, { token })).status).toBe(204);
  expect(await isValid(issued)).toBe(false);
});

test('an application credential is for no more than its owner has, for no longer than it says', async () => {
  expect((await makeApplicationCredential({ roles: [{ name: 'admin' }] })).status).toBe(400);
  expect((await makeApplicationCredential({ expires_at: '2001-01-01T00:00:00' })).status).toBe(400);
  expect((await makeApplicationCredential({ nonsense: 1 })).status).toBe(400);
  const soon = new Date(world.clock + 60_000).toISOString().replace('Z', '456');
  const { application_credential } = (await makeApplicationCredential({ expires_at: soon })).body;
  expect(application_credential.expires_at).toBe(soon);
  const issued = await byApplicationCredential(application_credential);
  const other = (await makeApplicationCredential()).body.application_credential;
  const lasting = await byApplicationCredential(other);
  world.clock += 61_000;
  expect([await isValid(issued), await isValid(lasting)]).toEqual([false, true]);
  await world.call('DELETE', `/v3/projects/${project.id}/users/${mia.id}/roles/${await world.roleId('member')}`);
  expect(await isValid(lasting)).toBe(false);
  const again = await signIn({ methods: ['application_credential'], application_credential: other });
  expect(again.status).toBe(401);
});

test.for(['token', 'user', 'project'])(
  'an application credential is not made where its %s is taken away while its secret is hashed',
  async (what) => {
    const paths: Record<string, string> = { user: `/v3/users/${mia.id}`, project: `/v3/projects/${project.id}` };
    const path = paths[what] ?? '/v3/auth/tokens';
    const { hash } = PasswordHasher.prototype;
    vi.spyOn(PasswordHasher.prototype, 'hash').mockImplementationOnce(async function (this: PasswordHasher, secret) {
      expect((await world.send('DELETE', path, { headers: { 'x-subject-token': token } })).status).toBe(204);
      return await hash.call(this, secret);
    });
    expect((await makeApplicationCredential()).status).toBe(401);
  },
);

test('access rules are enforced, shared by wording and kept while they are used', async () => {
  const rule = { service: 'identity', method: 'GET', path: '/v3/users/{user_id}' };
  const made = (await makeApplicationCredential({ access_rules: [rule] })).body.application_credential;
  const again = (await makeApplicationCredential({ access_rules: [rule] })).body.application_credential;
  expect(made.access_rules).toMatchObject([rule]);
  expect(again.access_rules).toEqual(made.access_rules);
  const issued = await byApplicationCredential(made);
  expect((await world.send('GET', `/v3/users/${mia.id}`, { token: issued })).status).toBe(200);
  expect((await world.send('GET', '/v3/auth/projects', { token: issued })).status).toBe(401);
  const path = `/v3/users/${mia.id}/access_rules`;
  const { id } = made.access_rules[0];
  expect((await world.send('DELETE', `${path}/${id}`, { token })).status).toBe(403);
  for (const one of [made, again]) {
    await world.call('DELETE', `/v3/users/${mia.id}/application_credentials/${one.id}`, undefined, token);
  }
  expect((await world.call('GET', path, undefined, token)).access_rules).toHaveLength(1);
  expect((await world.send('DELETE', `${path}/${id}`, { token })).status).toBe(204);
  expect((await world.send('GET', `${path}/${id}`, { token })).status).toBe(404);
});

test('a trust lets its trustee act as the trustor, as often as it says, until it is deleted', async () => {
  const made = await makeTrust({ remaining_uses: 2 });
  expect(made.status).toBe(201);
  const { trust } = made.body;
  expect(trust).toMatchObject({
    deleted_at: null,
    expires_at: null,
    roles: [{ name: 'member' }],
    redelegation_count: 0,
  });
  const answer = await byTrust(trust.id);
  expect(answer.body.token).toMatchObject({
    user: { id: mia.id },
    project: { id: project.id },
    'OS-TRUST:trust': { id: trust.id, impersonation: true, trustee_user: { id: tom.id } },
  });
  const issued = String(answer.headers['x-subject-token']);
  expect((await signIn({ methods: ['token'], token: { id: issued } })).status).toBe(403);
  expect((await makeApplicationCredential({}, issued)).status).toBe(403);
  expect((await byTrust(trust.id)).status).toBe(201);
  expect((await byTrust(trust.id)).status).toBe(401);
  expect((await world.send('GET', `/v3/OS-TRUST/trusts/${trust.id}`, { token })).status).toBe(404);
  expect(await isValid(issued)).toBe(true);
});

test('tokens by trust end with it, with the trustee and with what the trustor has', async () => {
  const ways: (() => Promise<unknown>)[] = [
    () => world.call('PATCH', `/v3/users/${tom.id}`, { user: { enabled: false } }),
    () => world.call('PATCH', `/v3/users/${tom.id}`, { user: { enabled: true, password: 'another horse' } }),
    () => world.call('DELETE', `/v3/projects/${project.id}/users/${mia.id}/roles/${memberId}`),
  ];
  const memberId = await world.roleId('member');
  const { trust } = (await makeTrust({ impersonation: false })).body;
  const first = await byTrust(trust.id);
  expect(first.body.token.user.id).toBe(tom.id);
  const issued = String(first.headers['x-subject-token']);
  await world.call('GET', `/v3/OS-TRUST/trusts/${trust.id}/roles/${memberId}`, undefined, token);
  await world.call('DELETE', `/v3/OS-TRUST/trusts/${trust.id}`, undefined, token);
  expect(await isValid(issued)).toBe(false);
  const { trust: other } = (await makeTrust()).body;
  for (const way of ways) {
    const answer = await signInAsTrustee(other.id);
    await way();
    expect(await isValid(answer)).toBe(false);
  }
  const { events } = await world.call('GET', '/v3/OS-REVOKE/events');
  expect(events).toContainEqual(expect.objectContaining({ 'OS-TRUST:trust_id': trust.id }));

  async function signInAsTrustee(id: string): Promise<string> {
    const { password } = { password: PASSWORD };
    let own = await world.authenticate({ id: tom.id, password });
    if (own.status !== 201) own = await world.authenticate({ id: tom.id, password: 'another horse' });
    if (own.status !== 201) {
      await world.call('PATCH', `/v3/users/${tom.id}`, { user: { enabled: true } });
      own = await world.authenticate({ id: tom.id, password });
    }
    const methods = { methods: ['token'], token: { id: String(own.headers['x-subject-token']) } };
    const answer = await signIn(methods, { 'OS-TRUST:trust': { id } });
    expect(answer.status).toBe(201);
    return String(answer.headers['x-subject-token']);
  }
}, 60_000);

test('a trust whose trustor has lost one of its roles is good for none of them', async () => {
  const { trust } = (await makeTrust({ roles: [{ name: 'member' }] })).body;
  await world.grant(`users/${mia.id}`, 'reader', `projects/${project.id}`);
  await world.call('DELETE', `/v3/projects/${project.id}/users/${mia.id}/roles/${await world.roleId('member')}`);
  expect((await byTrust(trust.id)).status).toBe(403);
  await world.grant(`users/${mia.id}`, 'manager', `projects/${project.id}`);
  const answer = await byTrust(trust.id);
  expect(answer.body.token.roles.map(({ name }: { name: string }) => name).sort()).toEqual(['member', 'reader']);
});

test('a trust is handed on within its limits and takes those with it when it is deleted', async () => {
  const { trust } = (await makeTrust({ allow_redelegation: true, redelegation_count: 2 })).body;
  const by = String((await byTrust(trust.id)).headers['x-subject-token']);
  expect((await makeTrust({ roles: [{ name: 'reader' }], allow_redelegation: true }, by)).status).toBe(403);
  const handed = await makeTrust({ allow_redelegation: true }, by);
  expect(handed.body.trust).toMatchObject({ redelegated_trust_id: trust.id, redelegation_count: 1 });
  const issued = String((await byTrust(handed.body.trust.id)).headers['x-subject-token']);
  await world.call('DELETE', `/v3/OS-TRUST/trusts/${trust.id}`, undefined, token);
  expect(await isValid(issued)).toBe(false);
  expect((await world.send('GET', `/v3/OS-TRUST/trusts/${handed.body.trust.id}`, { token })).status).toBe(404);
});

test('trusts and credentials of others are nobody elses business', async () => {
  const { trust } = (await makeTrust()).body;
  const zoe = await world.makeUser();
  await world.grant(`users/${zoe.id}`, 'member', `projects/${project.id}`);
  const stranger = await world.token({ id: zoe.id }, { project: { id: project.id } });
  const status = async (path: string) => (await world.send('GET', path, { token: stranger })).status;
  expect(await status(`/v3/OS-TRUST/trusts/${trust.id}`)).toBe(403);
  expect(await status('/v3/OS-TRUST/trusts')).toBe(403);
  expect(await status(`/v3/OS-TRUST/trusts?trustor_user_id=${mia.id}`)).toBe(403);
  expect(await status(`/v3/users/${mia.id}/application_credentials`)).toBe(403);
  expect(await status('/v3/credentials/none')).toBe(403);
  expect((await makeTrust({}, stranger)).status).toBe(403);
});

test('a child ends with its parent, and every token with its user and project', async () => {
  const child = await signIn({ methods: ['token'], token: { id: token } }, { project: { id: project.id } });
  const issued = String(child.headers['x-subject-token']);
  await world.send('DELETE', '/v3/auth/tokens', { token, headers: { 'x-subject-token': token } });
  expect(await isValid(issued)).toBe(false);
  const next = await world.token({ id: mia.id }, { project: { id: project.id } });
  await world.call('DELETE', `/v3/projects/${project.id}`);
  expect(await isValid(next)).toBe(false);
  const unscoped = await world.token({ id: mia.id });
  await world.call('DELETE', `/v3/users/${mia.id}`);
  expect(await isValid(unscoped)).toBe(false);
});

test('several factors: a receipt carries over what was proven; a code is right once', async () => {
  const secret = new Secret({ size: 20 });
  const credential = { user_id: mia.id, type: 'totp', blob: secret.base32 };
  expect((await world.send('POST', '/v3/credentials', { token, body: { credential } })).status).toBe(201);
  const options = { multi_factor_auth_enabled: true, multi_factor_auth_rules: [['password', 'totp']] };
  await world.call('PATCH', `/v3/users/${mia.id}`, { user: { options } });
  const password = { methods: ['password'], password: { user: { id: mia.id, password: PASSWORD } } };
  const first = await signIn(password);
  expect(first.status).toBe(401);
  expect(first.body).toMatchObject({
    receipt: { methods: ['password'], user: { id: mia.id } },
    required_auth_methods: [['password', 'totp']],
  });
  const receipt = { 'openstack-auth-receipt': String(first.headers['openstack-auth-receipt']) };
  const passcode = new TOTP({ secret }).generate({ timestamp: world.clock });
  const totp = { methods: ['totp'], totp: { user: { id: mia.id, passcode } } };
  const wrong = { methods: ['totp'], totp: { user: { id: mia.id, passcode: '000000' } } };
  expect((await signIn(wrong, undefined, receipt)).status).toBe(401);
  const done = await signIn(totp, undefined, receipt);
  expect(done.status).toBe(201);
  expect(done.body.token.methods.sort()).toEqual(['password', 'totp']);
  expect((await signIn({ ...password, ...totp, methods: ['password', 'totp'] })).status).toBe(401);
  world.clock += 30_000;
  const both = { ...password, methods: ['password', 'totp'] };
  const later = new TOTP({ secret }).generate({ timestamp: world.clock });
  expect((await signIn({ ...both, totp: { user: { id: mia.id, passcode: later } } })).status).toBe(201);
  const stored = await world.database.query.selectFrom('identity_credential').selectAll().execute();
  expect(JSON.stringify(stored)).not.toContain(secret.base32);
});

test('EC2 keys are made, sign in and take their tokens with them', async () => {
  const path = `/v3/users/${mia.id}/credentials/OS-EC2`;
  const made = await world.send('POST', path, { token, body: { tenant_id: project.id } });
  expect(made.status).toBe(201);
  const { access, secret } = made.body.credential;
  expect((await world.call('GET', `${path}/${access}`, undefined, token)).credential.secret).toBe(secret);
  const credentials = ec2SignedByVersion2({ access, secret }, world.clock);
  expect((await world.send('POST', '/v3/ec2tokens', { token: null, body: { credentials } })).status).toBe(401);
  expect((await world.send('POST', '/v3/ec2tokens', { token, body: { credentials } })).status).toBe(403);
  const answer = await world.send('POST', '/v3/ec2tokens', { body: { credentials } });
  expect(answer.status).toBe(200);
  expect(answer.body.token).toMatchObject({ methods: ['ec2credential'], user: { id: mia.id } });
  const issued = String(answer.headers['x-subject-token']);
  world.clock += 16 * 60_000;
  expect((await world.send('POST', '/v3/ec2tokens', { body: { credentials } })).status).toBe(401);
  expect((await world.send('DELETE', `${path}/${access}`, { token })).status).toBe(204);
  expect((await world.send('GET', `${path}/${access}`, { token })).status).toBe(404);
  expect(await isValid(issued)).toBe(false);
});

test('of a signed request the signed time counts, and no other that was sent along', async () => {
  const made = await world.send('POST', `/v3/users/${mia.id}/credentials/OS-EC2`, {
    token,
    body: { tenant_id: project.id },
  });
  const keys = made.body.credential;
  const now = new Date(world.clock).toISOString();
  const basic = now.replace(/[-:]|\.\d+/g, '');
  const ask = async (credentials: object) => {
    const answer = await world.send('POST', '/v3/ec2tokens', { body: { credentials } });
    return [answer.status, answer.body.error?.message];
  };
  const HOUR_MS = 3600_000;
  expect(await ask(ec2SignedByVersion4(keys, world.clock))).toEqual([200, undefined]);
  for (const time of [world.clock - 5 * HOUR_MS, world.clock + 5 * HOUR_MS]) {
    const signed = ec2SignedByVersion4(keys, time);
    for (const params of [{ Timestamp: now }, { 'X-Amz-Date': basic }, {}]) {
      expect(await ask({ ...signed, params })).toEqual([401, 'Credential is expired']);
    }
    const early = ec2SignedByVersion2(keys, time);
    expect(await ask({ ...early, headers: { 'X-Amz-Date': basic } })).toEqual([401, 'Credential is expired']);
  }
});

test('how far from now a signed request may be is configured, as in Keystone', async () => {
  const other = await IdentityFixture.open({ credential: { auth_ttl: 60 } });
  try {
    const project = await other.makeProject();
    const user = await other.makeUser();
    await other.grant(`users/${user.id}`, 'member', `projects/${project.id}`);
    const body = { tenant_id: project.id };
    const { credential } = await other.call('POST', `/v3/users/${user.id}/credentials/OS-EC2`, body);
    const ask = async (minutes: number) => {
      const credentials = ec2SignedByVersion2(credential, other.clock - minutes * 60_000);
      return (await other.send('POST', '/v3/ec2tokens', { body: { credentials } })).status;
    };
    expect([await ask(59), await ask(61)]).toEqual([200, 401]);
  } finally {
    await other.close();
  }
});

test('keys stand on what the cloud bound them to, not on what their owner writes into them', async () => {
  const { trust } = (await makeTrust({}, token)).body;
  const mine = (await makeApplicationCredential()).body.application_credential;
  const place = await world.makeProject();
  const own = { access: 'toms-keys', secret: 'toms-secret' };
  await world.grant(`users/${tom.id}`, 'member', `projects/${place.id}`);
  await world.grant(`users/${mia.id}`, 'member', `projects/${place.id}`);
  const toms = await world.token({ id: tom.id }, { project: { id: place.id } });
  const store = async (more: object, project_id = project.id) => {
    const credential = { user_id: tom.id, type: 'ec2', project_id, blob: JSON.stringify({ ...own, ...more }) };
    return await world.send('POST', '/v3/credentials', { token: toms, body: { credential } });
  };
  const bindings = [{ trust_id: trust.id }, { app_cred_id: mine.id }, { access_token_id: 'x' }];
  for (const binding of bindings) {
    const refused = await store(binding);
    expect([refused.status, refused.body.error.message]).toEqual([400, expect.stringContaining('cannot be set')]);
  }
  const { credential } = (await store({}, place.id)).body;
  const change = async (values: object) =>
    (await world.send('PATCH', `/v3/credentials/${credential.id}`, { token: toms, body: { credential: values } }))
      .status;
  for (const binding of bindings) {
    const blob = JSON.stringify({ ...own, ...binding });
    expect(await change({ blob })).toBe(400);
    expect([await change({ type: 'note', blob }), await change({ type: 'ec2' })]).toEqual([200, 400]);
    expect(await change({ type: 'ec2', blob: JSON.stringify(own) })).toBe(200);
  }

  // As an earlier version stored it, for whoever wrote it.
  for (const binding of bindings.slice(0, 2)) {
    const keys = await world.storeBoundKeys({ user_id: tom.id, project_id: project.id }, binding);
    const credentials = ec2SignedByVersion2(keys, world.clock);
    expect((await world.send('POST', '/v3/ec2tokens', { body: { credentials } })).status).toBe(401);
  }
});

test('services may ask what an expired token stood for; nobody else', async () => {
  world.clock += 12 * 3600_000 + 1000;
  const admin = await world.token({ name: 'admin' }, { project: { name: 'admin', domain: { id: 'default' } } });
  const ask = async (query: string) =>
    (await world.send('GET', `/v3/auth/tokens${query}`, { token: admin, headers: { 'x-subject-token': token } }))
      .status;
  expect(await ask('')).toBe(404);
  expect(await ask('?allow_expired=1')).toBe(200);
  expect(await isValid(token)).toBe(false);
});

test('whoever holds a connection open is told in the moment a token expires', async () => {
  const soon = new Date(world.clock + 5000).toISOString();
  const { application_credential } = (await makeApplicationCredential({ expires_at: soon })).body;
  world.clock += 4900;
  const told = new Promise<void>((resolve) => world.identity.onTokensEnded(resolve));
  const issued = await byApplicationCredential(application_credential);
  expect(await isValid(issued)).toBe(true);
  world.clock += 101;
  await told;
  expect(await isValid(issued)).toBe(false);
});
