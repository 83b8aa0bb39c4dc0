import { afterAll, beforeAll, expect, test } from 'vitest';
import { isOnPostgres } from '../../database/testing/postgres-databases.ts';
import { IdentityFixture } from '../testing/identity.fixture.ts';

const USERS = 1200;

let fixture: IdentityFixture;
beforeAll(async () => {
  fixture = await IdentityFixture.open();
});
afterAll(async () => await fixture.close());

test('a long list is whole, and does not keep others waiting', async () => {
  const ids = Array.from({ length: USERS }, (_, index) => `user-${String(index).padStart(5, '0')}`);
  const project = await fixture.makeProject();
  const group = await fixture.makeGroup();
  await fixture.grant(`groups/${group.id}`, 'reader', `projects/${project.id}`);
  const role_id = await fixture.roleId('reader');
  const { database } = fixture;
  await database.transaction(async (trx) => {
    for (const id of ids) {
      const user = { id, name: id, domain_id: 'default', enabled: 1, created_at: '' };
      await trx.insertInto('identity_user').values(user).execute();
      const member = { group_id: group.id, user_id: id, idp_id: null, expires_at: null };
      await trx.insertInto('identity_group_member').values(member).execute();
      const none = { group_id: null, domain_id: null };
      const assignment = { ...none, user_id: id, project_id: project.id, role_id, inherited: 0 };
      await trx.insertInto('identity_assignment').values(assignment).execute();
    }
  });

  for (const [query, byUser, byGroup] of [
    [`scope.project.id=${project.id}`, 1, 1],
    [`scope.project.id=${project.id}&effective&include_names`, 2, 0],
    [`role.id=${role_id}&effective&x=[]`, 2, 0],
  ] as const) {
    const path = `/v3/role_assignments?${query}`;
    const ended: string[] = [];
    const long = fixture.call('GET', path).finally(() => ended.push('long'));
    const short = fixture.call('GET', '/v3/auth/system').finally(() => ended.push('short'));
    const { role_assignments: rows, links } = await long;
    await short;
    // PostgreSQL makes the plain list beside us, as quickly as it answers the four questions of the short one.
    if (byGroup === 0 || !isOnPostgres) expect(ended).toEqual(['short', 'long']);
    expect(links).toEqual({ self: expect.stringContaining(path), previous: null, next: null });
    const perUser = Map.groupBy(rows as { user?: { id: string } }[], ({ user }) => user?.id);
    expect(perUser.get(undefined)?.length ?? 0).toBe(byGroup);
    for (const id of ids) expect(perUser.get(id)?.length).toBe(byUser);
  }
});
