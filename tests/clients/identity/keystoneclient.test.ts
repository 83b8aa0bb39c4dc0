import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientEnvironment, startCloud, type TestCloud } from '../../cloud.ts';

/** What no `openstack` command reaches, by the library below it. */
const run = promisify(execFile);
let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startCloud({ hypervisor: 'none' });
});
afterAll(async () => {
  await cloud?.close();
});

test('domain configuration, tags, policies of endpoints, assignments and tokens by python-keystoneclient', async () => {
  const script = fileURLToPath(new URL('../testing/keystone-resources.py', import.meta.url));
  const { stdout } = await run('/usr/bin/python3', [script], { env: clientEnvironment(cloud.url, cloud.password) });
  expect(JSON.parse(stdout)).toEqual({
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
