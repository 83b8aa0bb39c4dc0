import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCloud, type TestCloud } from '../cloud.ts';

/** The identity commands of the `openstack` client, against a cloud without machines. */
let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startCloud({ hypervisor: 'none' });
});
afterAll(async () => {
  await cloud.close();
});

const asJson = ['-f', 'json'];

test('token issue, and what it is good for', async () => {
  const token = await cloud.openstack('token', 'issue', ...asJson);
  expect(token).toMatchObject({ project_id: expect.stringMatching(/^[0-9a-f]{32}$/) });
  const ask = async () =>
    await fetch(`${cloud.url}/identity/v3/auth/projects`, { headers: { 'x-auth-token': token.id } });
  const projects = await (await ask()).json();
  expect(projects).toMatchObject({ projects: [{ id: token.project_id, name: 'admin' }] });
  await cloud.openstack('token', 'revoke', token.id);
  expect((await ask()).status).toBe(401);
});

test('a wrong password is refused in the client’s own words', async () => {
  await expect(cloud.openstack('--os-password', 'wrong', 'token', 'issue')).rejects.toThrow(
    /The request you have made requires authentication\. \(HTTP 401\)/,
  );
});

test('catalog list and show', async () => {
  const services = await cloud.openstack('catalog', 'list', ...asJson);
  expect(services.map((service: { Type: string }) => service.Type).sort()).toEqual([
    'compute',
    'identity',
    'image',
    'network',
  ]);
  const image = await cloud.openstack('catalog', 'show', 'image', ...asJson);
  expect(JSON.stringify(image.endpoints)).toContain(`${cloud.url}/image`);
});

test('lists and shows of who and where', async () => {
  const users = await cloud.openstack('user', 'list', ...asJson);
  expect(users).toEqual([{ ID: expect.any(String), Name: 'admin' }]);
  expect(await cloud.openstack('user', 'show', 'admin', ...asJson)).toMatchObject({
    id: users[0].ID,
    domain_id: 'default',
    enabled: true,
  });
  expect(await cloud.openstack('project', 'show', 'admin', ...asJson)).toMatchObject({ name: 'admin', enabled: true });
  const roles = await cloud.openstack('role', 'list', ...asJson);
  expect(roles.map((role: { Name: string }) => role.Name).sort()).toEqual([
    'admin',
    'manager',
    'member',
    'reader',
    'service',
  ]);
  expect(await cloud.openstack('domain', 'list', ...asJson)).toMatchObject([{ ID: 'default', Name: 'Default' }]);
  expect(await cloud.openstack('region', 'list', ...asJson)).toMatchObject([{ Region: 'RegionOne' }]);
  expect(await cloud.openstack('service', 'list', ...asJson)).toHaveLength(4);
  expect(await cloud.openstack('endpoint', 'list', '--interface', 'public', ...asJson)).toHaveLength(4);
});

test('versions show finds every service', async () => {
  const versions = await cloud.openstack('versions', 'show', ...asJson);
  const found = versions.map((version: Record<string, string>) => version['Service Type']);
  for (const service of ['identity', 'image']) expect(found).toContain(service);
});
