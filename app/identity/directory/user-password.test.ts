import { afterEach, expect, test } from 'vitest';
import { IdentityFixture, PASSWORD } from '../testing/identity.fixture.ts';

const DAY_MS = 86_400_000;
let cloud: IdentityFixture;
afterEach(async () => await cloud.close());

async function open(security_compliance: object) {
  cloud = await IdentityFixture.open({ security_compliance });
  return await cloud.makeUser();
}
const signIn = async (id: string, password = PASSWORD) => (await cloud.authenticate({ id, password })).status;
const change = async (id: string, original_password: string, password: string) =>
  (
    await cloud.send('POST', `/v3/users/${id}/password`, {
      token: null,
      body: { user: { original_password, password } },
    })
  ).status;
/** Without the administrator's token, which expires when much time has passed. */
const optionsOf = async (id: string, options: object) =>
  await cloud.call('PATCH', `/v3/users/${id}`, { user: { options } });

test('wrong passwords lock the account, for the right one too, until the lockout ends', async () => {
  const { id } = await open({ lockout_failure_attempts: 2, lockout_duration: 5 });
  expect(await signIn(id)).toBe(201);
  expect([await signIn(id, 'wrong'), await signIn(id, 'wrong'), await signIn(id)]).toEqual([401, 401, 401]);
  cloud.clock += 5001;
  expect([await signIn(id, 'wrong'), await signIn(id)]).toEqual([401, 201]);
  await signIn(id, 'wrong');
  await signIn(id, 'wrong');
  await cloud.call('PATCH', `/v3/users/${id}`, { user: { enabled: true } });
  expect(await signIn(id)).toBe(201);
  await optionsOf(id, { ignore_lockout_failure_attempts: true });
  expect([await signIn(id, 'wrong'), await signIn(id, 'wrong'), await signIn(id)]).toEqual([401, 401, 201]);
}, 30_000);

test('guesses sent at once do not get past the lockout', async () => {
  const { id } = await open({ lockout_failure_attempts: 2, lockout_duration: 5 });
  await Promise.all([1, 2, 3, 4].map(() => signIn(id, 'wrong')));
  expect(await signIn(id)).toBe(401);
}, 30_000);

test('the last passwords cannot be set again by the user, but by an administrator', async () => {
  const { id } = await open({ unique_last_password_count: 2 });
  expect(await change(id, PASSWORD, PASSWORD)).toBe(400);
  expect(await change(id, PASSWORD, 'second')).toBe(204);
  expect([await change(id, 'second', 'second'), await change(id, 'second', PASSWORD)]).toEqual([400, 400]);
  expect(await change(id, 'second', 'third')).toBe(204);
  expect(await change(id, 'third', PASSWORD)).toBe(204);
  await cloud.call('PATCH', `/v3/users/${id}`, { user: { password: 'third' } });
  expect(await signIn(id, 'third')).toBe(201);
}, 60_000);

test('a password one set oneself has to be kept for some days', async () => {
  const { id } = await open({ minimum_password_age: 1 });
  expect(await change(id, PASSWORD, 'second')).toBe(204);
  expect(await change(id, 'second', 'third')).toBe(400);
  cloud.clock += DAY_MS;
  expect(await change(id, 'second', 'third')).toBe(204);
}, 30_000);

test('a password expires, is told to who knows it, and can still be changed', async () => {
  const user = await open({ password_expires_days: 10 });
  expect(user.password_expires_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000000$/);
  const expiring = async (filter: string) =>
    (await cloud.call('GET', `/v3/users?password_expires_at=${filter}`)).users.map(({ id }: { id: string }) => id);
  const soon = new Date(cloud.clock + 11 * DAY_MS).toISOString();
  expect(await expiring(`lt:${soon}`)).toContain(user.id);
  expect(await expiring(`gt:${soon}`)).toEqual([]);
  for (const wrong of ['xx:2016-12-08T22:02:00Z', 'lt:yesterday']) await expect(expiring(wrong)).rejects.toThrow('400');
  cloud.clock += 10 * DAY_MS;
  const expired = await cloud.authenticate({ id: user.id });
  expect([expired.status, expired.body.error.message]).toEqual([
    401,
    `The password is expired and needs to be changed for user: ${user.id}.`,
  ]);
  expect(await signIn(user.id, 'wrong')).toBe(401);
  expect(await change(user.id, PASSWORD, 'second')).toBe(204);
  expect(await signIn(user.id, 'second')).toBe(201);
}, 30_000);

test('a password an administrator gave must be changed at first use, unless the user is exempt', async () => {
  const { id } = await open({ change_password_upon_first_use: true });
  expect(await signIn(id)).toBe(401);
  expect(await change(id, PASSWORD, 'second')).toBe(204);
  expect(await signIn(id, 'second')).toBe(201);
  const exempt = await cloud.makeUser({ options: { ignore_change_password_upon_first_use: true } });
  expect(await signIn(exempt.id)).toBe(201);
}, 30_000);

test('a password has to match the pattern, and may be locked against its user', async () => {
  const rules = { password_regex: '(?=.*\\d).{7,}$', password_regex_description: 'seven characters, one a digit' };
  cloud = await IdentityFixture.open({ security_compliance: rules });
  const make = async (password: string) =>
    await cloud.send('POST', '/v3/users', { body: { user: { name: 'p', password } } });
  const refused = await make('short');
  expect([refused.status, refused.body.error.message]).toEqual([
    400,
    'The password does not match the requirements: seven characters, one a digit.',
  ]);
  const { id } = (await make('longer-1')).body.user;
  expect(await change(id, 'longer-1', 'nothing')).toBe(400);
  await optionsOf(id, { lock_password: true });
  expect(await change(id, 'longer-1', 'longer-2')).toBe(400);
}, 30_000);

test('who does not sign in for long is disabled, unless exempt', async () => {
  const { id } = await open({ disable_user_account_days_inactive: 30 });
  const exempt = await cloud.makeUser({ options: { ignore_user_inactivity: true } });
  cloud.clock += 31 * DAY_MS;
  expect([await signIn(id), await signIn(exempt.id)]).toEqual([401, 201]);
}, 30_000);
