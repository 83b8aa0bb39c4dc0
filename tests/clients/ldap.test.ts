import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCloud, type TestCloud } from '../cloud.ts';
import { BIND_DN, BIND_PASSWORD, group, person, Slapd, SUFFIX } from '../integration/slapd.ts';

/** The `openstack` client in the hands of people whose accounts live in an LDAP server. */
let cloud: TestCloud;
let slapd: Slapd;
beforeAll(async () => {
  slapd = await Slapd.start([person('alice'), person('bob'), group('staff', ['alice'])]);
  cloud = await startCloud({ hypervisor: 'none' });
  const domain = await cloud.openstack('domain', 'create', 'acme', '-f', 'json');
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
  await slapd?.close();
  await cloud?.close();
});

const asJson = ['-f', 'json'];

test('an administrator gives a group of the LDAP server a role, and its member works with it', async () => {
  const users = await cloud.openstack('user', 'list', '--domain', 'acme', ...asJson);
  expect(users.map(({ Name }: { Name: string }) => Name).sort()).toEqual(['alice', 'bob']);
  await cloud.openstack('project', 'create', 'home', '--domain', 'acme');
  const where = ['--project', 'home', '--project-domain', 'acme'];
  await cloud.openstack('role', 'add', 'member', '--group', 'staff', '--group-domain', 'acme', ...where);
  const as = (name: string, password: string) => [
    ...['--os-username', name, '--os-user-domain-name', 'acme', '--os-password', password],
    ...['--os-project-name', 'home', '--os-project-domain-name', 'acme'],
  ];
  const issued = await cloud.openstack(...as('alice', 'alice-password'), 'token', 'issue', ...asJson);
  expect(issued.user_id).toMatch(/^[0-9a-f]{64}$/);
  expect(await cloud.openstack(...as('alice', 'alice-password'), 'server', 'list', ...asJson)).toEqual([]);
  await expect(cloud.openstack(...as('alice', 'wrong'), 'token', 'issue')).rejects.toThrow(/HTTP 401/);
  await expect(cloud.openstack(...as('bob', 'bob-password'), 'token', 'issue')).rejects.toThrow(/HTTP 401/);
  await expect(cloud.openstack('user', 'set', '--description', 'x', '--domain', 'acme', 'alice')).rejects.toThrow(
    /LDAP does not support write operations/,
  );
});
