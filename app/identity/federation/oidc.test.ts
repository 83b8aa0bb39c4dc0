import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { IdentityFixture } from '../testing/identity.fixture.ts';
import { OpenIdProvider, ProviderBrowser } from '../testing/openid-provider.ts';

/** A real provider of OpenID Connect, driven as a browser would. */
let provider: OpenIdProvider;
let cloud: IdentityFixture;
const HOST = '127.0.0.1:8774';
const CALLBACK = `http://${HOST}/v1/sign-in/oidc/callback`;

beforeAll(async () => {
  provider = await OpenIdProvider.start();
  provider.comeBackTo(CALLBACK);
  const oidc = {
    id: 'acme',
    name: 'Acme',
    issuer: provider.issuer,
    client_id: 'cumulet',
    client_secret: provider.secret,
    authorization_ttl: 60,
    mapping: {
      rules: [
        {
          local: [
            {
              user: { id: '{0}', name: '{1}', email: '{2}' },
              projects: [{ name: 'home of {0}', roles: [{ name: 'member' }] }],
            },
          ],
          remote: [{ type: 'sub' }, { type: 'preferred_username' }, { type: 'HTTP_OIDC_EMAIL' }],
        },
        { local: [{ groups: '{0}', domain: { id: 'default' } }], remote: [{ type: 'groups' }] },
      ],
    },
  };
  cloud = await IdentityFixture.open({ oidc: [oidc] });
});

afterAll(async () => {
  await cloud?.close();
  provider?.close();
});

async function v1(path: string, payload?: object, cookie?: string) {
  const response = await cloud.edge.fastify.inject({
    method: payload ? 'POST' : 'GET',
    url: `/v1/sign-in/${path}`,
    headers: { host: HOST, ...(cookie ? { cookie } : {}) },
    ...(payload ? { payload } : {}),
  });
  return response;
}

test('what is configured can be chosen, and is stored as Keystone has it', async () => {
  expect((await v1('providers')).json()).toEqual({ providers: [{ id: 'acme', name: 'Acme', kind: 'oidc' }] });
  const { protocols } = await cloud.call('GET', '/v3/OS-FEDERATION/identity_providers/acme/protocols');
  expect(protocols).toEqual([
    expect.objectContaining({ id: 'openid', mapping_id: 'acme', remote_id_attribute: 'iss' }),
  ]);
});

test('authorization code with PKCE: the browser that began comes back with a sign-in code, once', async () => {
  const ops = await cloud.makeGroup({ name: 'ops' });
  await cloud.makeGroup({ name: 'admins' });
  const begun = await v1('oidc', { provider: 'acme' });
  const cookie = String(begun.headers['set-cookie']).split(';')[0] ?? '';
  const { url } = begun.json();
  expect(url).toMatch(/code_challenge_method=S256/);
  const back = new URL(await new ProviderBrowser(provider).signIn(url, 'alice'));
  const path = `oidc/callback${back.search}`;

  const ended = await v1(path, undefined, cookie);
  expect(ended.statusCode).toBe(303);
  const code = /^http:\/\/127\.0\.0\.1:8774\/#code=(.+)$/.exec(String(ended.headers.location))?.[1] ?? '';
  const signedIn = await cloud.identity.exchangeSignInCode(code);
  expect(signedIn).toMatchObject({
    user: { name: 'alice of Acme' },
    project: { name: 'home of alice' },
    roles: ['member', 'reader'],
  });
  await expect(cloud.identity.exchangeSignInCode(code)).rejects.toThrow(/has been used/);
  expect((await v1(path, undefined, cookie)).statusCode).toBe(401);

  const seen = await cloud.send('GET', '/v3/auth/tokens', { headers: { 'x-subject-token': signedIn.token } });
  expect(seen.body.token).toMatchObject({
    methods: ['openid'],
    user: {
      'OS-FEDERATION': { identity_provider: { id: 'acme' }, protocol: { id: 'openid' }, groups: [{ id: ops.id }] },
    },
  });
});

test('another browser than the one that began does not get in', async () => {
  const begun = await v1('oidc', { provider: 'acme' });
  const back = new URL(await new ProviderBrowser(provider).signIn(begun.json().url, 'alice'));
  expect((await v1(`oidc/callback${back.search}`)).statusCode).toBe(401);
});

test('a window waits for the browser', async () => {
  const { url, state } = (await v1('oidc', { provider: 'acme', redirect: 'wait' })).json();
  const waiting = v1('oidc/wait', { state });
  const back = new URL(await new ProviderBrowser(provider).signIn(url, 'bob'));
  const page = await v1(`oidc/callback${back.search}`);
  expect(page.body).toContain('go back to Cumulet');
  const { code } = (await waiting).json();
  expect((await cloud.identity.exchangeSignInCode(code)).user.name).toBe('bob of Acme');
  expect((await v1('oidc/wait', { state })).statusCode).toBe(401);
});

test('nobody is sent to another place', async () => {
  const answer = await v1('oidc', { provider: 'acme', redirect: 'https://evil.example/' });
  expect([answer.statusCode, answer.json().error?.field ?? answer.body]).toEqual([
    400,
    expect.stringContaining('redirect'),
  ]);
  expect((await v1('oidc', { provider: 'none' })).statusCode).toBe(404);
});

test('device flow', async () => {
  const begun = (await v1('oidc/device', { provider: 'acme' })).json();
  expect(begun.userCode).toMatch(/^[A-Z-]+$/);
  expect((await v1('oidc/device/token', { state: begun.state })).json()).toEqual({ interval: 5 });
  await new ProviderBrowser(provider).signIn(begun.verificationUriComplete, 'carol');
  cloud.clock += 6000;
  expect((await v1('oidc/device/token', { state: begun.state })).json()).toMatchObject({
    user: { name: 'carol of Acme' },
  });
  expect((await v1('oidc/device/token', { state: begun.state })).statusCode).toBe(401);
});

/** An access token as a client of the provider gets one by itself. */
async function accessToken(client: string): Promise<string> {
  const query = new URLSearchParams({
    client_id: client,
    response_type: 'code',
    scope: 'openid profile email',
    redirect_uri: CALLBACK,
  });
  const back = new URL(await new ProviderBrowser(provider).signIn(`${provider.issuer}/auth?${query}`, 'dave'));
  const response = await fetch(`${provider.issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${client}:secret+of+the+test`).toString('base64')}` },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: back.searchParams.get('code') ?? '',
      redirect_uri: CALLBACK,
    }),
  });
  return String(((await response.json()) as { access_token: string }).access_token);
}

test('a token of the client itself has no owner: a mapping of people does not fit it, one of clients does', async () => {
  const response = await fetch(`${provider.issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`cumulet:${provider.secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token } = (await response.json()) as { access_token: string };
  const path = '/v3/OS-FEDERATION/identity_providers/acme/protocols/openid/auth';
  const sent = { token: null, headers: { authorization: `Bearer ${access_token}` } };
  expect((await cloud.send('POST', path, sent)).status).toBe(401);
  const mappingPath = '/v3/OS-FEDERATION/mappings/acme';
  const { rules } = (await cloud.call('GET', mappingPath)).mapping;
  const local = [{ user: { id: '{0}', name: 'robot {0}' } }];
  await cloud.call('PATCH', mappingPath, { mapping: { rules: [{ local, remote: [{ type: 'client_id' }] }] } });
  const answer = await cloud.send('POST', path, sent);
  expect([answer.status, answer.body.token.user.name]).toEqual([201, 'robot cumulet']);
  await cloud.call('PATCH', mappingPath, { mapping: { rules } });
});

test('whose rules ask for more than one factor brings the others, too, whoever the provider says they are', async () => {
  const mappingPath = '/v3/OS-FEDERATION/mappings/acme';
  const { rules } = (await cloud.call('GET', mappingPath)).mapping;
  const local = [{ user: { name: '{0}', type: 'local', domain: { id: 'default' } } }];
  await cloud.call('PATCH', mappingPath, { mapping: { rules: [{ local, remote: [{ type: 'sub' }] }] } });
  const dave = await cloud.makeUser({ name: 'dave' });
  const factor = new Secret({ size: 20 });
  const credential = { user_id: dave.id, type: 'totp', blob: factor.base32 };
  await cloud.call('POST', '/v3/credentials', { credential });
  const ask = async (...asked: string[]) => {
    const options = { multi_factor_auth_enabled: true, multi_factor_auth_rules: [asked] };
    await cloud.call('PATCH', `/v3/users/${dave.id}`, { user: { options } });
  };
  const bySubject = async () => {
    const headers = { authorization: `Bearer ${await accessToken('cumulet')}` };
    const path = '/v3/OS-FEDERATION/identity_providers/acme/protocols/openid/auth';
    return await cloud.send('POST', path, { token: null, headers });
  };
  const byCode = async (headers: object = {}) => {
    cloud.clock += 30_000;
    const passcode = new TOTP({ secret: factor }).generate({ timestamp: cloud.clock });
    const auth = { identity: { methods: ['totp'], totp: { user: { id: dave.id, passcode } } } };
    return await cloud.send('POST', '/v3/auth/tokens', { token: null, body: { auth }, headers });
  };
  expect((await bySubject()).body.token).toMatchObject({ methods: ['openid'], user: { id: dave.id } });

  await ask('password', 'totp');
  const refused = await bySubject();
  expect([refused.status, refused.body.receipt.methods]).toEqual([401, ['openid']]);
  const begun = await v1('oidc', { provider: 'acme' });
  const cookie = String(begun.headers['set-cookie']).split(';')[0] ?? '';
  const back = new URL(await new ProviderBrowser(provider).signIn(begun.json().url, 'dave'));
  expect((await v1(`oidc/callback${back.search}`, undefined, cookie)).statusCode).toBe(401);

  await ask('openid', 'totp');
  expect((await byCode()).status).toBe(401);
  const receipt = String((await bySubject()).headers['openstack-auth-receipt']);
  expect((await byCode({ 'openstack-auth-receipt': receipt })).status).toBe(201);
  await cloud.call('PATCH', mappingPath, { mapping: { rules } });
});

test('an access token of the provider is worth an unscoped token, when it was made for this client', async () => {
  const path = '/v3/OS-FEDERATION/identity_providers/acme/protocols/openid/auth';
  const by = (token: string) =>
    cloud.send('POST', path, { token: null, headers: { authorization: `Bearer ${token}` } });
  const answer = await by(await accessToken('cumulet'));
  expect([answer.status, answer.body.token.user.name]).toEqual([201, 'dave of Acme']);
  expect(answer.headers['x-subject-token']).toEqual(expect.any(String));
  expect((await by(await accessToken('other'))).status).toBe(401);
  expect((await by('made-up')).status).toBe(401);

  await cloud.call('PATCH', '/v3/OS-FEDERATION/identity_providers/acme', { identity_provider: { enabled: false } });
  const subject = String(answer.headers['x-subject-token']);
  expect((await cloud.send('GET', '/v3/auth/tokens', { headers: { 'x-subject-token': subject } })).status).toBe(404);
  await cloud.call('DELETE', '/v3/OS-FEDERATION/identity_providers/acme');
  expect((await cloud.send('GET', `/v3/users/${answer.body.token.user.id}`)).status).toBe(404);
});
