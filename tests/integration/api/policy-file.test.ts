import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startCloud, until } from '../../cloud.ts';

/** Each rule by what an administrator is no longer allowed once the file says `!`. */
const CALLS = [
  ['os_compute_api:servers:index:get_all_tenants', 'GET', '/compute/v2.1/servers?all_tenants=1', undefined],
  ['os_compute_api:limits:other_project', 'GET', '/compute/v2.1/limits?tenant_id=other', undefined],
  ['os_compute_api:os-keypairs:index', 'GET', '/compute/v2.1/os-keypairs', undefined],
  ['os_compute_api:os-quota-sets:show', 'GET', '/compute/v2.1/os-quota-sets/other', undefined],
  ['publicize_image', 'POST', '/image/v2/images', { visibility: 'public' }],
  ['communitize_image', 'POST', '/image/v2/images', { visibility: 'community' }],
  ['get_network', 'GET', '/network/v2.0/networks', undefined],
  ['get_quota', 'GET', '/network/v2.0/quotas/other', undefined],
  ['placement:resource_providers:list', 'GET', '/placement/resource_providers', undefined],
  ['v1:tasks:list', 'GET', '/v1/tasks', undefined],
  ['v1:hosts:list', 'GET', '/v1/hosts', undefined],
] as const;

test('policy.yaml takes rights away, and gives them back while the controller runs', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'cumulet-policy-'));
  const file = join(dataDir, 'policy.yaml');
  await writeFile(file, CALLS.map(([rule]) => `"${rule}": "!"\n`).join(''));
  const cloud = await startCloud({ hypervisor: 'none', dataDir });
  try {
    for (const [rule, method, path, body] of CALLS) {
      expect([rule, (await cloud.request(method, path, body)).status]).toEqual([rule, 403]);
    }
    await writeFile(file, '');
    for (const [rule, method, path, body] of CALLS) {
      await until(`${rule} to be allowed again`, 10, async () =>
        (await cloud.request(method, path, body)).status < 300 ? true : undefined,
      );
    }

    // Whom nothing hides other projects from is a rule too.
    await cloud.request('POST', '/image/v2/images', { name: 'private', owner: 'other', visibility: 'private' });
    const images = async () => (await cloud.request('GET', '/image/v2/images?name=private')).body.images.length;
    expect(await images()).toBe(1);
    await writeFile(file, '"context_is_admin": "role:nobody"\n"v1:policy:show": "role:admin"\n');
    await until('the administrator to be one no more', 10, async () => ((await images()) === 0 ? true : undefined));

    await writeFile(file, '"context_is_admin": "role"\n');
    const { problem, rules } = await until('the mistake to be told', 10, async () => {
      const { body } = await cloud.request('GET', '/v1/policy');
      return body.problem === null ? undefined : body;
    });
    expect(problem).toContain('context_is_admin: "role" is no policy rule');
    expect(rules).toContainEqual({ name: 'context_is_admin', check: 'role:nobody', default: 'role:admin' });
    expect(await images()).toBe(0);
  } finally {
    await cloud.close();
  }
});
