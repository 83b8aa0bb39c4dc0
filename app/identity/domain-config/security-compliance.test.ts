import { afterEach, expect, test } from 'vitest';
import { IdentityFixture } from '../testing/identity.fixture.ts';

let cloud: IdentityFixture;
afterEach(async () => await cloud.close());
const PATH = '/v3/domains/default/config/security_compliance';

test('anybody with a token reads what a password has to be like, and nothing else of the rules', async () => {
  const rules = { password_regex: '.*\\S.*', password_regex_description: 'not blank' };
  cloud = await IdentityFixture.open({ security_compliance: { ...rules, lockout_failure_attempts: 5 } });
  const user = await cloud.makeUser();
  const token = await cloud.token(user, 'unscoped');
  const read = async (path: string) => await cloud.send('GET', path, { token });
  expect((await read(PATH)).body).toEqual({ config: { security_compliance: rules } });
  expect((await read(`${PATH}/password_regex`)).body).toEqual({ config: { password_regex: rules.password_regex } });
  expect((await cloud.send('HEAD', `${PATH}/password_regex_description`, { token })).status).toBe(200);
  expect((await read(`${PATH}/lockout_failure_attempts`)).status).toBe(403);
  const other = await cloud.makeDomain();
  expect((await read(PATH.replace('default', other.id))).status).toBe(403);
  expect((await read('/v3/domains/default/config/ldap')).status).toBe(403);
  expect((await cloud.send('GET', PATH, { token: null })).status).toBe(401);
  const change = { body: { config: { security_compliance: { password_regex: '.' } } } };
  expect((await cloud.send('PATCH', PATH, change)).status).toBe(403);
});

test('without rules there is nothing a password has to be like', async () => {
  cloud = await IdentityFixture.open();
  const nothing = { password_regex: null, password_regex_description: null };
  expect(await cloud.call('GET', PATH)).toEqual({ config: { security_compliance: nothing } });
});
