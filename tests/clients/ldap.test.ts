import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestCloud } from '../cloud.ts';
import { BIND_DN, BIND_PASSWORD, group, person, Slapd, SUFFIX } from '../integration/slapd.ts';
import { OpenStackSession } from './testing/openstack-session.ts';

/** The `openstack` client in the hands of people whose accounts live in an LDAP server. */
let cloud: TestCloud;
let openstack: OpenStackSession;
let slapd: Slapd;
beforeAll(async () => {
  slapd = await Slapd.start([person('alice'), person('bob'), group('staff', ['alice'])]);
  ({ cloud, openstack } = await OpenStackSession.start());
  const domain = await openstack.json('domain create acme');
  const ldap = {
    url: slapd.url,
    user: BIND_DN,
    password: BIND_PASSWORD,
    user_tree_dn: `ou=people,${SUFFIX}`,
    user_id_attribute: 'uid',
    user_name_attribute: 'uid',
    group_tree_dn: `ou=groups,${SUFFIX}`,
    group_name_attribute: 'cn',
  };
  const config = { identity: { driver: 'ldap' }, ldap };
  const { status } = await cloud.request('PUT', `/identity/v3/domains/${domain.id}/config`, { config });
  expect(status).toBe(201);
});
afterAll(async () => {
  await openstack?.close();
  await slapd?.close();
  await cloud?.close();
});

test('an administrator gives a group of the LDAP server a role, and its member works with it', async () => {
  const users = await openstack.json('user list --domain acme');
  expect(users.map(({ Name }: { Name: string }) => Name).sort()).toEqual(['alice', 'bob']);
  await openstack.run('project create home --domain acme');
  await openstack.run('role add member --group staff --group-domain acme --project home --project-domain acme');
  const home = '--os-project-name home --os-project-domain-name acme';
  const as = (name: string, password: string) =>
    `--os-username ${name} --os-user-domain-name acme --os-password ${password} ${home}`;
  const issued = await openstack.json(`${as('alice', 'alice-password')} token issue`);
  expect(issued.user_id).toMatch(/^[0-9a-f]{64}$/);
  expect(await openstack.json(`${as('alice', 'alice-password')} server list`)).toEqual([]);
  await expect(openstack.run(`${as('alice', 'wrong')} token issue`)).rejects.toThrow(/HTTP 401/);
  await expect(openstack.run(`${as('bob', 'bob-password')} token issue`)).rejects.toThrow(/HTTP 401/);
  await expect(openstack.run('user set --description x --domain acme alice')).rejects.toThrow(
    /LDAP does not support write operations/,
  );
});
