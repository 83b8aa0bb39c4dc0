import { afterAll, beforeAll, expect, test } from 'vitest';
import { IdentityFixture } from '../testing/identity.fixture.ts';

let cloud: IdentityFixture;
beforeAll(async () => {
  cloud = await IdentityFixture.open();
  const rules = [{ local: [{ user: { name: '{0}' } }], remote: [{ type: 'sub' }] }];
  await cloud.call('PUT', '/v3/OS-FEDERATION/mappings/people', { mapping: { rules } });
  for (const provider of ['acme', 'other']) {
    const path = `/v3/OS-FEDERATION/identity_providers/${provider}`;
    await cloud.call('PUT', path, { identity_provider: { enabled: true, domain_id: 'default' } });
    for (const protocol of ['openid', 'saml2']) {
      await cloud.call('PUT', `${path}/protocols/${protocol}`, { protocol: { mapping_id: 'people' } });
    }
  }
});
afterAll(async () => await cloud.close());

const known = (idp_id: string, unique_id: string, ...protocols: string[]) => ({
  idp_id,
  protocols: protocols.map((protocol_id) => ({ protocol_id, unique_id })),
});
const update = async (id: string, federated: unknown) =>
  await cloud.send('PATCH', `/v3/users/${id}`, { body: { user: { federated } } });
const find = async (query: string) =>
  (await cloud.call('GET', `/v3/users?${query}`)).users.map(({ name }: { name: string }) => name);

test('users are shown and found by what identity providers call them', async () => {
  const federated = [known('acme', 'ada', 'openid', 'saml2'), known('other', 'ada@other', 'openid')];
  const ada = await cloud.makeUser({ name: 'ada', federated });
  expect(ada.federated).toEqual(federated);
  await cloud.makeUser({ name: 'bob', federated: [known('acme', 'bob', 'openid')] });
  expect((await cloud.makeUser({ name: 'eve', federated: [] })).federated).toBeUndefined();
  expect((await cloud.call('GET', `/v3/users/${ada.id}`)).user.federated).toEqual(federated);
  expect((await cloud.call('GET', '/v3/users?name=ada')).users[0].federated).toEqual(federated);
  expect((await find('idp_id=acme')).sort()).toEqual(['ada', 'bob']);
  expect(await find('idp_id=acme&protocol_id=saml2')).toEqual(['ada']);
  expect(await find('unique_id=ada@other')).toEqual(['ada']);
  expect(await find('idp_id=acme&unique_id=ada@other')).toEqual([]);
  expect(await find('idp_id=acme&name=bob')).toEqual(['bob']);
  expect(await find('protocol_id=none')).toEqual([]);
});

test('what a provider calls a user is replaced as a whole, by what is there and free', async () => {
  const carl = await cloud.makeUser({ name: 'carl', federated: [known('acme', 'carl', 'openid')] });
  expect((await update(carl.id, [])).body.user.federated).toEqual([known('acme', 'carl', 'openid')]);
  const changed = [known('acme', 'carlos', 'saml2'), known('other', 'c', 'openid')];
  expect((await update(carl.id, changed)).body.user.federated).toEqual(changed);
  await cloud.makeUser({ name: 'dora', federated: [known('other', 'dora', 'openid')] });
  const wrong: [unknown, number, string][] = [
    [[known('nobody', 'c', 'openid')], 400, 'nobody'],
    [[known('acme', 'c', 'kerberos')], 400, 'kerberos'],
    [[known('other', 'dora', 'openid')], 409, 'dora'],
    [[known('other', 'twice', 'openid', 'openid')], 409, 'twice'],
    [[known('acme', 'c')], 400, 'user.federated.0.protocols'],
    [[{ idp_id: 'acme' }], 400, 'user.federated.0.protocols'],
    ['acme', 400, 'user.federated'],
  ];
  for (const [federated, code, named] of wrong) {
    const { status, body } = await update(carl.id, federated);
    expect([status, body.error.message]).toEqual([code, expect.stringContaining(named)]);
  }
  expect((await cloud.call('GET', `/v3/users/${carl.id}`)).user.federated).toEqual(changed);
  const body = { user: { name: 'gil', federated: [known('nobody', 'gil', 'openid')] } };
  expect((await cloud.send('POST', '/v3/users', { body })).status).toBe(400);
  expect(await find('name=gil')).toEqual([]);
});

test('whom a provider knows no more loses the tokens that came by it, and no others', async () => {
  const both = [known('acme', 'finn', 'openid'), known('other', 'finn', 'openid')];
  const { id } = await cloud.makeUser({ federated: both });
  const signIn = async (identityProviderId: string) => {
    const federation = { identityProviderId, protocolId: 'openid', groupIds: [] };
    const code = await cloud.identity.codes.create({ userId: id, projectId: null, federation });
    return (await cloud.identity.exchangeSignInCode(code)).token;
  };
  const tokens = [await signIn('acme'), await signIn('other'), await cloud.token({ id })];
  const works = async () =>
    await Promise.all(
      tokens.map(async (token) => (await cloud.send('GET', '/v3/OS-FEDERATION/projects', { token })).status),
    );
  expect(await works()).toEqual([200, 200, 200]);
  await update(id, [known('other', 'finn', 'openid')]);
  expect(await works()).toEqual([401, 200, 200]);
});

test('the older names of the lists of projects and domains answer what the newer ones do', async () => {
  const { id } = await cloud.makeUser();
  const project = await cloud.makeProject();
  await cloud.grant(`users/${id}`, 'member', `projects/${project.id}`);
  await cloud.grant(`users/${id}`, 'member', 'domains/default');
  const token = await cloud.token({ id });
  for (const [things, wanted] of [
    ['projects', project.id],
    ['domains', 'default'],
  ]) {
    const older = await cloud.call('GET', `/v3/OS-FEDERATION/${things}`, undefined, token);
    const newer = await cloud.call('GET', `/v3/auth/${things}`, undefined, token);
    expect(older[`${things}`]).toMatchObject([{ id: wanted }]);
    expect(older[`${things}`]).toEqual(newer[`${things}`]);
    expect(older.links.self).toMatch(new RegExp(`/identity/v3/OS-FEDERATION/${things}$`));
  }
});
