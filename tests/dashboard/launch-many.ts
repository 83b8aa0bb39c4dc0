import { randomBytes } from 'node:crypto';
import type { TestCloud } from '../cloud.ts';
import { expect } from './cloud.fixture.ts';

const COMPUTE = { 'openstack-api-version': 'compute 2.90' };

/** Simulated machines, until none is being built any more: `web-1`, `web-2`, ... or `web` for a single one. */
export async function launchMany(cloud: TestCloud, name: string, count: number): Promise<void> {
  const made = await cloud.request('POST', '/image/v2/images', {
    name: `${name} image`,
    disk_format: 'raw',
    container_format: 'bare',
    os_distro: 'debian',
  });
  const upload = await fetch(`${cloud.url}/image/v2/images/${made.body.id}/file`, {
    method: 'PUT',
    headers: { 'x-auth-token': cloud.token, 'content-type': 'application/octet-stream' },
    body: randomBytes(1024 * 1024),
  });
  expect(upload.status).toBe(204);
  const server = {
    name,
    imageRef: made.body.id,
    flavorRef: '42',
    networks: 'auto',
    min_count: count,
    max_count: count,
    ...(count > 1 ? {} : { min_count: 1 }),
  };
  const created = await cloud.request('POST', '/compute/v2.1/servers', { server }, COMPUTE);
  expect(created.status, JSON.stringify(created.body)).toBe(202);
  await expect
    .poll(async () => (await cloud.request('GET', '/compute/v2.1/servers?status=BUILD')).body.servers.length, {
      timeout: 300_000,
    })
    .toBe(0);
}
