import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startCloud, until } from '../cloud.ts';

/** Each rule by what an administrator is no longer allowed once the file says `!`. */
const CALLS = [
  ['os_compute_api:servers:index:get_all_tenants', 'GET', '/compute/v2.1/servers?all_tenants=1', undefined],
  ['os_compute_api:limits:other_project', 'GET', '/compute/v2.1/limits?tenant_id=other', undefined],
  ['os_compute_api:os-keypairs:index', 'GET', '/compute/v2.1/os-keypairs', undefined],
  ['os_compute_api:os-quota-sets:show', 'GET', '/compute/v2.1/os-quota-sets/other', undefined],
  ['publicize_image', 'POST', '/image/v2/images', { visibility: 'public' }],
  ['communitize_image', 'POST', '/image/v2/images', { visibility: 'community' }],
  ['get_network', 'GET', '/network/v2.0/networks', undefined],
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
  } finally {
    await cloud.close();
  }
});
