import { afterAll, beforeAll, expect, test } from 'vitest';
import { IdentityFixture } from '../testing/identity.fixture.ts';

let cloud: IdentityFixture;
beforeAll(async () => {
  cloud = await IdentityFixture.open();
});
afterAll(() => cloud?.close());

const ROOT = '/v3/OS-FEDERATION';
const RULES = [{ local: [{ user: { name: '{0}' } }], remote: [{ type: 'sub' }] }];
const put = (path: string, body: unknown) => cloud.send('PUT', `${ROOT}/${path}`, { body });

test('an identity provider is made under its id, with a domain of its own where none is said', async () => {
  const made = await put('identity_providers/acme', {
    identity_provider: { remote_ids: ['https://acme.example'], authorization_ttl: 10 },
  });
  expect(made.status).toBe(201);
  const { identity_provider: provider } = made.body;
  expect(provider).toMatchObject({
    id: 'acme',
    enabled: false,
    description: null,
    authorization_ttl: 10,
    remote_ids: ['https://acme.example'],
    links: { self: expect.stringMatching(/\/identity\/v3\/OS-FEDERATION\/identity_providers\/acme$/) },
  });
  expect(await cloud.call('GET', `/v3/domains/${provider.domain_id}`)).toMatchObject({ domain: { enabled: true } });

  expect(await put('identity_providers/acme', { identity_provider: {} })).toMatchObject({ status: 409 });
  const other = { identity_provider: { domain_id: 'default', remote_ids: ['https://acme.example'] } };
  expect(await put('identity_providers/other', other)).toMatchObject({
    status: 409,
    body: { error: { message: expect.stringContaining('Duplicate remote ID: https://acme.example') } },
  });
  expect(await put('identity_providers/x', { identity_provider: { domain_id: 'nowhere' } })).toMatchObject({
    status: 404,
  });

  const changed = await cloud.send('PATCH', `${ROOT}/identity_providers/acme`, {
    body: { identity_provider: { enabled: true } },
  });
  expect(changed.body.identity_provider).toMatchObject({ enabled: true, remote_ids: ['https://acme.example'] });
  const immutable = { identity_provider: { domain_id: 'default' } };
  expect(await cloud.send('PATCH', `${ROOT}/identity_providers/acme`, { body: immutable })).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringContaining('identity_provider.domain_id') } },
  });
  const listed = await cloud.call('GET', `${ROOT}/identity_providers?enabled=true&id=acme`);
  expect(listed.identity_providers).toHaveLength(1);
  expect((await cloud.call('GET', `${ROOT}/identity_providers?enabled=false`)).identity_providers).toEqual([]);
});

test('protocols belong to a provider and need a mapping that is there', async () => {
  const path = 'identity_providers/acme/protocols/openid';
  expect(await put(path, { protocol: { mapping_id: 'people' } })).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringContaining('Invalid mapping id: people') } },
  });
  expect(await put('mappings/people', { mapping: { rules: RULES } })).toMatchObject({
    status: 201,
    body: { mapping: { id: 'people', rules: RULES, schema_version: '1.0' } },
  });
  expect(await put(path, { protocol: { mapping_id: 'people' } })).toMatchObject({
    status: 201,
    body: { protocol: { id: 'openid', mapping_id: 'people' } },
  });
  const listed = await cloud.call('GET', `${ROOT}/identity_providers/acme/protocols`);
  expect(listed.protocols).toEqual([
    expect.objectContaining({ id: 'openid', idp_id: 'acme', remote_id_attribute: null }),
  ]);
  expect(await cloud.send('GET', `${ROOT}/identity_providers/acme/protocols/saml2`)).toMatchObject({
    status: 404,
    body: { error: { message: 'Could not find federated protocol saml2 for Identity Provider: acme.' } },
  });
});

test('a mapping that cannot work is refused by name', async () => {
  const remote = [{ type: 'groups', any_one_of: ['('], regex: true }];
  const answer = await put('mappings/broken', { mapping: { rules: [{ local: [], remote }] } });
  expect(answer).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringContaining('mapping.rules.0.remote.0.any_one_of.0') } },
  });
});

test('service providers', async () => {
  const service_provider = { auth_url: 'https://far.example/v3/auth', sp_url: 'https://far.example/sso' };
  expect(await put('service_providers/far', { service_provider })).toMatchObject({
    status: 201,
    body: { service_provider: { ...service_provider, enabled: false, relay_state_prefix: 'ss:mem:' } },
  });
  expect(await put('service_providers/near', { service_provider: { auth_url: 'ftp://x', sp_url: 'y' } })).toMatchObject(
    {
      status: 400,
    },
  );
  expect((await cloud.send('DELETE', `${ROOT}/service_providers/far`)).status).toBe(204);
  expect((await cloud.send('HEAD', `${ROOT}/service_providers/far`)).status).toBe(404);
});

test('only administrators change them', async () => {
  const answers = [
    await cloud.send('GET', `${ROOT}/identity_providers`, { token: null }),
    await cloud.send('DELETE', `${ROOT}/mappings/people`, { token: null }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([401, 401]);
});

test('a provider goes with its protocols; its domain stays', async () => {
  const { identity_provider: provider } = await cloud.call('GET', `${ROOT}/identity_providers/acme`);
  expect((await cloud.send('DELETE', `${ROOT}/identity_providers/acme`)).status).toBe(204);
  expect((await cloud.call('GET', `${ROOT}/identity_providers/acme/protocols`)).protocols).toEqual([]);
  expect((await cloud.send('GET', `/v3/domains/${provider.domain_id}`)).status).toBe(200);
});

test('tokens name the service providers that are enabled', async () => {
  const place = { auth_url: 'https://far.example/auth', sp_url: 'https://far.example/sp' };
  await put('service_providers/far', { service_provider: { ...place, enabled: true } });
  await put('service_providers/off', { service_provider: place });
  const { body } = await cloud.authenticate({ name: 'admin' });
  expect(body.token.service_providers).toContainEqual({ id: 'far', ...place });
  expect(body.token.service_providers.map(({ id }: { id: string }) => id)).not.toContain('off');
  await cloud.call('DELETE', `${ROOT}/service_providers/far`);
});
