import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestCloud, until } from '../cloud.ts';
import { OpenStackSession } from './testing/openstack-session.ts';

/** The placement commands of the `openstack` client, over a host that is there and a provider of one's own. */
let cloud: TestCloud;
let openstack: OpenStackSession;
beforeAll(async () => {
  ({ cloud, openstack } = await OpenStackSession.start({ hypervisor: 'simulated' }));
  await until('the host', 30, async () => (await openstack.json('resource provider list')).length > 0 || undefined);
});
afterAll(async () => {
  await openstack?.close();
  await cloud?.close();
});

test('the catalogue names the service, and the host is a provider with what it has', async () => {
  const [host] = await openstack.json('resource provider list');
  const [hypervisor] = await openstack.as({ OS_COMPUTE_API_VERSION: '2.53' }).json('hypervisor list');
  expect(host).toMatchObject({ name: hypervisor['Hypervisor Hostname'], uuid: hypervisor.ID });
  const inventory = await openstack.json(`resource provider inventory list ${host.uuid}`);
  expect(inventory.map(({ resource_class }: { resource_class: string }) => resource_class)).toEqual([
    'VCPU',
    'MEMORY_MB',
    'DISK_GB',
  ]);
  expect(await openstack.json(`resource provider inventory show ${host.uuid} VCPU`)).toMatchObject({
    allocation_ratio: 4,
    used: 0,
  });
  expect(await openstack.refusal(`resource provider delete ${host.uuid}`)).toContain('is kept by the scheduler');
});

test('candidates are where a machine could go', async () => {
  const [host] = await openstack.json('resource provider list');
  const found = await openstack.json('allocation candidate list --resource VCPU=1 --resource MEMORY_MB=64 --limit 3');
  expect(found).toMatchObject([{ '#': 1, 'resource provider': host.uuid }]);
  expect(await openstack.json('allocation candidate list --resource VCPU=100000')).toEqual([]);
});

test('a provider of one’s own: inventories, traits, aggregates, allocations, usages', async () => {
  const pool = await openstack.json('resource provider create gpus');
  expect(pool).toMatchObject({ name: 'gpus', generation: 0 });
  await openstack.run('resource class set CUSTOM_GPU');
  await openstack.run(
    `resource provider inventory set ${pool.uuid} --resource CUSTOM_GPU=8 --resource CUSTOM_GPU:reserved=2`,
  );
  expect(await openstack.json(`resource provider inventory show ${pool.uuid} CUSTOM_GPU`)).toMatchObject({
    total: 8,
    reserved: 2,
  });
  await openstack.run('trait create CUSTOM_FAST');
  await openstack.run(`resource provider trait set --trait CUSTOM_FAST ${pool.uuid}`);
  const aggregate = randomUUID();
  const { generation } = await openstack.json(`resource provider show ${pool.uuid}`);
  await openstack.run(
    `resource provider aggregate set --generation ${generation} ${pool.uuid} --aggregate ${aggregate}`,
  );
  expect(
    await openstack.json(
      `resource provider list --required CUSTOM_FAST --member-of ${aggregate} --resource CUSTOM_GPU=6`,
    ),
  ).toMatchObject([{ name: 'gpus' }]);

  const consumer = randomUUID();
  const project = randomUUID();
  const set = `resource provider allocation set ${consumer} --project-id ${project} --user-id u`;
  expect(await openstack.refusal(`${set} --allocation rp=${pool.uuid},CUSTOM_GPU=7`)).toContain('Unable to allocate');
  await openstack.run(`${set} --allocation rp=${pool.uuid},CUSTOM_GPU=4`);
  expect(await openstack.json(`resource provider usage show ${pool.uuid}`)).toEqual([
    { resource_class: 'CUSTOM_GPU', usage: 4 },
  ]);
  expect(await openstack.json(`resource usage show ${project}`)).toEqual([{ resource_class: 'CUSTOM_GPU', usage: 4 }]);
  expect(await openstack.refusal(`resource provider delete ${pool.uuid}`)).toContain('Unable to delete');
  await openstack.run(`resource provider allocation delete ${consumer}`);
  await openstack.run(`resource provider delete ${pool.uuid}`);
  await openstack.run('trait delete CUSTOM_FAST');
  await openstack.run('resource class delete CUSTOM_GPU');
});

test('what a machine holds is seen at it, its host and its project', async () => {
  const [host] = await openstack.json('resource provider list');
  const server = { name: 's', flavorRef: '42', networks: 'auto', imageRef: await imageOf() };
  const made = await cloud.request(
    'POST',
    '/compute/v2.1/servers',
    { server },
    { 'openstack-api-version': 'compute 2.90' },
  );
  const { id } = made.body.server;
  await until(
    'the machine',
    60,
    async () => (await openstack.json(`server show ${id}`)).status === 'ACTIVE' || undefined,
  );
  const [held] = await openstack.json(`resource provider allocation show ${id}`);
  expect(held).toMatchObject({ resource_provider: host.uuid, resources: { VCPU: 1, MEMORY_MB: 128 } });
  const { project_id } = await openstack.json(`server show ${id}`);
  const usages = await openstack.json(`resource usage show ${project_id}`);
  expect(usages).toContainEqual({ resource_class: 'VCPU', usage: 1 });
  expect(await openstack.refusal(`resource provider allocation delete ${id}`)).toContain('is kept by the scheduler');
});

async function imageOf(): Promise<string> {
  const image = { name: 'i', disk_format: 'raw', container_format: 'bare' };
  const { id } = (await cloud.request('POST', '/image/v2/images', image)).body;
  const headers = { 'x-auth-token': cloud.token, 'content-type': 'application/octet-stream' };
  const body = new Uint8Array(1024 * 1024);
  await fetch(`${cloud.url}/image/v2/images/${id}/file`, { method: 'PUT', headers, body });
  return id;
}
