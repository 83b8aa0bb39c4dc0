import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Context } from '../contract/context.ts';
import type { Database } from '../database/database.ts';
import { openMigrated } from '../database/testing/migrated-database.ts';
import { EventService } from '../events/event.service.ts';
import { anonymousContext, systemContext } from '../policy/authorization.ts';
import { QuotaService } from '../quota/quota.service.ts';
import { makeNetworkParts, type NetworkParts } from './network.parts.ts';
import { NETWORK_QUOTAS } from './network.quotas.ts';
import type { NetworkService } from './network.service.ts';
import type { NetworkRecord, PortRecord } from './network.tables.ts';
import type { NewPort } from './new-port.ts';
import type { PortService } from './port.service.ts';

const admin = systemContext();
const member: Context = { ...anonymousContext('req-1'), userId: 'u', projectId: 'p', roles: ['member'] };

let folder: string;
let database: Database;
let parts: NetworkParts;
let ports: PortService;
let networks: NetworkService;
let network: NetworkRecord;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-network-'));
  database = await openMigrated(folder);
  restart();
  await networks.bootstrap('p');
  await usePools([{ start: '10.77.0.16', end: '10.77.0.19' }]);
  const found = await networks.defaultNetwork();
  if (!found) throw new Error('no default network');
  network = found;
});

afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

function restart(): void {
  const events = new EventService(database);
  const quota = new QuotaService({ database, events, defaults: NETWORK_QUOTAS });
  parts = makeNetworkParts({ database, events, quota });
  ({ ports, service: networks } = parts);
}

async function usePools(pools: { start: string; end: string }[]): Promise<void> {
  await database.query
    .updateTable('network_subnet')
    .set({ allocation_pools: JSON.stringify(pools) })
    .execute();
}

async function create(more: Partial<NewPort> = {}): Promise<PortRecord> {
  return await database.transaction((trx) => ports.create(trx, member, { network, projectId: 'p', ...more }));
}

/** Every port, or those of one machine, with its addresses. */
async function listPorts(deviceId?: string): Promise<PortRecord[]> {
  const found = await ports.records.list({
    ...(deviceId !== undefined && { is: { device_id: deviceId } }),
    sort: [{ attribute: 'created_at', direction: 'asc' }],
  });
  const addresses = await parts.repository.addresses(found.map(({ id }) => id));
  return found.map((port) => ({ ...port, fixed_ips: addresses.get(port.id) ?? [] }));
}

const addressOf = (port: PortRecord) => port.fixed_ips.map(({ ip_address }) => ip_address).join();

test('addresses go round: a freed one rests until the others were used', async () => {
  const [first, second] = [await create(), await create()];
  expect([first, second].map(addressOf)).toEqual(['10.77.0.16', '10.77.0.17']);
  await ports.records.delete(member, first.id);
  expect([addressOf(await create()), addressOf(await create())]).toEqual(['10.77.0.18', '10.77.0.19']);
  expect(addressOf(await create())).toBe('10.77.0.16');
});

test('a network without a free address says so, and has one again when a port goes', async () => {
  const made = [await create(), await create(), await create(), await create()];
  await expect(create()).rejects.toMatchObject({
    code: 'conflict',
    message: `No more IP addresses available on network ${network.id}.`,
    hint: expect.any(String),
  });
  await ports.records.delete(member, made[2]?.id ?? '');
  expect(addressOf(await create())).toBe('10.77.0.18');
});

test('whatever is created and deleted, side by side and over restarts, no address is given twice', async () => {
  const action = fc.constantFrom('create', 'create', 'create two', 'delete', 'restart');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(action, { minLength: 1, maxLength: 4 }), { maxLength: 8 }), async (rounds) => {
      for (const round of rounds) {
        await Promise.all(
          round.map(async (what) => {
            const before = await listPorts();
            if (what === 'restart') restart();
            else if (what === 'delete') await ports.records.delete(admin, before[0]?.id ?? '').catch(() => undefined);
            else {
              const subnetId = (await parts.subnets.list())[0]?.id;
              const fixedIps = what === 'create' ? undefined : [{ subnetId }, { subnetId }];
              await create({ fixedIps }).catch((error) => expect(error).toMatchObject({ code: 'conflict' }));
            }
          }),
        );
        const held = (await listPorts()).flatMap(({ fixed_ips }) => fixed_ips);
        expect(new Set(held.map(({ ip_address }) => ip_address)).size).toBe(held.length);
        expect(held.length).toBeLessThanOrEqual(4);
      }
      for (const { id } of await listPorts()) await ports.records.delete(admin, id);
    }),
    { numRuns: 15 },
  );
});

test('the network’s own addresses are never given, even from a pool that holds them', async () => {
  await usePools([{ start: '10.77.0.1', end: '10.77.0.4' }]);
  expect([addressOf(await create()), addressOf(await create())]).toEqual(['10.77.0.2', '10.77.0.4']);
  await expect(create()).rejects.toMatchObject({ code: 'conflict' });
});

test.for<[string, string, string]>([
  ['taken', '10.77.0.50', 'conflict'],
  ['the gateway', '10.77.0.1', 'conflict'],
  ['the name server', '10.77.0.3', 'conflict'],
  ['the network itself', '10.77.0.0', 'bad_request'],
  ['the broadcast address', '10.77.255.255', 'bad_request'],
  ['elsewhere', '192.168.1.1', 'bad_request'],
])('an address that is %s cannot be asked for', async ([, ipAddress, code]) => {
  await create({ fixedIps: [{ ipAddress: '10.77.0.50' }] });
  await expect(create({ fixedIps: [{ ipAddress }] })).rejects.toMatchObject({ code, field: 'port.fixed_ips' });
});

test('one port cannot have the same address twice', async () => {
  const twice = [{ ipAddress: '10.77.0.60' }, { ipAddress: '10.77.0.60' }];
  await expect(create({ fixedIps: twice })).rejects.toMatchObject({ code: 'conflict' });
  expect(addressOf(await create({ fixedIps: [] }))).toBe('');
});

test('ports made in one transaction go on from each other, without reading again what is taken', async () => {
  const read = vi.spyOn(parts.repository, 'takenAddresses');
  const made = await database.transaction(async (trx) => {
    const all: PortRecord[] = [];
    for (let index = 0; index < 4; index++) all.push(await ports.create(trx, member, { network, projectId: 'p' }));
    return all;
  });
  const addresses = made.map(({ fixed_ips }) => fixed_ips[0]?.ip_address);
  expect(addresses).toEqual(['10.77.0.16', '10.77.0.17', '10.77.0.18', '10.77.0.19']);
  expect(read).not.toHaveBeenCalled();
});

test('MAC addresses are unique on the network, in lower case, and made up where none is given', async () => {
  expect((await create({ macAddress: 'FA:16:3E:00:00:01' })).mac_address).toBe('fa:16:3e:00:00:01');
  await expect(create({ macAddress: 'fa:16:3E:00:00:01' })).rejects.toMatchObject({ code: 'conflict' });
  expect((await create()).mac_address).toMatch(/^fa:16:3e(:[0-9a-f]{2}){3}$/);
});

test('a server keeps its ports; what was made for it goes with it, what people made is free again', async () => {
  const mine = await create({ name: 'mine' });
  const request = {
    serverId: 's1',
    projectId: 'p',
    requested: [{ port: mine.id }, { uuid: network.id, fixed_ip: '10.77.9.9' }],
  };
  const allocate = (hostId: string) =>
    database.transaction((trx) => networks.allocatePorts(trx, member, { ...request, hostId }));
  await allocate('before');
  expect(await listPorts('s1')).toMatchObject([
    { id: mine.id, status: 'DOWN', host_id: 'before' },
    { made_for_server: true, status: 'DOWN', host_id: 'before' },
  ]);
  await allocate('h');
  expect((await listPorts('s1')).map(({ host_id }) => host_id)).toEqual(['h', 'h']);
  await database.transaction((trx) => networks.bindPorts(trx, 's1', 'h', 'ACTIVE'));
  expect(await listPorts('s1')).toMatchObject([
    { id: mine.id, status: 'ACTIVE', host_id: 'h', device_owner: 'compute:nova' },
    { made_for_server: true, status: 'ACTIVE', fixed_ips: [{ ip_address: '10.77.9.9' }] },
  ]);
  expect((await networks.machinePorts('s1')).map(({ fixedIps }) => fixedIps[0]?.ipAddress)).toContain('10.77.9.9');
  expect((await networks.addressesOf(['s1', 's2'])).get('s1')?.default).toHaveLength(2);
  await database.transaction((trx) => networks.releasePorts(trx, member, 's1'));
  expect(await listPorts()).toMatchObject([
    { id: mine.id, device_id: '', device_owner: '', host_id: '', status: 'DOWN' },
  ]);
});

test('a port on a machine can neither be deleted nor taken by another', async () => {
  const mine = await create();
  const launch = (serverId: string, context: Context) =>
    database.transaction((trx) =>
      networks.allocatePorts(trx, context, {
        ...{ serverId, projectId: 'p', requested: [{ port: mine.id }], hostId: 'h' },
      }),
    );
  const stranger = { ...member, projectId: 'q' };
  await expect(launch('s0', stranger)).rejects.toMatchObject({ code: 'bad_request' });
  await launch('s1', member);
  await expect(launch('s2', member)).rejects.toMatchObject({ code: 'conflict' });
  await expect(networks.checkRequested(member, [{ port: mine.id }])).rejects.toMatchObject({ code: 'conflict' });
  await expect(ports.records.delete(member, mine.id)).rejects.toMatchObject({
    code: 'conflict',
    hint: expect.any(String),
  });
  expect(await ports.records.get(mine.id)).toMatchObject({ device_id: 's1' });
});

test('what a launch could not use is refused at once, with the field', async () => {
  const check = (requested: { uuid?: string; port?: string; fixed_ip?: string }) =>
    networks.checkRequested(member, [{ uuid: network.id }, requested]);
  for (const wrong of [{ uuid: 'nowhere' }, { port: 'nobody' }, { uuid: network.id, fixed_ip: '10.77.0.300' }, {}]) {
    await expect(check(wrong)).rejects.toMatchObject({ code: 'bad_request', field: 'server.networks.1' });
  }
  for (const fine of [null, 'auto', 'none'] as const) await networks.checkRequested(member, fine);
});
