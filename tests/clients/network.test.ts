import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestCloud } from '../cloud.ts';
import { OpenStackSession } from './testing/openstack-session.ts';

/** Networks, subnets and ports by the `openstack` command of Debian: what a person types, with what it prints. */

let cloud: TestCloud;
let openstack: OpenStackSession;

beforeAll(async () => {
  ({ cloud, openstack } = await OpenStackSession.start({ hypervisor: 'none' }));
});

afterAll(async () => {
  await openstack?.close();
  await cloud?.close();
});

test('a network with its subnet and a port: made, changed, listed and deleted', async () => {
  const network = await openstack.json('network create own --description mine --mtu 1400 --tag blue');
  expect(network).toMatchObject({ name: 'own', mtu: 1400, 'provider:network_type': 'local', tags: ['blue'] });
  const subnet = await openstack.json('subnet create range --network own --subnet-range 10.20.0.0/24');
  expect(subnet).toMatchObject({ cidr: '10.20.0.0/24', gateway_ip: '10.20.0.1', network_id: network.id });
  const port = await openstack.json(
    'port create card --network own --fixed-ip subnet=range,ip-address=10.20.0.9 --allowed-address ip-address=10.20.0.10 --tag red',
  );
  expect(port).toMatchObject({ fixed_ips: [{ ip_address: '10.20.0.9', subnet_id: subnet.id }], tags: ['red'] });
  expect(port.allowed_address_pairs).toMatchObject([{ ip_address: '10.20.0.10' }]);

  await openstack.run('network set own --name other --tag green');
  await openstack.run(
    'subnet set range --name pool --no-allocation-pool --allocation-pool start=10.20.0.50,end=10.20.0.60',
  );
  await openstack.run('port set card --description plugged');
  expect(await openstack.json('network list --tags green')).toMatchObject([{ Name: 'other', Subnets: [subnet.id] }]);
  expect(await openstack.json('subnet show pool')).toMatchObject({
    allocation_pools: [{ start: '10.20.0.50', end: '10.20.0.60' }],
  });
  expect(await openstack.json('port list --fixed-ip ip-address=10.20.0.9')).toMatchObject([{ Name: 'card' }]);
  expect(await openstack.json('port list --network other --tags red')).toHaveLength(1);
  await openstack.run('network unset other --tag blue');
  expect((await openstack.json('network show other')).tags).toEqual(['green']);

  await expect(openstack.run('network delete other')).rejects.toThrow(/still in use/);
  await openstack.run('port delete card');
  await openstack.run('subnet delete pool');
  await openstack.run('network delete other');
  await expect(openstack.json('network show other')).rejects.toThrow(/No Network found|could not be found/);
});

test('what machines’ networks cannot do is said', async () => {
  await openstack.run('network create plain');
  const ipv6 = openstack.run('subnet create six --network plain --ip-version 6 --subnet-range 2001:db8::/64');
  await expect(ipv6).rejects.toThrow(/IPv6/);
  await expect(openstack.run('network create out --external')).rejects.toThrow(/no external networks/);
  await openstack.run('network delete plain');
});

test('quotas, zones and what is left of addresses', async () => {
  await openstack.run('quota set --networks 7 --ports 9 admin');
  expect(await openstack.json('quota show admin')).toMatchObject({ networks: 7, ports: 9 });
  expect(await openstack.json('availability zone list --network')).toMatchObject([{ 'Zone Name': 'nova' }]);
  const [left] = await openstack.json('ip availability list');
  expect(left).toMatchObject({ 'Network Name': 'default', 'Used IPs': 0 });
});
