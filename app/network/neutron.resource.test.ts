import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Asked } from '../http/edge.fixture.ts';
import { type Body, NetworkFixture } from './network.fixture.ts';

let cloud: NetworkFixture;

beforeEach(async () => {
  cloud = await NetworkFixture.open();
});

afterEach(() => cloud.close());

const ask = (path: string, asked: Asked = {}) => cloud.ask(path, asked);
const remove = (path: string, more: Asked = {}) => cloud.ask(path, { method: 'DELETE', ...more });

test('a project makes, changes and deletes a network of its own, which others do not see', async () => {
  const network = await cloud.makeNetwork({ name: 'mine', mtu: 1400, tags: ['a'] });
  expect(network).toMatchObject({
    name: 'mine',
    status: 'ACTIVE',
    shared: false,
    mtu: 1400,
    project_id: 'p',
    tags: ['a'],
  });
  expect(network).toMatchObject({ 'cumulet:reach': 'outside', revision_number: 1 });
  expect((await ask(`/networks/${network.id}`, { token: 'admin' })).body.network['provider:network_type']).toBe(
    'local',
  );
  const changed = await cloud.put('network', network.id, { name: 'yours', admin_state_up: false });
  expect(changed.body.network).toMatchObject({ name: 'yours', status: 'DOWN', mtu: 1400, revision_number: 2 });
  for (const asked of [{}, { method: 'DELETE' }, { method: 'PUT', json: { network: { name: 'x' } } }]) {
    const refused = await ask(`/networks/${network.id}`, { token: 'member@q', ...asked });
    expect([refused.status, refused.body.NeutronError.type]).toEqual([404, 'NetworkNotFound']);
  }
  expect((await ask('/networks?name=yours', { token: 'member@q' })).body.networks).toEqual([]);
  expect((await remove(`/networks/${network.id}`, { token: 'reader' })).status).toBe(403);
  expect((await remove(`/networks/${network.id}`)).status).toBe(204);
  expect((await ask(`/networks/${network.id}`)).status).toBe(404);
});

test.for<[string, object]>([
  ['shared', { shared: true }],
  ['router:external', { 'router:external': false, shared: true }],
])('a member makes no network that is %s; an administrator shares one and takes that back', async ([, sent]) => {
  expect((await cloud.post('network', sent)).status).toBe(403);
  const network = await cloud.makeNetwork({ shared: true, name: 'all' }, 'admin');
  expect((await ask('/networks?name=all', { token: 'member@q' })).body.networks).toHaveLength(1);
  expect((await cloud.put('network', network.id, { shared: false }, { token: 'member' })).status).toBe(403);
  await cloud.makePort(network.id, {}, 'member@q');
  const taken = await cloud.put('network', network.id, { shared: false }, { token: 'admin' });
  expect([taken.status, taken.body.NeutronError.type]).toEqual([409, 'InvalidSharedSetting']);
});

test.for<[string, string, object]>([
  ['network', 'router:external', { 'router:external': true }],
  ['network', 'provider:network_type', { 'provider:network_type': 'vxlan' }],
  ['network', 'provider:physical_network', { 'provider:physical_network': 'physnet1' }],
  ['network', 'port_security_enabled', { port_security_enabled: true }],
  ['network', 'mtu', { mtu: 9000 }],
  ['network', 'availability_zone_hints.0', { availability_zone_hints: ['elsewhere'] }],
  ['network', 'qos_policy_id', { qos_policy_id: 'x' }],
  ['subnet', 'ip_version', { ip_version: 6, cidr: '2001:db8::/64' }],
  ['subnet', 'enable_dhcp', { enable_dhcp: false }],
  ['subnet', 'host_routes', { host_routes: [{ destination: '10.9.0.0/24', nexthop: '10.1.0.5' }] }],
  ['subnet', 'dns_nameservers', { dns_nameservers: ['8.8.8.8'] }],
  ['subnet', 'subnetpool_id', { subnetpool_id: 'x' }],
  ['port', 'security_groups', { security_groups: ['x'] }],
  ['port', 'port_security_enabled', { port_security_enabled: true }],
  ['port', 'extra_dhcp_opts', { extra_dhcp_opts: [{ opt_name: 'bootfile-name', opt_value: 'x' }] }],
  ['port', 'binding:vnic_type', { 'binding:vnic_type': 'direct' }],
  ['port', 'binding:host_id', { 'binding:host_id': 'nowhere' }],
  ['port', 'dns_name', { dns_name: 'x' }],
])(
  'a %s is refused with %s, which the networks of machines cannot do, by name and with the reason',
  async ([kind, field, sent]) => {
    const network = await cloud.makeNetwork();
    const base = {
      network: {},
      subnet: { network_id: network.id, ip_version: 4, cidr: '10.1.0.0/24' },
      port: { network_id: network.id },
    }[kind];
    const { status, body } = await cloud.post(kind, { ...base, ...sent }, 'admin');
    expect(status).toBe(400);
    expect(body.NeutronError).toMatchObject({ type: 'HTTPBadRequest', detail: `${kind}.${field}` });
    expect(body.NeutronError.message).toContain(field);
  },
);

test('a flag is understood in all the words that OpenStack has for one, and in no other', async () => {
  const network = await cloud.makeNetwork({ admin_state_up: 'Off' });
  expect(network.admin_state_up).toBe(false);
  for (const [sent, admin_state_up] of [
    ['on', true],
    [0, false],
    [' Yes ', true],
    ['f', false],
    [1, true],
  ]) {
    expect((await cloud.put('network', network.id, { admin_state_up: sent })).body.network).toMatchObject({
      admin_state_up,
    });
  }
  for (const sent of ['maybe', '', 2]) {
    expect((await cloud.put('network', network.id, { admin_state_up: sent })).status).toBe(400);
  }
  expect((await ask(`/networks?id=${network.id}&admin_state_up=on`)).body.networks).toHaveLength(1);
  expect((await ask(`/networks?id=${network.id}&admin_state_up=n`)).body.networks).toEqual([]);
});

test('a subnet has its gateway first and gives out the rest; its network counts it', async () => {
  const network = await cloud.makeNetwork();
  const subnet = await cloud.makeSubnet(network.id, { name: 'range' });
  expect(subnet).toMatchObject({
    gateway_ip: '10.1.0.1',
    allocation_pools: [{ start: '10.1.0.2', end: '10.1.0.254' }],
    enable_dhcp: true,
    project_id: 'p',
  });
  const middle = await cloud.makeSubnet(network.id, { cidr: '10.2.0.0/29', gateway_ip: '10.2.0.4' });
  expect(middle.allocation_pools).toEqual([
    { start: '10.2.0.1', end: '10.2.0.3' },
    { start: '10.2.0.5', end: '10.2.0.6' },
  ]);
  const shown = (await ask(`/networks/${network.id}`)).body.network;
  expect(shown).toMatchObject({ subnets: [subnet.id, middle.id], revision_number: 3 });
  const pools = [{ start: '10.1.0.100', end: '10.1.0.101' }];
  const changed = await cloud.put('subnet', subnet.id, { allocation_pools: pools, gateway_ip: '10.1.0.9' });
  expect(changed.body.subnet).toMatchObject({ allocation_pools: pools, gateway_ip: '10.1.0.9', revision_number: 2 });
  expect((await cloud.makePort(network.id)).fixed_ips).toEqual([{ subnet_id: subnet.id, ip_address: '10.1.0.100' }]);
  const refused = await remove(`/subnets/${subnet.id}`);
  expect([refused.status, refused.body.NeutronError.type]).toEqual([409, 'SubnetInUse']);
  expect((await remove(`/subnets/${middle.id}`)).status).toBe(204);
  const left = (await ask(`/networks/${network.id}`)).body.network;
  expect(left).toMatchObject({ subnets: [subnet.id], revision_number: 5 });
});

test.for<[string, object, number, string]>([
  ['a range that overlaps another', { cidr: '10.1.0.0/16' }, 400, 'subnet.cidr'],
  ['host bits', { cidr: '10.3.0.7/24' }, 400, 'subnet.cidr'],
  ['no range', { cidr: 'x' }, 400, 'subnet.cidr'],
  ['too narrow a range', { cidr: '10.3.0.0/31' }, 400, 'subnet.cidr'],
  ['a range nobody can use', { cidr: '127.0.0.0/16' }, 400, 'subnet.cidr'],
  ['a gateway elsewhere', { gateway_ip: '10.4.0.1' }, 400, 'subnet.gateway_ip'],
  [
    'a gateway in a pool',
    { gateway_ip: '10.3.0.5', allocation_pools: [{ start: '10.3.0.4', end: '10.3.0.6' }] },
    409,
    'subnet.allocation_pools',
  ],
  [
    'the broadcast address in a pool',
    { allocation_pools: [{ start: '10.3.0.4', end: '10.3.0.255' }] },
    400,
    'subnet.allocation_pools',
  ],
  ['a pool elsewhere', { allocation_pools: [{ start: '10.4.0.4', end: '10.4.0.6' }] }, 400, 'subnet.allocation_pools'],
  ['a pool backwards', { allocation_pools: [{ start: '10.3.0.9', end: '10.3.0.6' }] }, 400, 'subnet.allocation_pools'],
  [
    'pools that overlap',
    {
      allocation_pools: [
        { start: '10.3.0.9', end: '10.3.0.19' },
        { start: '10.3.0.4', end: '10.3.0.9' },
      ],
    },
    409,
    'subnet.allocation_pools',
  ],
])('a subnet with %s is refused', async ([, sent, status, detail]) => {
  const network = await cloud.makeNetwork();
  await cloud.makeSubnet(network.id);
  const base = { network_id: network.id, ip_version: 4, cidr: '10.3.0.0/24' };
  expect(await cloud.post('subnet', { ...base, ...sent })).toMatchObject({
    status,
    body: { NeutronError: { detail } },
  });
});

test('only who owns a network gives it subnets', async () => {
  const sent = { network_id: cloud.defaultNetworkId, ip_version: 4, cidr: '10.1.0.0/24' };
  expect((await cloud.post('subnet', sent)).status).toBe(403);
  expect((await cloud.post('subnet', sent, 'member@owner')).status).toBe(201);
  const network = await cloud.makeNetwork();
  const foreign = await cloud.post('subnet', { ...sent, network_id: network.id }, 'member@q');
  expect([foreign.status, foreign.body.NeutronError.type]).toEqual([404, 'NetworkNotFound']);
});

test('a network goes with its subnets, not while ports are on it, and the default one stays', async () => {
  const network = await cloud.makeNetwork();
  const subnet = await cloud.makeSubnet(network.id);
  const port = await cloud.makePort(network.id);
  const refused = await remove(`/networks/${network.id}`);
  expect([refused.status, refused.body.NeutronError.type]).toEqual([409, 'NetworkInUse']);
  await remove(`/ports/${port.id}`);
  expect((await remove(`/networks/${network.id}`)).status).toBe(204);
  expect((await ask(`/subnets/${subnet.id}`)).status).toBe(404);
  expect((await remove(`/networks/${cloud.defaultNetworkId}`, { token: 'admin' })).status).toBe(409);
});

test('many are made at once, or none of them', async () => {
  const bulk = (networks: object[], token = 'member') =>
    ask('/networks', { method: 'POST', token, json: { networks } });
  const made = await bulk([{ name: 'a' }, { name: 'b' }]);
  expect([made.status, made.body.networks.map(({ name }: Body) => name)]).toEqual([201, ['a', 'b']]);
  const wrong = await bulk([{ name: 'c' }, { name: 7 }]);
  expect([wrong.status, wrong.body.NeutronError.detail]).toEqual([400, 'networks.1.name']);
  expect((await bulk([{ name: 'c' }, { shared: true }])).status).toBe(403);
  const over = await bulk([{ name: 'c' }, { name: 'd' }], 'member@small');
  expect([over.status, over.body.NeutronError.type]).toEqual([409, 'OverQuota']);
  expect((await ask('/networks?name=c', { token: 'admin' })).body.networks).toEqual([]);
  expect((await bulk([])).status).toBe(400);
  const subnets = ['10.1.0.0/24', '10.1.0.0/25'].map((cidr) => ({
    network_id: made.body.networks[0].id,
    ip_version: 4,
    cidr,
  }));
  const overlapping = await ask('/subnets', { method: 'POST', json: { subnets } });
  expect([overlapping.status, overlapping.body.NeutronError.detail]).toEqual([400, 'subnets.1.cidr']);
});

test('lists are filtered by tags, all and any, with and without', async () => {
  for (const [name, tags] of Object.entries({ a: ['red', 'x"y', '"y'], b: ['red', 'blue'], c: ['blue'], d: [] })) {
    await cloud.makeNetwork({ name, tags });
  }
  const names = async (query: string) =>
    (await ask(`/networks?shared=False&sort_key=name&${query}`)).body.networks.map(({ name }: Body) => name).join('');
  expect(await names('tags=red,blue')).toBe('b');
  expect(await names('tags=red&tags=blue')).toBe('b');
  expect(await names('tags-any=red,blue')).toBe('abc');
  expect(await names('not-tags=red,blue')).toBe('acd');
  expect(await names('not-tags-any=red,blue')).toBe('d');
  expect(await names('tags=re')).toBe('');
  expect(await names(`tags=${encodeURIComponent('x"y')}`)).toBe('a');
  expect(await names('tags=y')).toBe('');
  expect(await names('tags=blue&name=c&name=b&mtu=1500')).toBe('bc');
  expect(await names('mtu=1400')).toBe('');
  expect(await names('status=DOWN')).toBe('');
  expect(await names('router:external=True')).toBe('');
  expect(await names('provider:network_type=local&router:external=False')).toBe('abcd');
  expect(await names('changed_since=2999-01-01T00:00:00Z')).toBe('');
  expect(await names('changed_since=2000-01-01T00:00:00')).toBe('abcd');
  expect((await ask('/networks?changed_since=x')).status).toBe(400);
  expect((await ask('/networks?sort_key=tags')).status).toBe(400);
  expect((await ask('/ports?fixed_ips=colour=red')).status).toBe(400);
  await cloud.makePort(cloud.defaultNetworkId, { name: 'other' });
  const byPart = await ask('/ports?fixed_ips=ip_address_substr=77.0.');
  expect(byPart.body.ports.map(({ name }: Body) => name)).toEqual(['other']);
});

test('quotas are shown, set, listed and taken back, and a member sees those of the own project', async () => {
  const defaults = { network: 100, subnet: 100, port: -1 };
  expect((await ask('/quotas/p')).body).toEqual({ quota: defaults });
  expect((await ask('/quotas/p', { token: 'member@q' })).status).toBe(403);
  const set = (quota: object, token = 'admin') => ask('/quotas/p', { method: 'PUT', token, json: { quota } });
  expect((await set({ network: 1 }, 'member')).status).toBe(403);
  expect((await set({ network: 1 })).body).toEqual({ quota: { ...defaults, network: 1 } });
  expect((await set({ router: 1 })).body.NeutronError).toMatchObject({ detail: 'quota.router' });
  await cloud.makeNetwork();
  expect((await set({ network: 0, check_limit: true })).status).toBe(400);
  expect((await cloud.post('network', {})).body.NeutronError.message).toBe(
    "Quota exceeded for resources: ['network'].",
  );
  const details = { network: { limit: 1, used: 1, reserved: 0 }, subnet: { limit: 100, used: 0, reserved: 0 } };
  expect((await ask('/quotas/p/details')).body.quota).toMatchObject(details);
  expect((await ask('/quotas/p/default')).body).toEqual({ quota: defaults });
  const listed = (await ask('/quotas', { token: 'admin' })).body.quotas;
  expect(listed.map(({ project_id, network }: Body) => [project_id, network])).toEqual([
    ['p', 1],
    ['small', 1],
  ]);
  expect((await ask('/quotas')).status).toBe(403);
  expect((await remove('/quotas/p', { token: 'admin' })).status).toBe(204);
  expect((await remove('/quotas/p', { token: 'admin' })).status).toBe(404);
  expect((await ask('/quotas/p')).body).toEqual({ quota: defaults });
});

test('zones, agents, what is left of addresses and the network for those who name none', async () => {
  expect((await ask('/availability_zones')).body.availability_zones).toMatchObject([
    { name: 'nova', resource: 'network' },
  ]);
  expect((await ask('/agents')).body).toEqual({ agents: [] });
  expect((await ask('/service-providers')).body).toEqual({ service_providers: [] });
  const network = await cloud.makeNetwork({ name: 'small' });
  await cloud.makeSubnet(network.id, { cidr: '10.1.0.0/29' });
  await cloud.makePort(network.id);
  expect((await ask('/network-ip-availabilities')).body.network_ip_availabilities).toEqual([]);
  const left = await ask('/network-ip-availabilities?network_name=small', { token: 'admin' });
  expect(left.body.network_ip_availabilities).toMatchObject([
    {
      network_id: network.id,
      total_ips: 5,
      used_ips: 1,
      subnet_ip_availability: [{ cidr: '10.1.0.0/29', used_ips: 1 }],
    },
  ]);
  const availabilities = async (query: string) => {
    const { body } = await ask(`/network-ip-availabilities${query}`, { token: 'admin' });
    const names = body.network_ip_availabilities.map((each: Body) => each.network_name);
    return [names.join(), body.network_ip_availabilities_links?.map(({ rel }: Body) => rel).join()];
  };
  await cloud.makeNetwork({ name: 'bare' });
  expect(await availabilities(`?network_id=${network.id}&fields=network_name`)).toEqual(['small', undefined]);
  expect(await availabilities('?project_id=p')).toEqual(['small,bare', undefined]);
  expect(await availabilities('?tenant_id=owner')).toEqual(['default', undefined]);
  expect(await availabilities('?ip_version=4')).toEqual(['default,small', undefined]);
  expect(await availabilities('?ip_version=6')).toEqual(['', undefined]);
  expect(await availabilities('?limit=1')).toEqual(['default', 'next']);
  expect(await availabilities(`?limit=1&marker=${network.id}`)).toEqual(['bare', 'previous']);
  expect((await ask('/network-ip-availabilities?marker=x', { token: 'admin' })).status).toBe(400);
  const one = await ask(`/network-ip-availabilities/${network.id}`, { token: 'admin' });
  expect(one.body.network_ip_availability.total_ips).toBe(5);
  expect((await ask(`/network-ip-availabilities/${network.id}`)).status).toBe(403);
  const topology = (await ask('/auto-allocated-topology/None')).body.auto_allocated_topology;
  expect(topology).toEqual({ id: cloud.defaultNetworkId, project_id: 'p', tenant_id: 'p' });
  const extensions: { alias: string }[] = (await ask('/extensions')).body.extensions;
  for (const { alias } of extensions) expect((await ask(`/extensions/${alias}`)).status).toBe(200);
});
