import { afterAll, beforeAll, expect, test } from 'vitest';
import { IdentityFixture } from '../testing/identity.fixture.ts';

let fixture: IdentityFixture;
beforeAll(async () => {
  fixture = await IdentityFixture.open();
});
afterAll(async () => await fixture.close());

async function makeRole(name: string, values: object = {}) {
  return (await fixture.call('POST', '/v3/roles', { role: { name, ...values } })).role;
}

async function status(method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown) {
  const answer = await fixture.send(method, path, { body });
  return [answer.status, answer.body?.error?.message];
}

test('a role is made, found, renamed and taken away; what is not known is stored with it', async () => {
  const role = await makeRole('painter', { colour: 'blue', id: 'mine', links: 1 });
  expect(role).toMatchObject({ name: 'painter', domain_id: null, description: null, options: {}, colour: 'blue' });
  expect(role.id).toMatch(/^[0-9a-f]{32}$/);
  expect(role.links.self).toMatch(new RegExp(`/identity/v3/roles/${role.id}$`));
  const ids = async (query: string) =>
    (await fixture.call('GET', `/v3/roles${query}`)).roles.map(({ id }: { id: string }) => id);
  expect(await ids('?name=painter')).toEqual([role.id]);
  expect(await ids('?name__icontains=PAINT')).toEqual([role.id]);
  expect(await ids('?name__startswith=ainter')).toEqual([]);
  expect(await status('POST', '/v3/roles', { role: { name: 'painter' } })).toEqual([
    409,
    'Conflict occurred attempting to store role - Duplicate entry found with name painter.',
  ]);
  const changed = await fixture.call('PATCH', `/v3/roles/${role.id}`, { role: { name: 'poet', colour: 'red' } });
  expect(changed.role).toMatchObject({ id: role.id, name: 'poet', colour: 'red' });
  expect((await status('DELETE', `/v3/roles/${role.id}`))[0]).toBe(204);
  expect(await status('GET', `/v3/roles/${role.id}`)).toEqual([404, `Could not find role: ${role.id}.`]);
});

test.for<[unknown, string]>([
  [{}, 'role'],
  [{ role: {} }, 'role.name'],
  [{ role: { name: '' } }, 'role.name'],
  [{ role: { name: ' ' } }, 'role.name'],
  [{ role: { name: 'x'.repeat(256) } }, 'role.name'],
  [{ role: { name: 'x', options: { immutable: 'yes' } } }, 'role.options.immutable'],
  [{ role: { name: 'x', options: { other: true } } }, 'role.options.other'],
  [{ role: { name: 'x', domain_id: 7 } }, 'role.domain_id'],
  [{ role: { name: 'x', much: 'x'.repeat(70_000) } }, 'much'],
  [{ role: { name: 'x' }, other: 1 }, 'other'],
])('%j is refused by the name of what is wrong', async ([body, field]) => {
  const [code, message] = await status('POST', '/v3/roles', body);
  expect(code).toBe(400);
  expect(message).toContain(field);
});

test('an immutable role is kept as it is until that is taken from it, alone', async () => {
  const { id } = await makeRole('kept', { options: { immutable: true } });
  for (const change of [{ name: 'other' }, { options: { immutable: false }, name: 'other' }]) {
    expect((await status('PATCH', `/v3/roles/${id}`, { role: change }))[0]).toBe(403);
  }
  expect((await status('DELETE', `/v3/roles/${id}`))[0]).toBe(403);
  const { role } = await fixture.call('PATCH', `/v3/roles/${id}`, { role: { options: { immutable: null } } });
  expect(role.options).toEqual({});
  expect((await status('DELETE', `/v3/roles/${id}`))[0]).toBe(204);
  expect((await status('DELETE', `/v3/roles/${await fixture.roleId('reader')}`))[0]).toBe(403);
});

test('one role implies another, never in a circle, never the administrator', async () => {
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => makeRole(name)));
  const rule = (prior: { id: string }, implied: { id: string }) => `/v3/roles/${prior.id}/implies/${implied.id}`;
  expect((await status('PUT', rule(a, b)))[0]).toBe(201);
  expect((await status('PUT', rule(b, c)))[0]).toBe(201);
  expect((await status('PUT', rule(a, b)))[0]).toBe(409);
  expect((await status('HEAD', rule(a, b)))[0]).toBe(204);
  expect((await fixture.call('GET', rule(a, b))).role_inference).toMatchObject({
    prior_role: { id: a.id, name: 'a' },
    implies: { id: b.id, name: 'b' },
  });
  for (const [prior, implied] of [
    [a, a],
    [c, a],
    [a, { id: await fixture.roleId('admin') }],
  ]) {
    expect((await status('PUT', rule(prior, implied)))[0]).toBe(403);
  }
  expect((await fixture.call('GET', `/v3/roles/${a.id}/implies`)).role_inference.implies).toMatchObject([{ id: b.id }]);
  const { role_inferences } = await fixture.call('GET', '/v3/role_inferences');
  expect(role_inferences).toContainEqual({
    prior_role: expect.objectContaining({ name: 'b' }),
    implies: [expect.objectContaining({ name: 'c' })],
  });
  expect((await status('DELETE', rule(a, b)))[0]).toBe(204);
  expect(await status('DELETE', rule(a, b))).toEqual([404, `${a.id} does not imply ${b.id}.`]);
});

test('roles of one domain are asked for by their own rules, in place of those for roles of all', async () => {
  const domain = await fixture.makeDomain();
  const user = await fixture.makeUser({ domain_id: domain.id });
  await fixture.grant(`users/${user.id}`, 'member', `domains/${domain.id}`);
  const token = await fixture.token({ id: user.id }, { domain: { id: domain.id } });
  const role = await makeRole('of-domain', { domain_id: domain.id });
  const refused = async (...[method, path, body]: Parameters<typeof status>) =>
    (await fixture.send(method, path, { token, body })).body.error.message.split(': ')[1];
  const ofAll = `/v3/roles/${await fixture.roleId('member')}`;
  const change = { role: { name: 'x' } };
  expect([
    await refused('GET', `/v3/roles?domain_id=${domain.id}`),
    await refused('POST', '/v3/roles', { role: { name: 'x', domain_id: domain.id } }),
    await refused('POST', '/v3/roles', change),
    await refused('GET', `/v3/roles/${role.id}`),
    await refused('PATCH', `/v3/roles/${role.id}`, change),
    await refused('PATCH', ofAll, change),
    await refused('DELETE', `/v3/roles/${role.id}`),
    await refused('GET', '/v3/roles/none'),
  ]).toEqual([
    'identity:list_domain_roles.',
    'identity:create_domain_role.',
    'identity:create_role.',
    'identity:get_domain_role.',
    'identity:update_domain_role.',
    'identity:update_role.',
    'identity:delete_domain_role.',
    'identity:get_role.',
  ]);
});
