import { afterAll, beforeAll, expect, test } from 'vitest';
import { IdentityFixture, PASSWORD } from '../testing/identity.fixture.ts';
import { ec2SignedByVersion2, type KeyPair, type OAuthSigned, oauthHeader } from '../testing/signing.ts';

const HOUR_MS = 3600_000;
let cloud: IdentityFixture;
beforeAll(async () => {
  cloud = await IdentityFixture.open();
});
afterAll(async () => await cloud.close());

async function post(
  path: string,
  signed: OAuthSigned | string,
  { body, headers = {} }: { body?: object; headers?: object } = {},
) {
  const authorization = typeof signed === 'string' ? signed : oauthHeader(path, { clock: cloud.clock, ...signed });
  const response = await cloud.edge.fastify.inject({
    method: 'POST',
    url: `/identity${path}`,
    headers: { authorization, ...headers },
    ...(body && { payload: body }),
  });
  const isForm = String(response.headers['content-type']).startsWith('application/x-www-form-urlencoded');
  const form = new URLSearchParams(isForm ? response.body : '');
  const token = { id: form.get('oauth_token') ?? '', secret: form.get('oauth_token_secret') ?? '' };
  const expiry = form.get('oauth_expires_at');
  return {
    status: response.statusCode,
    headers: response.headers,
    token,
    expiry,
    json: isForm ? null : response.json(),
  };
}

async function makeConsumer(): Promise<KeyPair> {
  return (await cloud.call('POST', '/v3/OS-OAUTH1/consumers', { consumer: { description: 'Report' } })).consumer;
}
/** A user with these roles on a project of their own, and a token for it. */
async function makeUser(...roles: string[]) {
  const [user, project] = [await cloud.makeUser(), await cloud.makeProject()];
  for (const role of roles) await cloud.grant(`users/${user.id}`, role, `projects/${project.id}`);
  return { id: user.id, project: project.id, token: await cloud.token(user, { project: { id: project.id } }) };
}
const askFor = async (consumer: KeyPair, project: string, more: Record<string, string> = { oauth_callback: 'oob' }) =>
  await post('/v3/OS-OAUTH1/request_token', { consumer, more }, { headers: { 'requested-project-id': project } });
const authorize = async (id: string, roles: object[], token: string) =>
  await cloud.send('PUT', `/v3/OS-OAUTH1/authorize/${id}`, { token, body: { roles } });
const trade = async (consumer: KeyPair, token: KeyPair, oauth_verifier: string) =>
  await post('/v3/OS-OAUTH1/access_token', { consumer, token, more: { oauth_verifier } });
const auth = { identity: { methods: ['oauth1'], oauth1: {} } };
const signIn = async (consumer: KeyPair, token: KeyPair, more: object = {}) =>
  await post('/v3/auth/tokens', { consumer, token }, { body: { auth: { ...auth, ...more } } });
const isValid = async (token: string) => (await cloud.send('GET', '/v3/auth/projects', { token })).status === 200;

/** The whole way: what the consumer signs in with for the user. */
async function grantAccess(user: { project: string; token: string }, ...roles: string[]) {
  const consumer = await makeConsumer();
  const request = (await askFor(consumer, user.project)).token;
  const wanted = roles.map((name) => ({ name }));
  const { body } = await authorize(request.id, wanted, user.token);
  return { consumer, access: (await trade(consumer, request, body.token.oauth_verifier)).token };
}

test('a consumer comes to act for a user, in the roles the user granted and no others', async () => {
  const user = await makeUser('admin', 'reader');
  const consumer = await makeConsumer();
  const asked = await askFor(consumer, user.project);
  expect([asked.status, asked.expiry]).toEqual([201, expect.stringMatching(/^[-\dT:]+\.\d{6}Z$/)]);
  const authorized = await authorize(asked.token.id, [{ name: 'reader' }], user.token);
  expect([authorized.status, authorized.body]).toEqual([
    200,
    { token: { oauth_verifier: expect.stringMatching(/^[a-zA-Z2-9]{8}$/) } },
  ]);
  const { oauth_verifier } = authorized.body.token;
  const traded = await trade(consumer, asked.token, oauth_verifier);
  expect(traded.status).toBe(201);
  expect((await trade(consumer, asked.token, oauth_verifier)).status).toBe(404);

  const issued = await signIn(consumer, traded.token, { scope: { domain: { id: 'default' } } });
  expect(issued.status).toBe(201);
  expect(issued.json.token).toMatchObject({
    methods: ['oauth1'],
    user: { id: user.id },
    project: { id: user.project },
    roles: [{ name: 'reader' }],
    'OS-OAUTH1': { access_token_id: traded.token.id, consumer_id: consumer.id },
  });
  expect(Date.parse(issued.json.token.expires_at)).toBeLessThanOrEqual(Date.parse(traded.expiry ?? ''));

  const path = `/v3/users/${user.id}/OS-OAUTH1/access_tokens`;
  const { access_tokens } = await cloud.call('GET', path);
  expect(access_tokens).toEqual([
    {
      id: traded.token.id,
      consumer_id: consumer.id,
      project_id: user.project,
      authorizing_user_id: user.id,
      expires_at: traded.expiry,
      links: {
        self: expect.stringMatching(new RegExp(`${path}/${traded.token.id}$`)),
        roles: expect.stringMatching(new RegExp(`${path}/${traded.token.id}/roles$`)),
      },
    },
  ]);
  const one = `${path}/${traded.token.id}`;
  expect((await cloud.call('GET', one)).access_token).toEqual(access_tokens[0]);
  expect((await cloud.send('HEAD', one)).status).toBe(200);
  const { roles } = await cloud.call('GET', `${one}/roles`);
  expect(roles).toMatchObject([{ id: await cloud.roleId('reader'), name: 'reader' }]);
  expect((await cloud.call('GET', `${one}/roles/${roles[0].id}`)).role).toEqual(roles[0]);
  expect((await cloud.send('GET', `${one}/roles/${await cloud.roleId('admin')}`)).status).toBe(404);
  const elsewhere = one.replace(user.id, (await cloud.makeUser()).id);
  expect((await cloud.send('GET', elsewhere)).status).toBe(404);
  expect((await cloud.send('DELETE', elsewhere)).status).toBe(401);
});

test('what was delegated hands nothing on', async () => {
  const user = await makeUser('admin');
  const { consumer, access } = await grantAccess(user, 'admin');
  const token = String((await signIn(consumer, access)).headers['x-subject-token']);
  const other = (await askFor(consumer, user.project)).token;
  const again = { identity: { methods: ['token'], token: { id: token } } };
  const trust = { trustor_user_id: user.id, trustee_user_id: user.id, impersonation: false, project_id: user.project };
  const refused = await Promise.all([
    cloud.send('POST', '/v3/auth/tokens', { token: null, body: { auth: again } }),
    authorize(other.id, [{ name: 'admin' }], token),
    cloud.send('GET', `/v3/users/${user.id}/OS-OAUTH1/access_tokens`, { token }),
    cloud.send('DELETE', `/v3/users/${user.id}/OS-OAUTH1/access_tokens/${access.id}`, { token }),
    cloud.send('POST', '/v3/OS-TRUST/trusts', { token, body: { trust: { ...trust, roles: [{ name: 'admin' }] } } }),
    cloud.send('POST', `/v3/users/${user.id}/application_credentials`, {
      token,
      body: { application_credential: { name: 'kept' } },
    }),
    cloud.send('POST', `/v3/users/${user.id}/credentials/OS-EC2`, { token, body: { tenant_id: 'other' } }),
  ]);
  expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403, 403]);
});

test('EC2 keys bound to such a token stay within what it was granted, and end with it', async () => {
  const user = await makeUser('admin', 'reader');
  const { access } = await grantAccess(user, 'admin');
  const owner = { user_id: user.id, project_id: user.project };
  const signed = ec2SignedByVersion2(await cloud.storeBoundKeys(owner, { access_token_id: access.id }), cloud.clock);
  const ask = async () => await cloud.send('POST', '/v3/ec2tokens', { body: { credentials: signed } });
  const issued = await ask();
  expect(issued.body.token).toMatchObject({ 'OS-OAUTH1': { access_token_id: access.id } });
  expect(issued.body.token.roles.map(({ name }: { name: string }) => name)).toContain('admin');
  await cloud.call('DELETE', `/v3/users/${user.id}/OS-OAUTH1/access_tokens/${access.id}`);
  expect((await ask()).status).toBe(401);
  expect(await isValid(String(issued.headers['x-subject-token']))).toBe(false);
});

test.for(['access token', 'consumer', 'grant', 'role', 'project', 'password'])(
  'when the %s is taken away, so are the tokens',
  async (thing) => {
    const { role } = await cloud.call('POST', '/v3/roles', { role: { name: `painter of ${thing}` } });
    const user = await makeUser('admin', role.name);
    const { consumer, access } = await grantAccess(user, role.name);
    const token = String((await signIn(consumer, access)).headers['x-subject-token']);
    expect(await isValid(token)).toBe(true);
    const paths: Record<string, string> = {
      'access token': `/v3/users/${user.id}/OS-OAUTH1/access_tokens/${access.id}`,
      consumer: `/v3/OS-OAUTH1/consumers/${consumer.id}`,
      grant: `/v3/projects/${user.project}/users/${user.id}/roles/${role.id}`,
      role: `/v3/roles/${role.id}`,
      project: `/v3/projects/${user.project}`,
    };
    const path = paths[thing];
    if (path) await cloud.call('DELETE', path);
    else await cloud.call('PATCH', `/v3/users/${user.id}`, { user: { password: `${PASSWORD}!` } });
    expect(await isValid(token)).toBe(false);
    const expected = { grant: 401, role: 401, password: 201 }[thing] ?? 404;
    expect((await signIn(consumer, access)).status).toBe(expected);
  },
);

test('a request that is not signed by the consumer, for now, for this address and once is refused', async () => {
  const { project } = await makeUser('admin');
  const consumer = await makeConsumer();
  const path = '/v3/OS-OAUTH1/request_token';
  const more = { oauth_callback: 'oob' };
  const ask = async (signed: OAuthSigned | string, headers: object = { 'requested-project-id': project }) =>
    (await post(path, signed, { headers })).status;
  expect(await ask({ consumer, more })).toBe(201);
  expect(await ask({ consumer: { ...consumer, secret: 'other' }, more })).toBe(401);
  expect(await ask({ consumer, more, url: 'https://localhost/identity/v3/OS-OAUTH1/request_token' })).toBe(401);
  expect(await ask({ consumer, more, url: 'http://localhost/identity_admin/v3/OS-OAUTH1/request_token' })).toBe(401);
  expect(await ask({ consumer: { ...consumer, id: 'none' }, more })).toBe(404);
  expect(await ask({ consumer, more }, { 'requested-project-id': 'none' })).toBe(404);
  expect(await ask({ consumer, more }, {})).toBe(400);
  expect(await ask({ consumer })).toBe(400);
  expect(await ask({ consumer, more: { ...more, oauth_timestamp: '1300000000' } })).toBe(400);
  expect(await ask('Basic YTpi')).toBe(400);
  const once = oauthHeader(path, { clock: cloud.clock, consumer, more });
  expect([await ask(once), await ask(once)]).toEqual([201, 401]);
});

test('a request token is traded by its consumer alone, with its verifier, while it lasts', async () => {
  const user = await makeUser('admin');
  const [consumer, other] = [await makeConsumer(), await makeConsumer()];
  const ask = async () => (await askFor(consumer, user.project)).token;
  const request = await ask();
  expect((await trade(consumer, request, 'aaaaaaaa')).status).toBe(401);
  const { oauth_verifier } = (await authorize(request.id, [{ name: 'admin' }], user.token)).body.token;
  expect((await trade(consumer, request, 'aaaaaaaa')).status).toBe(401);
  expect((await trade(consumer, { ...request, secret: 'x' }, oauth_verifier)).status).toBe(401);
  expect((await trade(other, request, oauth_verifier)).status).toBe(401);
  expect((await trade({ id: 'none', secret: 'x' }, request, oauth_verifier)).status).toBe(401);
  expect((await trade(consumer, { id: 'none', secret: 'x' }, oauth_verifier)).status).toBe(404);
  expect((await trade(consumer, request, '')).status).toBe(400);
  expect((await trade(consumer, request, oauth_verifier)).status).toBe(201);

  for (const [roles, status] of [
    [[{ name: 'reader' }], 201],
    [[{ id: await cloud.roleId('service') }], 401],
    [[{ name: 'unheard of' }], 401],
    [[], 400],
    [[{ colour: 'blue' }], 400],
    [[{ id: 'x', name: 'y' }], 400],
  ] as const) {
    const answer = await authorize((await ask()).id, [...roles], user.token);
    expect([roles, answer.status]).toEqual([roles, status === 201 ? 200 : status]);
  }
  expect((await authorize('none', [{ name: 'admin' }], user.token)).status).toBe(404);
  const reader = await makeUser('reader');
  expect((await authorize((await ask()).id, [{ name: 'reader' }], reader.token)).status).toBe(403);
});

test('secrets are stored encrypted', async () => {
  const { consumer, access } = await grantAccess(await makeUser('admin'), 'admin');
  const stored = await Promise.all(
    (['identity_consumer', 'identity_access_token'] as const).map((table) =>
      cloud.database.query.selectFrom(table).select('secret').execute(),
    ),
  );
  const secrets = stored.flat().map(({ secret }) => secret);
  expect(secrets.length).toBeGreaterThan(1);
  for (const { secret } of [consumer, access]) expect(secrets).not.toContain(secret);
});

test('request and access tokens expire, and are forgotten', async () => {
  const user = await makeUser('admin');
  const consumer = await makeConsumer();
  const late = (await askFor(consumer, user.project)).token;
  const { oauth_verifier } = (await authorize(late.id, [{ name: 'admin' }], user.token)).body.token;
  const granted = await grantAccess(user, 'admin');
  cloud.clock += 9 * HOUR_MS;
  expect((await trade(consumer, late, oauth_verifier)).status).toBe(401);
  await cloud.identity.tokens.prune();
  expect((await trade(consumer, late, oauth_verifier)).status).toBe(404);
  expect((await signIn(granted.consumer, granted.access)).status).toBe(201);
  cloud.clock += 14 * HOUR_MS;
  const issued = await signIn(granted.consumer, granted.access);
  expect(Date.parse(issued.json.token.expires_at) - cloud.clock).toBeLessThanOrEqual(HOUR_MS);
  cloud.clock += 2 * HOUR_MS;
  expect((await signIn(granted.consumer, granted.access)).status).toBe(401);
});
