import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestCloud, until } from '../cloud.ts';
import { uploadGuest } from '../integration/guest-image.ts';
import { OpenStackSession } from './testing/openstack-session.ts';

/** Groups of servers, aggregates, zones and services of hosts by the `openstack` command, over simulated machines. */

let cloud: TestCloud;
let openstack: OpenStackSession;
let host: string;

beforeAll(async () => {
  ({ cloud, openstack } = await OpenStackSession.start({ hypervisor: 'simulated' }));
  await uploadGuest(cloud);
  const hosts = await until('a host', 60, async () => {
    const rows = await openstack.json('hypervisor list');
    return rows.length > 0 ? rows : undefined;
  });
  host = hosts[0]['Hypervisor Hostname'];
});

afterAll(async () => {
  await openstack?.close();
  await cloud?.close();
});

const IMAGE = '--image cumulet-linux --flavor m1.nano --network default';
const show = (name: string) => openstack.json(`--os-compute-api-version 2.71 server show "${name}"`);

test('server groups, and machines in them', async () => {
  const made = await openstack.json(
    '--os-compute-api-version 2.64 server group create --policy anti-affinity --rule max_server_per_host=1 apart',
  );
  expect(made).toMatchObject({
    name: 'apart',
    policy: 'anti-affinity',
    members: [],
    rules: { max_server_per_host: 1 },
  });
  const first = await openstack.json(`server create one ${IMAGE} --hint group=${made.id} --wait`);
  expect(first.status).toBe('ACTIVE');
  expect((await show('one')).server_groups).toEqual([made.id]);
  expect((await openstack.json('server group show apart')).members).toEqual([first.id]);
  // This cloud has one host.
  expect(await openstack.run(`server create two ${IMAGE} --hint group=${made.id} --wait`)).toContain('Error creating');
  expect((await show('two')).fault.message).toContain('ServerGroupAntiAffinityFilter');
  expect(await openstack.json('server group list')).toMatchObject([{ Name: 'apart' }]);
  await openstack.run('server delete --wait one two');
  expect((await openstack.json('server group show apart')).members).toEqual([]);
  await openstack.run('server group delete apart');
  expect(await openstack.json('server group list')).toEqual([]);
  expect(await openstack.refusal(`server create x ${IMAGE} --hint group=${made.id}`)).toContain('could not be found');
});

test('aggregates and availability zones', async () => {
  const made = await openstack.json('aggregate create --zone east --property disk=ssd fast');
  expect(made).toMatchObject({ name: 'fast', availability_zone: 'east' });
  expect(await openstack.json('aggregate show fast')).toMatchObject({ hosts: [], properties: { disk: 'ssd' } });
  expect(await openstack.refusal(`server create x ${IMAGE} --availability-zone east`)).toContain('is not available');
  expect((await openstack.json(`aggregate add host fast ${host}`)).hosts).toEqual([host]);
  const zones = await openstack.json('availability zone list --compute');
  expect(zones).toContainEqual(expect.objectContaining({ 'Zone Name': 'east', 'Zone Status': 'available' }));
  const server = await openstack.json(`server create there ${IMAGE} --availability-zone east:${host} --wait`);
  expect(server).toMatchObject({ status: 'ACTIVE', 'OS-EXT-AZ:availability_zone': 'east' });
  expect(await openstack.refusal(`aggregate remove host fast ${host}`)).toContain('contain instances');
  await openstack.run('aggregate set --name faster --property disk=nvme fast');
  await openstack.run('aggregate unset --property disk faster');
  expect((await openstack.json('aggregate show faster')).properties).toEqual({});
  await openstack.run('server delete --wait there');
  expect(await openstack.refusal('aggregate delete faster')).toContain('not empty');
  await openstack.run(`aggregate remove host faster ${host}`);
  await openstack.run('aggregate delete faster');
  expect(await openstack.json('aggregate list')).toEqual([]);
});

test('services and hosts', async () => {
  await openstack.run(`compute service set --disable --disable-reason repair ${host} nova-compute`);
  expect(await openstack.json('compute service list --long --service nova-compute')).toMatchObject([
    { Host: host, Status: 'disabled', 'Disabled Reason': 'repair', State: 'up' },
  ]);
  expect(await openstack.run(`server create late ${IMAGE} --wait`)).toContain('Error creating');
  expect((await show('late')).fault.message).toContain('ComputeFilter');
  await openstack.run('server delete --wait late');
  await openstack.run(`--os-compute-api-version 2.53 compute service set --enable --down ${host} nova-compute`);
  expect(await openstack.json('compute service list --service nova-compute')).toMatchObject([
    { Status: 'enabled', State: 'down' },
  ]);
  await openstack.run(`--os-compute-api-version 2.53 compute service set --up ${host} nova-compute`);
  expect(await openstack.json(`hypervisor show ${host}`)).toMatchObject({ hypervisor_hostname: host, state: 'up' });
  expect(await openstack.json(`hypervisor list --matching ${host}`)).toHaveLength(1);
  expect(await openstack.json('host list')).toContainEqual({ 'Host Name': host, Service: 'compute', Zone: 'nova' });
  expect(await openstack.json(`host show ${host}`)).toContainEqual(expect.objectContaining({ Project: '(total)' }));
  const [{ ID }] = await openstack.json('--os-compute-api-version 2.53 compute service list --service nova-compute');
  await openstack.run(`--os-compute-api-version 2.53 compute service delete ${ID}`);
  expect(await openstack.json('compute service list --service nova-compute')).toEqual([]);
});
