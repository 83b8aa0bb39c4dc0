import { afterAll, beforeAll, expect, test } from 'vitest';
import { declaredServices } from '../../modules.ts';
import { IdentityFixture } from '../testing/identity.fixture.ts';

let cloud: IdentityFixture;
beforeAll(async () => {
  cloud = await IdentityFixture.open();
});
afterAll(async () => await cloud.close());

const JSON_HOME = 'application/json-home';
async function ask(path: string, accept: string) {
  const { status, headers, body } = await cloud.send('GET', path, { token: null, headers: { accept } });
  return { status, type: String(headers['content-type']).split(';')[0], body };
}

test('the JSON home is answered to who would rather have it than versions', async () => {
  const home = await ask('/v3', JSON_HOME);
  expect([home.status, home.type]).toEqual([200, JSON_HOME]);
  const relations = 'https://docs.openstack.org/api/openstack-identity/3';
  expect(home.body.resources).toMatchObject({
    [`${relations}/rel/users`]: { href: '/users' },
    [`${relations}/rel/limit`]: {
      'href-template': '/limits/{limit_id}',
      'href-vars': { limit_id: `${relations}/param/limit_id` },
      hints: { status: 'experimental' },
    },
    [`${relations}/rel/implied_role`]: {
      'href-vars': { prior_role_id: `${relations}/param/role_id`, implied_role_id: `${relations}/param/role_id` },
    },
    [`${relations}/ext/OS-TRUST/1.0/rel/trust_role`]: {
      'href-template': '/OS-TRUST/trusts/{trust_id}/roles/{role_id}',
      'href-vars': {
        trust_id: `${relations}/ext/OS-TRUST/1.0/param/trust_id`,
        role_id: `${relations}/param/role_id`,
      },
    },
  });
  const atRoot = await ask('', `application/json;q=0.2, ${JSON_HOME};q=0.5`);
  expect([atRoot.status, atRoot.body.resources[`${relations}/rel/users`]]).toEqual([200, { href: '/v3/users' }]);
  for (const accept of [
    '',
    '*/*',
    'application/json',
    `application/json, ${JSON_HOME}`,
    `${JSON_HOME};q=0`,
    'text/html',
  ]) {
    expect(await ask('/v3', accept)).toMatchObject({ type: 'application/json', body: { version: { id: 'v3.14' } } });
    expect(await ask('', accept)).toMatchObject({ status: 300, body: { versions: { values: [{ id: 'v3.14' }] } } });
  }
});

test('what the JSON home names is there', async () => {
  const routes = declaredServices().find(({ name }) => name === 'identity')?.routes ?? [];
  const there = new Set(routes.map(({ path }) => path.replace(/:\w+/g, '{}')));
  const { resources } = (await ask('/v3', JSON_HOME)).body;
  const named = Object.values(resources as Record<string, Record<string, string>>).map(
    (resource) => `/v3${resource.href ?? resource['href-template']}`,
  );
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter((path) => !there.has(path.replace(/\{\w+\}/g, '{}')))).toEqual([]);
});

test('everything that can be read can be asked for by HEAD', async () => {
  for (const path of ['/v3', '/v3/limits', '/v3/limits/model', '/v3/OS-FEDERATION/projects', '/v3/auth/catalog']) {
    const { status, body } = await cloud.send('HEAD', path);
    expect([path, status, body]).toEqual([path, 200, undefined]);
  }
});

test('certificates of signed tokens are gone, for everybody', async () => {
  for (const path of ['/v3/OS-SIMPLE-CERT/ca', '/v3/OS-SIMPLE-CERT/certificates']) {
    expect(await cloud.send('GET', path, { token: null })).toMatchObject({
      status: 410,
      body: { error: { code: 410 } },
    });
  }
});
