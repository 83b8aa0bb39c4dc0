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

test('what a machine runs with stays as long as it is plugged', async () => {
  const network = await cloud.makeNetwork();
  const subnet = await cloud.makeSubnet(network.id);
  const port = await cloud.makePort(network.id);
  await cloud.plug(port.id);
  const changes: [string, string, object][] = [
    ['network', network.id, { mtu: 1400 }],
    ['network', network.id, { admin_state_up: false }],
    ['subnet', subnet.id, { gateway_ip: null }],
    ['subnet', subnet.id, { dns_nameservers: ['10.1.0.3'] }],
    ['port', port.id, { fixed_ips: [{ ip_address: '10.1.0.77' }] }],
    ['port', port.id, { mac_address: 'fa:16:3e:00:00:02' }],
    ['port', port.id, { admin_state_up: false }],
  ];
  for (const [kind, id, sent] of changes)
    expect((await cloud.put(kind, id, sent, { token: 'admin' })).status).toBe(409);
  for (const [kind, id] of changes) expect((await cloud.put(kind, id, { name: 'x' })).status).toBe(200);
  // What is sent as it is changes nothing: clients send what they have read.
  const { mac_address, fixed_ips, admin_state_up } = port;
  const same = await cloud.put('port', port.id, { mac_address, fixed_ips, admin_state_up }, { token: 'admin' });
  expect([same.status, same.body.port?.fixed_ips]).toEqual([200, fixed_ips]);
  expect((await remove(`/ports/${port.id}`)).status).toBe(409);
});

test('the addresses of a free port change: those kept stay its own, the others are free again', async () => {
  const network = await cloud.makeNetwork();
  const subnet = await cloud.makeSubnet(network.id);
  await cloud.makeSubnet(network.id, { cidr: '10.2.0.0/24' });
  const port = await cloud.makePort(network.id, { fixed_ips: [{ ip_address: '10.1.0.7' }, { subnet_id: subnet.id }] });
  const addresses = (of: Body) => of.fixed_ips.map(({ ip_address }: Body) => ip_address);
  expect(addresses(port)).toEqual(['10.1.0.2', '10.1.0.7']);
  const next = await cloud.put('port', port.id, { fixed_ips: [{ ip_address: '10.1.0.8' }, { subnet_id: subnet.id }] });
  expect(addresses(next.body.port)).toEqual(['10.1.0.2', '10.1.0.8']);
  expect(addresses(await cloud.makePort(network.id, { fixed_ips: [{ ip_address: '10.1.0.7' }] }))).toEqual([
    '10.1.0.7',
  ]);
  const both = await cloud.put('port', port.id, {
    fixed_ips: [{ ip_address: '10.2.0.9' }, { ip_address: '10.1.0.9' }],
  });
  expect(addresses(both.body.port)).toEqual(['10.1.0.9', '10.2.0.9']);
  const nowhere = await cloud.put('port', port.id, { fixed_ips: [{ ip_address: '10.3.0.9' }] });
  expect([nowhere.status, nowhere.body.NeutronError.detail]).toEqual([400, 'port.fixed_ips']);
  expect(addresses((await cloud.put('port', port.id, { fixed_ips: [] })).body.port)).toEqual([]);
  expect((await cloud.put('port', port.id, { mac_address: 'fa:16:3e:00:00:02' })).status).toBe(403);
  const moved = await cloud.put('port', port.id, { mac_address: 'FA:16:3E:00:00:02' }, { token: 'admin' });
  expect(moved.body.port.mac_address).toBe('fa:16:3e:00:00:02');
});

test('an administrator says on which host a free port is; one of a machine is where that is', async () => {
  const network = await cloud.makeNetwork();
  const host = (name: string | null) => ({ 'binding:host_id': name });
  const admin = { token: 'admin' };
  const port = await cloud.makePort(network.id, host('H1'), 'admin');
  expect(port).toMatchObject(host('H1'));
  expect((await ask(`/ports/${port.id}`)).body.port['binding:host_id']).toBeUndefined();
  expect((await cloud.post('port', { network_id: network.id, ...host('H1') })).status).toBe(403);
  expect((await cloud.put('port', port.id, host('H2'))).status).toBe(403);
  const moved = await cloud.put('port', port.id, host('H2'), admin);
  expect(moved.body.port).toMatchObject({ ...host('H2'), revision_number: 2 });
  expect((await cloud.put('port', port.id, host('H2'), admin)).body).toEqual(moved.body);
  const found = async (name: string) => (await ask(`/ports?binding:host_id=${name}`, admin)).body.ports;
  expect([await found('H1'), await found('H2')]).toEqual([[], [moved.body.port]]);
  const unknown = await cloud.put('port', port.id, host('nowhere'), admin);
  expect([unknown.status, unknown.body.NeutronError.detail]).toEqual([400, 'port.binding:host_id']);
  await cloud.plug(port.id);
  expect((await cloud.put('port', port.id, host('H2'), admin)).status).toBe(200);
  for (const name of ['H1', '', null]) {
    const refused = await cloud.put('port', port.id, host(name), admin);
    expect([refused.status, refused.body.NeutronError.type]).toEqual([409, 'PortInUse']);
  }
  const other = await cloud.makePort(network.id, host(null), 'admin');
  expect(other).toMatchObject(host(''));
});

test('address pairs are any addresses and ranges, once each', async () => {
  const network = await cloud.makeNetwork();
  await cloud.makeSubnet(network.id);
  const pairs = (...allowed_address_pairs: object[]) => ({ allowed_address_pairs });
  const port = await cloud.makePort(network.id, pairs({ ip_address: '10.1.0.50' }, { ip_address: '10.9.0.1' }));
  const mac_address = port.mac_address;
  expect(port.allowed_address_pairs).toEqual([
    { ip_address: '10.1.0.50', mac_address },
    { ip_address: '10.9.0.1', mac_address },
  ]);
  const range = { ip_address: '10.0.0.0/8', mac_address: 'FA:16:3E:00:00:09' };
  const { body } = await cloud.put('port', port.id, pairs(range));
  expect(body.port.allowed_address_pairs).toEqual([{ ...range, mac_address: 'fa:16:3e:00:00:09' }]);
  for (const wrong of [pairs(range, range), pairs({ ip_address: 'x' }), pairs({})]) {
    expect((await cloud.put('port', port.id, wrong)).status).toBe(400);
  }
  expect((await cloud.put('port', port.id, pairs())).body.port.allowed_address_pairs).toEqual([]);
  const shared = await cloud.makePort(cloud.defaultNetworkId);
  expect((await cloud.put('port', shared.id, pairs({ ip_address: '10.77.1.1' }))).status).toBe(403);
});
