import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { identitySettingsSchema } from '../../../app/identity/identity.settings.ts';
import { OpenIdProvider, ProviderBrowser } from '../../../app/identity/testing/openid-provider.ts';
import type { TestCloud } from '../../cloud.ts';
import { OpenStackSession } from '../testing/openstack-session.ts';

/** What belongs to federation by the `openstack` command, and its ways in with a real provider of OpenID Connect. */
let callback: string;
let provider: OpenIdProvider;
let machines: OpenIdProvider;
let cloud: TestCloud;
let openstack: OpenStackSession;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-clients-'));
  provider = await OpenIdProvider.start();
  machines = await OpenIdProvider.start();
  const mapping = (id: string, name: string) => ({
    rules: [
      {
        local: [{ user: { id: '{0}', name: '{1}' }, projects: [{ name: 'home of {0}', roles: [{ name: 'reader' }] }] }],
        remote: [{ type: id }, { type: name }],
      },
    ],
  });
  const client = { client_id: 'cumulet', client_secret: provider.secret };
  const oidc = [
    { ...client, id: 'acme', issuer: provider.issuer, mapping: mapping('sub', 'preferred_username') },
    { ...client, id: 'machines', issuer: machines.issuer, mapping: mapping('client_id', 'client_id') },
  ];
  ({ cloud, openstack } = await OpenStackSession.start({ identity: identitySettingsSchema.parse({ oidc }) }));
  callback = `${cloud.url}/v1/sign-in/oidc/callback`;
  for (const each of [provider, machines]) each.comeBackTo(callback);
});
afterAll(async () => {
  await openstack?.close();
  await cloud?.close();
  for (const each of [provider, machines]) each?.close();
  await rm(folder, { recursive: true, force: true });
});

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

test('identity provider', async () => {
  await openstack.run('domain create partners');
  const made = await openstack.json(
    'identity provider create --remote-id https://a.example --remote-id https://b.example --description d --domain partners umbrella',
  );
  expect(made).toEqual({
    id: 'umbrella',
    description: 'd',
    domain_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    enabled: true,
    authorization_ttl: null,
    remote_ids: ['https://a.example', 'https://b.example'],
  });
  expect(await openstack.refusal('identity provider create --remote-id https://a.example twin')).toMatch(/HTTP 409/);
  const remoteIds = await file('remote-ids', 'https://c.example\nhttps://d.example\n');
  await openstack.run(`identity provider set --remote-id-file ${remoteIds} --description e --disable umbrella`);
  expect(await openstack.json('identity provider show umbrella')).toMatchObject({
    description: 'e',
    enabled: false,
    remote_ids: ['https://c.example', 'https://d.example'],
  });
  const enabled: { ID: string }[] = await openstack.json('identity provider list --enabled');
  expect(enabled.map(({ ID }) => ID).sort()).toEqual(['acme', 'machines']);
});

test('mapping and federation protocol', async () => {
  const rules = [
    {
      local: [{ user: { name: '{0}' } }, { group: { name: 'staff', domain: { name: 'Default' } } }],
      remote: [{ type: 'UserName' }, { type: 'kind', not_any_of: ['Contractor', 'Guest'] }],
    },
  ];
  const made = await openstack.json(`mapping create --rules ${await file('rules.json', JSON.stringify(rules))} staff`);
  expect(made).toMatchObject({ id: 'staff', rules });
  const fewer = [{ ...rules[0], remote: [{ type: 'UserName' }] }];
  await openstack.run(`mapping set --rules ${await file('fewer.json', JSON.stringify(fewer))} staff`);
  expect(await openstack.json('mapping show staff')).toMatchObject({ rules: fewer });
  expect(await openstack.refusal(`mapping create --rules ${await file('bad.json', '[{}]')} bad`)).toMatch(/HTTP 400/);

  const of = '--identity-provider umbrella';
  const protocol = await openstack.json(`federation protocol create ${of} --mapping staff saml2`);
  expect(protocol).toEqual({ id: 'saml2', identity_provider: 'umbrella', mapping: 'staff' });
  // Version 6.0 of the client ends with an error of its own although it worked.
  expect(await openstack.refusal(`federation protocol set ${of} --mapping acme saml2`)).toMatch(/^<zip object/);
  expect(await openstack.json(`federation protocol show ${of} saml2`)).toEqual({ id: 'saml2', mapping: 'acme' });
  expect(await openstack.json(`federation protocol list ${of}`)).toEqual([{ id: 'saml2', mapping: 'acme' }]);
  await openstack.run(`federation protocol delete ${of} saml2`);
  await openstack.run('mapping delete staff');
  await openstack.run('identity provider delete umbrella');
  const left: { ID: string }[] = await openstack.json('mapping list');
  expect(left.map(({ ID }) => ID).sort()).toEqual(['acme', 'machines']);
});

test('service provider', async () => {
  const urls = '--auth-url https://sp.example/auth --service-provider-url https://sp.example/ecp';
  expect(await openstack.json(`service provider create ${urls} --description d sp`)).toEqual({
    id: 'sp',
    description: 'd',
    enabled: true,
    auth_url: 'https://sp.example/auth',
    sp_url: 'https://sp.example/ecp',
    relay_state_prefix: 'ss:mem:',
  });
  await openstack.run('service provider set --disable --auth-url https://sp.example/other --description e sp');
  expect(await openstack.json('service provider show sp')).toMatchObject({ enabled: false, description: 'e' });
  expect(await openstack.json('service provider list')).toEqual([
    { ID: 'sp', Enabled: false, Description: 'e', 'Auth URL': 'https://sp.example/other' },
  ]);
  await openstack.run('service provider delete sp');
  expect(await openstack.json('service provider list')).toEqual([]);
});

test('OpenID Connect: by password, authorization code, access token and as the client itself', async () => {
  const base = {
    OS_USERNAME: null,
    OS_PASSWORD: null,
    OS_USER_DOMAIN_NAME: null,
    OS_PROJECT_DOMAIN_NAME: null,
    OS_PROJECT_NAME: null,
    OS_IDENTITY_PROVIDER: 'acme',
    OS_PROTOCOL: 'openid',
  };
  const client = {
    ...base,
    OS_CLIENT_ID: 'cumulet',
    OS_CLIENT_SECRET: provider.secret,
    OS_DISCOVERY_ENDPOINT: `${provider.issuer}/.well-known/openid-configuration`,
    OS_OPENID_SCOPE: 'openid profile',
  };
  const byPassword = openstack.as({
    ...client,
    OS_AUTH_TYPE: 'v3oidcpassword',
    OS_USERNAME: 'fay',
    OS_PASSWORD: 'any',
  });
  const unscoped = await byPassword.json('token issue');
  expect(unscoped).not.toHaveProperty('project_id');
  const [home] = await byPassword.json('federation project list');
  expect(home).toMatchObject({ Name: 'home of fay' });
  const scope = { OS_PROJECT_NAME: 'home of fay', OS_PROJECT_DOMAIN_ID: home['Domain ID'] };
  expect(await byPassword.as(scope).json('token issue')).toMatchObject({
    user_id: unscoped.user_id,
    project_id: home.ID,
  });
  expect(await byPassword.as({ OS_PASSWORD: 'wrong' }).refusal('token issue')).toMatch(/HTTP 400/);

  const query = { client_id: 'cumulet', response_type: 'code', scope: 'openid profile', redirect_uri: callback };
  const login = `${provider.issuer}/auth?${new URLSearchParams(query)}`;
  const back = new URL(await new ProviderBrowser(provider).signIn(login, 'gil'));
  const byCode = openstack.as({
    ...client,
    OS_AUTH_TYPE: 'v3oidcauthcode',
    OS_CODE: back.searchParams.get('code'),
    OS_REDIRECT_URI: callback,
  });
  expect(await byCode.json('federation project list')).toMatchObject([{ Name: 'home of gil' }]);

  const access = await fetch(`${provider.issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`cumulet:${provider.secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'password', username: 'hal', password: 'any', scope: 'openid profile' }),
  });
  const { access_token } = (await access.json()) as { access_token: string };
  const byToken = openstack.as({ ...base, OS_AUTH_TYPE: 'v3oidcaccesstoken', OS_ACCESS_TOKEN: access_token });
  expect(await byToken.json('federation project list')).toMatchObject([{ Name: 'home of hal' }]);
  expect(await byToken.as({ OS_ACCESS_TOKEN: 'made-up' }).refusal('token issue')).toMatch(/HTTP 401/);
  expect(await byToken.as({ OS_PROTOCOL: 'saml2' }).refusal('token issue')).toMatch(/HTTP 401/);
  expect(await byToken.as({ OS_IDENTITY_PROVIDER: 'none' }).refusal('token issue')).toMatch(/HTTP 40[14]/);

  const robot = openstack.as({
    ...client,
    OS_AUTH_TYPE: 'v3oidcclientcredentials',
    OS_IDENTITY_PROVIDER: 'machines',
    OS_DISCOVERY_ENDPOINT: `${machines.issuer}/.well-known/openid-configuration`,
    OS_OPENID_SCOPE: 'profile',
  });
  expect(await robot.json('federation project list')).toMatchObject([{ Name: 'home of cumulet' }]);
  // A mapping of people fits none of it.
  const stranger = { OS_IDENTITY_PROVIDER: 'acme', OS_DISCOVERY_ENDPOINT: client.OS_DISCOVERY_ENDPOINT };
  expect(await robot.as(stranger).refusal('token issue')).toMatch(/HTTP 401/);
});
