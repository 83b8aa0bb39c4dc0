import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientEnvironment, type TestCloud } from '../../cloud.ts';
import { OpenStackSession } from '../testing/openstack-session.ts';

/** Versions, microversions and pages as keystoneauth and openstacksdk make them out, and what only libraries reach. */
const run = promisify(execFile);
let cloud: TestCloud;
let openstack: OpenStackSession;

beforeAll(async () => {
  ({ cloud, openstack } = await OpenStackSession.start());
});
afterAll(async () => {
  await openstack?.close();
  await cloud?.close();
});

/** What a script of `testing/` prints as the administrator. */
async function printed(script: string) {
  const path = fileURLToPath(new URL(`../testing/${script}`, import.meta.url));
  const { stdout } = await run('/usr/bin/python3', [path], { env: clientEnvironment(cloud.url, cloud.password) });
  return JSON.parse(stdout);
}

test('documents of versions: 300 where there is a choice to make, 200 for one of them', async () => {
  const paths: [string, number][] = [
    ['/identity', 300],
    ['/identity/v3', 200],
    ['/compute', 200],
    ['/compute/v2.1', 200],
    ['/image', 300],
    ['/image/versions', 200],
    ['/network', 200],
    ['/network/v2.0', 200],
    ['/placement', 200],
  ];
  for (const [path, status] of paths) {
    for (const each of [path, `${path}/`])
      expect([each, (await fetch(cloud.url + each)).status]).toEqual([each, status]);
  }
});

test('keystoneauth discovers, the SDK negotiates and reads page by page', async () => {
  await openstack.run('group create one');
  await openstack.run('group create two');
  for (const name of ['a', 'b', 'c']) await cloud.request('POST', '/image/v2/images', { name });
  const { versions, major, microversions, pages } = await printed('discovery.py');
  const newest = (kind: string) => versions[kind].at(-1);
  const none = [null, null];
  expect(newest('identity')).toMatchObject({
    url: `${cloud.url}/identity/v3/`,
    status: 'CURRENT',
    microversions: none,
  });
  expect(newest('network')).toMatchObject({ url: `${cloud.url}/network/v2.0/`, status: 'CURRENT' });
  expect(newest('image')).toMatchObject({ url: `${cloud.url}/image/v2/`, status: 'CURRENT', microversions: none });
  expect(newest('compute')).toEqual({
    version: '2.1',
    url: `${cloud.url}/compute/v2.1/`,
    status: 'CURRENT',
    microversions: ['2.1', '2.96'],
  });
  expect(major).toEqual({ identity: '3.14', compute: '2.1', image: '2.17', network: '2.0' });
  expect(microversions).toEqual([
    { asked: '2.1', status: 200, used: 'compute 2.1', message: null },
    { asked: '2.90', status: 200, used: 'compute 2.90', message: null },
    { asked: 'latest', status: 200, used: 'compute 2.96', message: null },
    {
      asked: '2.999',
      status: 406,
      used: null,
      message: 'Version 2.999 is not supported by the API. Minimum is 2.1 and maximum is 2.96.',
    },
  ]);
  expect(pages).toEqual({
    flavors: { paged: 7, same: true },
    users: { paged: 1, same: true },
    projects: { paged: 1, same: true },
    groups: { paged: 2, same: true },
    images: { paged: 3, same: true },
    networks: { paged: 1, same: true },
  });
});

test('versions show, and microversions on the command line', async () => {
  const rows: Record<string, string>[] = await openstack.json('versions show --status CURRENT');
  expect(rows.map((row) => `${row['Service Type']} ${row.Version} ${row.Endpoint}`).sort()).toEqual([
    `compute 2.1 ${cloud.url}/compute/v2.1/`,
    `identity 3.14 ${cloud.url}/identity/v3/`,
    `image 2.17 ${cloud.url}/image/v2/`,
    `network 2.0 ${cloud.url}/network/v2.0/`,
    `placement 1.0 ${cloud.url}/placement/`,
  ]);
  expect(await openstack.json('--os-compute-api-version 2.latest server list')).toEqual([]);
  expect(await openstack.json('--os-compute-api-version 2.1 flavor list')).toHaveLength(7);
  // The client knows its own newest version and does not even ask.
  expect(await openstack.refusal('--os-compute-api-version 2.999 server list')).toMatch(/versions supported by client/);
});

test('domain configuration, tags, policies of endpoints, assignments and tokens by python-keystoneclient', async () => {
  expect(await printed('keystone-resources.py')).toEqual({
    'domain config': {
      identity: { driver: 'ldap' },
      ldap: { url: 'ldaps://ldap.example', user_tree_dn: 'ou=people' },
    },
    tags: [['three'], true, false],
    'no tags': [],
    policy: [true, true, true, true],
    'endpoint of project': [true, ['hall']],
    role: [true, ['admin'], ['manager'], true],
    'assignments below': 0,
    token: ['admin', 'admin', ['admin', 'manager', 'member', 'reader']],
    'may go to': [['admin'], [], [{ all: true }]],
  });
});
