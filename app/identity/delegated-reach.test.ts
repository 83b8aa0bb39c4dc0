import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Delegation } from '../contract/context.ts';
import type { RouteDefinition } from '../http/route.ts';
import { identityRoutes } from './identity.routes.ts';
import { IdentityFixture, PASSWORD } from './testing/identity.fixture.ts';
import { OpenIdProvider } from './testing/openid-provider.ts';
import { ec2SignedByVersion2, type KeyPair, oauthHeader } from './testing/signing.ts';

/** An administrator, so that no rule stands before what is asked here, and all that they can hand to others. */
let provider: OpenIdProvider;
let cloud: IdentityFixture;
let user: { id: string };
let project: { id: string };
let own: string;
let tokens: Record<Delegation, string>;

beforeAll(async () => {
  provider = await OpenIdProvider.start();
  provider.comeBackTo('http://127.0.0.1:8774/v1/sign-in/oidc/callback');
  const rules = [
    {
      local: [{ user: { id: '{0}', name: '{0}' }, group: { name: 'admins', domain: { id: 'default' } } }],
      remote: [{ type: 'sub' }],
    },
  ];
  const { issuer, secret: client_secret } = provider;
  const acme = { id: 'acme', name: 'Acme', issuer, client_id: 'cumulet', client_secret, mapping: { rules } };
  cloud = await IdentityFixture.open({ oidc: [{ ...acme, authorization_ttl: 60 }] });
  user = await cloud.makeUser();
  project = await cloud.makeProject();
  await cloud.grant(`users/${user.id}`, 'admin', `projects/${project.id}`);
  own = await cloud.token(user, { project: { id: project.id } });
  tokens = {
    application_credential: await byApplicationCredential(false),
    unrestricted_application_credential: await byApplicationCredential(true),
    trust: await byTrust(),
    oauth1: await byAccessToken(),
    ec2: await byKeys(),
    totp: await byCode(),
    federation: await byProvider(),
  };
});
afterAll(async () => {
  await cloud?.close();
  provider?.close();
});

async function signIn(auth: object, headers: object = {}): Promise<string> {
  const answer = await cloud.send('POST', '/v3/auth/tokens', { token: null, body: { auth }, headers });
  expect([answer.status, answer.body.error]).toEqual([201, undefined]);
  return String(answer.headers['x-subject-token']);
}

async function byApplicationCredential(unrestricted: boolean): Promise<string> {
  const body = { application_credential: { name: `unrestricted ${unrestricted}`, unrestricted } };
  const made = await cloud.call('POST', `/v3/users/${user.id}/application_credentials`, body, own);
  const { id, secret } = made.application_credential;
  return await signIn({
    identity: { methods: ['application_credential'], application_credential: { id, secret } },
  });
}

async function byTrust(): Promise<string> {
  const trustee = await cloud.makeUser();
  const parties = { trustor_user_id: user.id, trustee_user_id: trustee.id };
  const trust = { ...parties, project_id: project.id, impersonation: true, roles: [{ name: 'admin' }] };
  const made = (await cloud.call('POST', '/v3/OS-TRUST/trusts', { trust }, own)).trust;
  const identity = { methods: ['password'], password: { user: { id: trustee.id, password: PASSWORD } } };
  return await signIn({ identity, scope: { 'OS-TRUST:trust': { id: made.id } } });
}

/** The three steps of OAuth 1. */
async function byAccessToken(): Promise<string> {
  const consumer = (await cloud.call('POST', '/v3/OS-OAUTH1/consumers', { consumer: {} })).consumer;
  const ask = async (name: string, more: Record<string, string>, token?: KeyPair): Promise<KeyPair> => {
    const path = `/v3/OS-OAUTH1/${name}`;
    const authorization = oauthHeader(path, { clock: cloud.clock, consumer, more, ...(token && { token }) });
    const headers = { authorization, 'requested-project-id': project.id };
    const { body } = await cloud.edge.fastify.inject({ method: 'POST', url: `/identity${path}`, headers });
    const form = new URLSearchParams(body);
    return { id: form.get('oauth_token') ?? '', secret: form.get('oauth_token_secret') ?? '' };
  };
  const request = await ask('request_token', { oauth_callback: 'oob' });
  const path = `/v3/OS-OAUTH1/authorize/${request.id}`;
  const { oauth_verifier } = (await cloud.call('PUT', path, { roles: [{ name: 'admin' }] }, own)).token;
  const token = await ask('access_token', { oauth_verifier }, request);
  const authorization = oauthHeader('/v3/auth/tokens', { clock: cloud.clock, consumer, token });
  return await signIn({ identity: { methods: ['oauth1'], oauth1: {} } }, { authorization });
}

async function byKeys(): Promise<string> {
  const path = `/v3/users/${user.id}/credentials/OS-EC2`;
  const { credential } = await cloud.call('POST', path, { tenant_id: project.id }, own);
  const credentials = ec2SignedByVersion2(credential, cloud.clock);
  const answer = await cloud.send('POST', '/v3/ec2tokens', { body: { credentials } });
  return String(answer.headers['x-subject-token']);
}

/** Of somebody whose rules say that a code is enough. */
async function byCode(): Promise<string> {
  const options = { multi_factor_auth_enabled: true, multi_factor_auth_rules: [['totp']] };
  const careless = await cloud.makeUser({ options });
  await cloud.grant(`users/${careless.id}`, 'admin', `projects/${project.id}`);
  const secret = new Secret({ size: 20 });
  await cloud.call('POST', '/v3/credentials', {
    credential: { user_id: careless.id, type: 'totp', blob: secret.base32 },
  });
  const passcode = new TOTP({ secret }).generate({ timestamp: cloud.clock });
  const identity = { methods: ['totp'], totp: { user: { id: careless.id, passcode } } };
  return await signIn({ identity, scope: { project: { id: project.id } } });
}

async function byProvider(): Promise<string> {
  const group = await cloud.makeGroup({ name: 'admins' });
  await cloud.grant(`groups/${group.id}`, 'admin', `projects/${project.id}`);
  const path = '/v3/OS-FEDERATION/identity_providers/acme/protocols/openid/auth';
  const asked = await fetch(`${provider.issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`cumulet:${provider.secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'password', username: 'fred', password: 'any', scope: 'openid' }),
  });
  const authorization = `Bearer ${((await asked.json()) as { access_token: string }).access_token}`;
  const answer = await cloud.send('POST', path, { token: null, headers: { authorization } });
  const token = { id: String(answer.headers['x-subject-token']) };
  return await signIn({ identity: { methods: ['token'], token }, scope: { project: { id: project.id } } });
}

const routes = () => identityRoutes(cloud).routes.filter(({ isPublic }) => !isPublic);

/** The user's own things, as whoever has one of these tokens would ask for them; never the user alone, to be deleted. */
function pathOf({ path }: RouteDefinition, userId: string): string {
  return path.replace(/:(\w+)/g, (_, name) => (name === 'user_id' && !path.endsWith(':user_id') ? userId : 'none'));
}

/** `path` begins so: who of the delegated reaches it. All that is not here is open to all of them, as its rule says. */
const THEMSELVES = ['totp', 'federation'];
const CREDENTIALS = [...THEMSELVES, 'unrestricted_application_credential'];
const CLOSED: [path: string, methods: string[], by: string[]][] = [
  ['/v3/credentials', ['GET', 'POST', 'PATCH', 'DELETE'], THEMSELVES],
  ['/v3/users/:user_id/credentials/OS-EC2', ['GET', 'POST', 'DELETE'], THEMSELVES],
  ['/v3/OS-OAUTH1/authorize', ['PUT'], THEMSELVES],
  ['/v3/users/:user_id/OS-OAUTH1', ['GET', 'DELETE'], THEMSELVES],
  ['/v3/users/:user_id/application_credentials', ['POST', 'DELETE'], CREDENTIALS],
  ['/v3/users/:user_id/application_credentials', ['GET'], [...CREDENTIALS, 'application_credential']],
  ['/v3/users/:user_id/access_rules', ['GET', 'DELETE'], [...CREDENTIALS, 'application_credential']],
  ['/v3/OS-TRUST/trusts', ['POST', 'DELETE'], [...THEMSELVES, 'trust']],
  ['/v3/OS-TRUST/trusts', ['GET'], [...THEMSELVES, 'trust', 'oauth1', 'ec2']],
];

function reaches(way: string, { method, path }: RouteDefinition): boolean {
  const closed = CLOSED.find(([begin, methods]) => path.startsWith(begin) && methods.includes(method));
  return closed?.[2].includes(way) ?? true;
}

const WAYS = ['application_credential', 'unrestricted_application_credential', 'trust', 'oauth1', 'ec2'] as const;
test.for([...WAYS, 'totp', 'federation'] as const)('%s: what it reaches, and 403 for all else', async (way) => {
  const token = tokens[way];
  const subject = (await cloud.send('GET', '/v3/auth/tokens', { headers: { 'x-subject-token': token } })).body.token;
  for (const definition of routes()) {
    for (const method of definition.method === 'GET' ? (['GET', 'HEAD'] as const) : [definition.method]) {
      const asked = `${method} ${definition.path}`;
      const { status, body } = await cloud.send(method, pathOf(definition, subject.user.id), { token });
      if (!reaches(way, definition)) {
        expect([asked, status, method === 'HEAD' || body.error.message]).toEqual([
          asked,
          403,
          method === 'HEAD' || expect.stringContaining(`with a token of this kind (${way})`),
        ]);
      } else {
        // As the administrator's own token is answered, for whom no rule but Keystone's stands before it.
        const byThemselves = await cloud.send(method, pathOf(definition, user.id), { token: own });
        expect([asked, status]).toEqual([asked, byThemselves.status]);
      }
    }
  }
});

test('a reader’s application credential gets hold of no second factor, and a code alone is no sign-in', async () => {
  const body = { application_credential: { name: 'reader', roles: [{ name: 'reader' }] } };
  const made = await cloud.call('POST', `/v3/users/${user.id}/application_credentials`, body, own);
  const { id, secret } = made.application_credential;
  const token = await signIn({
    identity: { methods: ['application_credential'], application_credential: { id, secret } },
  });
  const factor = new Secret({ size: 20 });
  const credential = { user_id: user.id, type: 'totp', blob: factor.base32 };
  expect((await cloud.send('POST', '/v3/credentials', { token, body: { credential } })).status).toBe(403);
  await cloud.call('POST', '/v3/credentials', { credential }, own);
  const attempt = async (methods: string[], scope: object = { project: { id: project.id } }) => {
    cloud.clock += 30_000;
    const passcode = new TOTP({ secret: factor }).generate({ timestamp: cloud.clock });
    const password = { user: { id: user.id, password: PASSWORD } };
    const identity = { methods, totp: { user: { id: user.id, passcode } }, password };
    return (await cloud.send('POST', '/v3/auth/tokens', { token: null, body: { auth: { identity, scope } } })).status;
  };
  expect(await attempt(['totp'])).toBe(401);
  expect(await attempt(['totp', 'password'])).toBe(201);
  const rules = async (options: object) =>
    await cloud.call('PATCH', `/v3/users/${user.id}`, { user: { options } }, cloud.admin);
  await rules({ multi_factor_auth_enabled: false, multi_factor_auth_rules: [['totp']] });
  expect(await attempt(['totp'])).toBe(401);
  await rules({ multi_factor_auth_enabled: true });
  expect(await attempt(['totp'])).toBe(201);
});

test('a token of EC2 keys gives no other one, as the keys are for one project', async () => {
  const elsewhere = await cloud.makeProject();
  await cloud.grant(`users/${user.id}`, 'admin', `projects/${elsewhere.id}`);
  for (const scope of [undefined, 'unscoped', { project: { id: elsewhere.id } }]) {
    const auth = { identity: { methods: ['token'], token: { id: tokens.ec2 } }, ...(scope && { scope }) };
    expect((await cloud.send('POST', '/v3/auth/tokens', { token: null, body: { auth } })).status).toBe(403);
  }
});
