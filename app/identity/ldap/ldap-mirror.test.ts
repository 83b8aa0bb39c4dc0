import { afterAll, beforeAll, expect, test } from 'vitest';
import { IdentityFixture } from '../testing/identity.fixture.ts';
import { LdapMirror } from './ldap-mirror.ts';
import type { LdapUser } from './ldap-people.ts';

let cloud: IdentityFixture;
let mirror: LdapMirror;
beforeAll(async () => {
  cloud = await IdentityFixture.open();
  const { database, events, identity } = cloud;
  mirror = new LdapMirror({ database, events, tokens: identity.tokens, now: () => cloud.clock });
});
afterAll(async () => await cloud.close());

const user = (localId: string, name = localId): LdapUser => ({
  ...{ localId, name, dn: `uid=${localId}`, enabled: true },
  ...{ defaultProjectId: null, extra: {} },
});
const whole = (...users: LdapUser[]) => ({ users, groups: [], members: new Map<string, string[]>() });

test('whoever came while all were read is not taken away again', async () => {
  const { id } = await cloud.makeDomain();
  const revision = mirror.revisionOf(id);
  const read = whole(user('old'));
  const late = await mirror.putUser(id, user('late'), []);
  expect(await mirror.replaceAll(id, read, revision)).toBeUndefined();
  expect((await cloud.call('GET', `/v3/users/${late}`)).user.enabled).toBe(true);
  // Nothing new in it changes nothing.
  const again = mirror.revisionOf(id);
  await mirror.putUser(id, user('late'), []);
  expect(await mirror.replaceAll(id, whole(user('old'), user('late')), again)).toEqual([]);
});

test('of several with one name one has it; who had it, keeps it', async () => {
  const { id } = await cloud.makeDomain();
  expect(await mirror.replaceAll(id, whole(user('b', 'ann'), user('c', 'x'.repeat(256))))).toEqual(['x'.repeat(256)]);
  expect(await mirror.replaceAll(id, whole(user('a', 'ann'), user('b', 'ann')))).toEqual(['ann']);
  const named = async () => (await cloud.call('GET', `/v3/users?domain_id=${id}&name=ann`)).users;
  const [before] = await named();
  expect(await mirror.replaceAll(id, whole(user('a', 'ann')))).toEqual([]);
  const [after, ...others] = await named();
  expect([others, after.enabled, after.id === before.id]).toEqual([[], true, false]);
  expect((await cloud.send('GET', `/v3/users/${before.id}`)).status).toBe(404);
});
