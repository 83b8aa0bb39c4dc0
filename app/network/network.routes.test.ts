import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Asked } from '../http/edge.fixture.ts';
import { NetworkFixture } from './network.fixture.ts';

interface Port {
  id: string;
  name: string;
  mac_address: string;
  fixed_ips: { ip_address: string; subnet_id: string }[];
}

/** What the answers of these tests have in them, one or the other. */
interface Body {
  port?: Port;
  ports?: Port[];
  network?: object;
  networks?: object[];
  subnets?: object[];
  NeutronError?: { type: string; message: string; detail: string };
}

let cloud: NetworkFixture;
let networkId: string;

beforeEach(async () => {
  cloud = await NetworkFixture.open();
  networkId = cloud.defaultNetworkId;
});

afterEach(() => cloud.close());

async function ask(path: string, asked: Asked = {}): Promise<{ status: number; body: Body }> {
  return await cloud.ask<Body>(path, asked);
}

async function create(port: object = {}, token = 'member') {
  const { status, body } = await ask('/ports', {
    method: 'POST',
    token,
    json: { port: { network_id: networkId, ...port } },
  });
  return { status, body, port: body.port as Port };
}

async function names(query: string, token = 'member'): Promise<string> {
  const { body } = await ask(`/ports${query}`, { token });
  return (body.ports as Port[]).map(({ name }) => name).join();
}

test('every project sees the shared default network and its subnet, in Neutron’s form', async () => {
  const { body } = await ask('/networks');
  expect(body.networks).toMatchObject([{ id: networkId, name: 'default', shared: true, status: 'ACTIVE', mtu: 1500 }]);
  expect(body.networks?.[0]).not.toHaveProperty('provider:network_type');
  expect((await ask(`/networks/${networkId}`, { token: 'admin' })).body.network).toMatchObject({
    'provider:network_type': 'local',
  });
  const { body: subnets } = await ask('/subnets?cidr=10.77.0.0/16');
  expect(subnets.subnets).toMatchObject([{ network_id: networkId, gateway_ip: '10.77.0.1', enable_dhcp: true }]);
  expect((await ask(`/networks/${networkId}?fields=id&fields=name`)).body).toEqual({
    network: { id: networkId, name: 'default' },
  });
  for (const [path, type] of [
    ['/networks/x', 'NetworkNotFound'],
    ['/subnets/x', 'SubnetNotFound'],
    ['/ports/x', 'PortNotFound'],
    ['/extensions/x', 'HTTPNotFound'],
  ] as const) {
    expect(await ask(path)).toMatchObject({ status: 404, body: { NeutronError: { type } } });
  }
});

test('a port is made, shown, changed and deleted', async () => {
  const { status, port } = await create({ name: "it's <b>\n🐧", description: '../x', admin_state_up: false });
  expect(status).toBe(201);
  expect(port).toMatchObject({
    name: "it's <b>\n🐧",
    project_id: 'p',
    tenant_id: 'p',
    status: 'DOWN',
    admin_state_up: false,
  });
  expect(port.fixed_ips).toMatchObject([{ ip_address: '10.77.0.16' }]);
  expect((await ask(`/ports/${port.id}`)).body.port).toEqual(port);
  const changed = await ask(`/ports/${port.id}`, {
    method: 'PUT',
    json: { port: { name: 'b', admin_state_up: true } },
  });
  expect(changed.body.port).toMatchObject({ name: 'b', admin_state_up: true, description: '../x' });
  expect((await ask(`/ports/${port.id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await ask(`/ports/${port.id}`)).status).toBe(404);
});

test('another project’s port is not there; an administrator sees all', async () => {
  const { port } = await create({ name: 'mine' });
  const stranger = { token: 'member@q' };
  expect((await ask(`/ports/${port.id}`, stranger)).status).toBe(404);
  expect((await ask(`/ports/${port.id}`, { ...stranger, method: 'DELETE' })).status).toBe(404);
  const put = { ...stranger, method: 'PUT', json: { port: { name: 'stolen' } } };
  expect((await ask(`/ports/${port.id}`, put)).status).toBe(404);
  for (const query of ['', `?id=${port.id}`, '?project_id=p', `?mac_address=${port.mac_address}`]) {
    expect(await names(query, 'member@q')).toBe('');
  }
  expect(await names('', 'admin@q')).toBe('mine');
  expect((await create({ project_id: 'q' })).status).toBe(400);
  expect((await create({ project_id: 'q', name: 'given' }, 'admin')).status).toBe(201);
  expect(await names('', 'member@q')).toBe('given');
});

test('a reader only reads, and which machine a port is on is not for tenants to say', async () => {
  expect((await create({}, 'reader')).status).toBe(403);
  for (const wrong of [{ device_id: 's' }, { device_owner: 'compute:nova' }]) {
    expect((await create(wrong)).status).toBe(403);
    expect((await create(wrong, 'admin')).status).toBe(201);
  }
  const port = { device_id: '', device_owner: '' };
  expect(await create(port)).toMatchObject({ status: 201, port });
});

test('on a network of others a tenant chooses neither address nor card', async () => {
  for (const wish of [{ fixed_ips: [{ ip_address: '10.77.1.1' }] }, { mac_address: 'fa:16:3e:00:00:01' }]) {
    expect((await create(wish)).status).toBe(403);
    expect((await create(wish, 'member@owner')).status).toBe(201);
  }
});

test('the quota of ports holds, also for requests side by side', async () => {
  const answers = await Promise.all([1, 2, 3].map(() => create({}, 'member@small')));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
  expect(answers.find(({ status }) => status === 409)?.body.NeutronError).toMatchObject({
    type: 'OverQuota',
    message: "Quota exceeded for resources: ['port'].",
  });
});

test.for<[string, object, number, string]>([
  ['no network', { network_id: undefined }, 400, 'port.network_id'],
  ['an unknown network', { network_id: '6a8f1f6e-94a5-4a7c-9d8c-0f5f6f0d7b11' }, 404, ''],
  ['an unknown field', { nmae: 'x' }, 400, 'port.nmae'],
  ['a long name', { name: 'x'.repeat(256) }, 400, 'port.name'],
  ['a multicast MAC address', { mac_address: '01:00:5e:00:00:01' }, 400, 'port.mac_address'],
  ['an address that is none', { fixed_ips: [{ ip_address: '10.77.0.999' }] }, 400, 'port.fixed_ips.0.ip_address'],
  ['an empty address', { fixed_ips: [{}] }, 400, 'port.fixed_ips.0'],
  [
    'the same address twice',
    { fixed_ips: [{ ip_address: '10.77.1.1' }, { ip_address: '10.77.1.1' }] },
    409,
    'port.fixed_ips',
  ],
  ['another subnet', { fixed_ips: [{ subnet_id: '6a8f1f6e-94a5-4a7c-9d8c-0f5f6f0d7b11' }] }, 400, 'port.fixed_ips'],
])('a port with %s is refused', async ([, port, status, detail]) => {
  expect(await create(port, 'member@owner')).toMatchObject({ status, body: { NeutronError: { detail } } });
});

test('ports are filtered, sorted, paged and cut to fields', async () => {
  const made: Port[] = [];
  for (const name of ['b', 'c', 'a', 'd']) made.push((await create({ name })).port);
  const [b] = made;
  expect(await names('?name=a&name=b')).toBe('b,a');
  expect(await names(`?id=${b?.id}`)).toBe('b');
  expect(await names(`?mac_address=${b?.mac_address.toUpperCase()}`)).toBe('b');
  expect(await names(`?network_id=${networkId}&status=DOWN&admin_state_up=True&sort_key=name`)).toBe('a,b,c,d');
  expect(await names('?admin_state_up=false')).toBe('');
  expect(await names(`?fixed_ips=ip_address%3D${b?.fixed_ips[0]?.ip_address}`)).toBe('b');
  expect(await names(`?fixed_ips=subnet_id%3D${b?.fixed_ips[0]?.subnet_id}&fixed_ips=ip_address%3D10.77.0.17`)).toBe(
    'c',
  );
  expect(await names('?unknown_extension=5&constructor=x&toString=y')).toBe('b,c,a,d');
  expect(await names('?sort_key=name&sort_dir=desc')).toBe('d,c,b,a');
  expect(await names('?sort_key=status&sort_key=name&sort_dir=asc&sort_dir=desc')).toBe('d,c,b,a');
  expect((await ask('/ports?name=a&fields=name&fields=status')).body.ports).toEqual([{ name: 'a', status: 'DOWN' }]);
  expect((await ask('/ports?limit=x')).status).toBe(400);
  for (const wrong of ['sort_key=name&sort_dir=up', 'sort_key=nothing', 'sort_key=name&sort_dir=asc&sort_dir=asc']) {
    expect((await ask(`/ports?${wrong}`)).status).toBe(400);
  }
  expect((await ask('/ports?marker=nobody')).status).toBe(400);
});

test('the next links lead through all pages, each port once', async () => {
  for (const name of ['e', 'b', 'a', 'd', 'c']) await create({ name });
  const seen: string[] = [];
  let url: string | undefined = `${cloud.edge.origin}/network/v2.0/ports?limit=2&sort_key=name&admin_state_up=true`;
  while (url !== undefined) {
    const { pathname, search, origin } = new URL(url);
    expect(origin).toBe(cloud.edge.origin);
    const { json } = await cloud.edge.send(pathname + search, { token: 'member' });
    const page = json as { ports: Port[]; ports_links?: { rel: string; href: string }[] };
    seen.push(page.ports.map(({ name }) => name).join(''));
    expect(seen.length).toBeLessThanOrEqual(3);
    url = page.ports_links?.find(({ rel }) => rel === 'next')?.href;
  }
  expect(seen).toEqual(['ab', 'cd', 'e']);
  const last = await back(`/ports?limit=2&sort_key=name&page_reverse=True`);
  expect(last.names).toBe('de');
  const middle = await back(last.previous);
  expect(middle.names).toBe('bc');
  const first = await back(middle.previous);
  expect([first.names, first.previous]).toEqual(['a', '']);
});

async function back(path: string): Promise<{ names: string; previous: string }> {
  const { json } = await cloud.edge.send(`/network/v2.0${path}`, { token: 'member' });
  const page = json as { ports: Port[]; ports_links?: { rel: string; href: string }[] };
  const previous = page.ports_links?.find(({ rel }) => rel === 'previous')?.href ?? '';
  return { names: page.ports.map(({ name }) => name).join(''), previous: previous.split('/v2.0')[1] ?? '' };
}
