import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { within } from '../../../app/contract/testing/waiting.ts';
import { startCloud, type TestCloud } from '../../cloud.ts';

const COMPUTE = { 'openstack-api-version': 'compute 2.90' };
/** So many that looking at all of them takes many stretches of work. */
const SERVERS = 4000;
/** More than SQLite takes values in one query. */
const MANY_SERVERS = 33_000;
/** Resource providers in one tree. */
const PROVIDERS = 60;
/** Steps back at every letter, for an engine that does. */
const PATTERN = encodeURIComponent(`^${'(m|ma|a|.)?'.repeat(60)}zz$`);

let cloud: TestCloud;
let imageId: string;

beforeAll(async () => {
  cloud = await startCloud({ hypervisor: 'none' });
  const { body } = await cloud.request('POST', '/image/v2/images', {
    name: 'bytes',
    disk_format: 'raw',
    container_format: 'bare',
  });
  imageId = body.id;
  const headers = { 'x-auth-token': cloud.token, 'content-type': 'application/octet-stream' };
  await fetch(`${cloud.url}/image/v2/images/${imageId}/file`, { method: 'PUT', headers, body: new Uint8Array(512) });
  const { projects } = (await cloud.request('GET', '/identity/v3/auth/projects')).body;
  const quota_set = { instances: -1, cores: -1, ram: -1 };
  await cloud.request('PUT', `/compute/v2.1/os-quota-sets/${projects[0].id}`, { quota_set });
});

afterAll(() => cloud?.close());

function launch(name: string, count: number) {
  const server = {
    name,
    imageRef: imageId,
    flavorRef: '42',
    networks: 'auto',
    min_count: count,
    max_count: count,
    return_reservation_id: true,
  };
  return cloud.request('POST', '/compute/v2.1/servers', { server }, COMPUTE);
}

/** What came first: the answer to the request or that to `GET /v1/status`, which is sent when the request has begun. */
async function firstAnswered(ask: () => Promise<{ status: number }>, path: string): Promise<string> {
  const begun = Promise.withResolvers<void>();
  const look = (message: unknown): void => {
    if ((message as { request: IncomingMessage }).request.url?.startsWith(path)) begun.resolve();
  };
  subscribe('http.server.request.start', look);
  try {
    const order: string[] = [];
    const asked = ask().then(({ status }) => {
      expect(status).toBeLessThan(500);
      order.push(status < 400 ? 'the request' : 'its refusal');
    });
    await within('the request to begin', begun.promise);
    const status = cloud.request('GET', '/v1/status').then((answer) => {
      expect(answer.status).toBe(200);
      order.push('the status');
    });
    await Promise.all([asked, status]);
    return order[0] ?? '';
  } finally {
    unsubscribe('http.server.request.start', look);
  }
}

test('a launch of as many machines as may be holds nobody up', async () => {
  expect(await firstAnswered(() => launch('many', 1000), '/compute/v2.1/servers')).toBe('the status');
});

test('the worst pattern over many machines holds nobody up', async () => {
  multiplyServers(0, SERVERS);
  const path = '/compute/v2.1/servers/detail?all_tenants=1&';
  expect(await firstAnswered(() => cloud.request('GET', `${path}name=${PATTERN}`), path)).toBe('the status');
});

test.each(['ip', 'ip6'])('the worst pattern over the addresses (%s) of many machines holds nobody up', async (name) => {
  if (name === 'ip') {
    multiplyServers(SERVERS, MANY_SERVERS);
    await giveAddresses();
  }
  const path = '/compute/v2.1/servers/detail?all_tenants=1&';
  const pattern = encodeURIComponent(`^${'(1|10|0|.)?'.repeat(60)}zz$`);
  expect(await firstAnswered(() => cloud.request('GET', `${path}${name}=${pattern}`, undefined, COMPUTE), path)).toBe(
    'the status',
  );
});

test('a search for what no provider could give holds nobody up', async () => {
  change((database) => {
    const root = idOf('4002', 0);
    const ids = Array.from({ length: PROVIDERS }, (_, index) => idOf('4002', index));
    const provider = { root_id: root, generation: 0, updated_at: new Date().toISOString() };
    const parentOf = (id: string) => (id === root ? null : root);
    insert(
      database,
      'placement_provider',
      ids.map((id) => ({ ...provider, id, name: id, parent_id: parentOf(id) })),
    );
    const inventory = { resource_class: 'VGPU', total: 1, reserved: 0, min_unit: 1, max_unit: 1, step_size: 1 };
    insert(
      database,
      'placement_inventory',
      ids.map((id) => ({ ...inventory, provider_id: id, allocation_ratio: 1, used: 0 })),
    );
  });
  // One more than there are providers, each apart from the others: there are more ways to try than atoms.
  const groups = Array.from({ length: PROVIDERS + 1 }, (_, index) => `resources${index + 1}=VGPU:1`);
  const path = `/placement/allocation_candidates?${groups.join('&')}&group_policy=isolate`;
  const version = { 'openstack-api-version': 'placement 1.39' };
  expect(await firstAnswered(() => cloud.request('GET', path, undefined, version), path)).toBe('the status');
});

test('bodies that could hold somebody up are refused', async () => {
  const keys = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, index]));
  const refused = await cloud.request('POST', '/compute/v2.1/os-keypairs', { keypair: keys });
  expect(refused.status).toBeGreaterThanOrEqual(400);
  expect(refused.status).toBeLessThan(500);
  const operations = Array.from({ length: 50_000 }, () => ({ op: 'replace', path: '/name', value: 'x' }));
  const patch = { 'content-type': 'application/openstack-images-v2.1-json-patch' };
  const patched = await cloud.request('PATCH', `/image/v2/images/${imageId}`, operations, patch);
  expect(patched.status).toBeGreaterThanOrEqual(400);
  expect(patched.status).toBeLessThan(500);
});

/** Copies of a machine that is there, as if they had been launched; through the API it would take minutes. */
function multiplyServers(from: number, to: number): void {
  change((database) => {
    const row = database.prepare('SELECT * FROM compute_server LIMIT 1').get() ?? {};
    const copies = Array.from({ length: to - from }, (_, index) => {
      return { ...row, id: idOf('4000', from + index), name: `machine-${'ma'.repeat(40)}-${from + index}` };
    });
    insert(database, 'compute_server', copies);
  });
}

/** A port with an address for each of them. */
async function giveAddresses(): Promise<void> {
  const { networks } = (await cloud.request('GET', '/network/v2.0/networks')).body;
  const { status } = await cloud.request('POST', '/network/v2.0/ports', { port: { network_id: networks[0].id } });
  expect(status).toBe(201);
  change((database) => {
    const subnet = database.prepare('SELECT id FROM network_subnet LIMIT 1').get() ?? {};
    const port = database.prepare('SELECT * FROM network_port LIMIT 1').get() ?? {};
    const numbers = Array.from({ length: MANY_SERVERS }, (_, index) => index);
    const mac = (index: number) =>
      `fa:16:${Buffer.of(0xee, index >> 16, index >> 8, index)
        .toString('hex')
        .replace(/(..)(?=.)/g, '$1:')}`;
    insert(
      database,
      'network_port',
      numbers.map((index) => ({
        ...port,
        id: idOf('4001', index),
        device_id: idOf('4000', index),
        mac_address: mac(index),
      })),
    );
    const address = (index: number) => `10.100.${index >> 8}.${index & 255}`;
    insert(
      database,
      'network_ip_allocation',
      numbers.map((index) => ({ subnet_id: subnet.id, ip_address: address(index), port_id: idOf('4001', index) })),
    );
  });
}

function idOf(kind: string, index: number): string {
  return `${String(index).padStart(8, '0')}-0000-${kind}-8000-000000000000`;
}

function change(work: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(join(cloud.dataDir, 'cumulet.db'), { timeout: 10_000 });
  try {
    database.exec('BEGIN IMMEDIATE');
    work(database);
    database.exec('COMMIT');
  } finally {
    database.close();
  }
}

function insert(database: DatabaseSync, table: string, rows: Record<string, SQLInputValue | undefined>[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const places = columns.map(() => '?').join(', ');
  const statement = database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`);
  for (const row of rows) statement.run(...columns.map((column) => row[column] ?? null));
}
