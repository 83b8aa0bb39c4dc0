import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import pino from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { OperationalError } from '../contract/errors.ts';
import type { HostFacts } from '../contract/host.ts';
import type { Database } from '../database/database.ts';
import { openMigrated } from '../database/testing/migrated-database.ts';
import { EventService } from '../events/event.service.ts';
import { systemContext } from '../http/authorization.ts';
import type { ClaimRequest } from './host.filters.ts';
import { SchedulerRepository } from './scheduler.repository.ts';
import { SchedulerService } from './scheduler.service.ts';

const context = systemContext('req-1');

let folder: string;
let database: Database;
let events: EventService;
let scheduler: SchedulerService;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-scheduler-'));
  database = await openMigrated(folder);
  events = new EventService(database);
  scheduler = makeScheduler({ graceMs: 0 });
});

afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

function makeScheduler(options: { graceMs?: number } = {}): SchedulerService {
  const repository = new SchedulerRepository(database);
  return new SchedulerService({ database, repository, events, log: pino({ level: 'silent' }), ...options });
}

function facts(more: Partial<HostFacts> = {}): HostFacts {
  return {
    ...{ hostname: 'h', hypervisorType: 'QEMU', hypervisorVersion: '7.2.22', accelerator: 'tcg', cpuArch: 'x86_64' },
    ...{ cpuModel: 'any', vcpus: 4, memoryMib: 4608, memoryFreeMib: 4000, diskGib: 100, diskFreeGib: 90 },
    ...{ capabilities: ['disk-format:qcow2'], preflight: [], agentVersion: '0.1.0' },
    ...more,
  };
}

const request = (serverId: string, more: Partial<ClaimRequest> = {}): ClaimRequest => {
  return { serverId, vcpus: 1, memoryMib: 512, diskGib: 1, excludeHosts: [], requirements: [], ...more };
};

const claim = async (serverId: string, more: Partial<ClaimRequest> = {}) =>
  (await database.transaction((trx) => scheduler.claim(trx, request(serverId, more)))).hostId;

const release = (serverId: string) => database.transaction((trx) => scheduler.release(trx, serverId));

test('a host whose connection is lost counts as up until it has been away for the grace time', async () => {
  scheduler = makeScheduler();
  await scheduler.reportHost(context, 'a', facts());
  const state = async () => (await scheduler.listHosts())[0]?.state;
  await scheduler.setHostState(context, 'a', 'down');
  expect([await claim('s1'), await state()]).toEqual(['a', 'up']);
  expect(await scheduler.showHost('a')).toMatchObject({ isAway: true });
  await scheduler.setHostState(context, 'a', 'up');
  expect(await scheduler.showHost('a')).toMatchObject({ isAway: false });
  // People with machines there, who are no administrators, hear of it at once.
  const told = await events.list({ after: 0, limit: 9, visibleTo: 'some-project' });
  expect(told.map(({ type }) => type)).toEqual(['host.create', 'host.away', 'host.up']);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    await scheduler.setHostState(context, 'a', 'down');
    vi.advanceTimersByTime(14_000);
    expect(await claim('s2')).toBe('a');
    vi.advanceTimersByTime(2_000);
  } finally {
    vi.useRealTimers();
  }
  await expect.poll(state).toBe('down');
  await expect(claim('s3')).rejects.toMatchObject({ code: 'no_valid_host' });
});

test('after a start of the controller a build waits for a host that was down before, and for none longer than needed', async () => {
  await scheduler.reportHost(context, 'a', facts());
  await scheduler.setHostState(context, 'a', 'down');
  scheduler = makeScheduler();
  await scheduler.markAllDown();
  const { signal } = new AbortController();
  const placed = scheduler.awaitHosts(request('s1'), signal).then(() => claim('s1'));
  await scheduler.reportHost(context, 'a', facts());
  expect(await placed).toBe('a');
  await scheduler.awaitHosts(request('s2', { memoryMib: 1 << 30 }), signal);
});

test('the best host is the one with most left, and the same question has the same answer', async () => {
  for (const [host, memoryMib] of [
    ['b', 4608],
    ['c', 8704],
    ['a', 4608],
  ] as const) {
    await scheduler.reportHost(context, host, facts({ hostname: host, memoryMib }));
  }
  expect(await claim('s1')).toBe('c');
  expect(await claim('s2', { excludeHosts: ['c'] })).toBe('a');
  await release('s2');
  expect(await claim('s2', { excludeHosts: ['c'] })).toBe('a');
  expect(await claim('s3', { excludeHosts: ['c'] })).toBe('b');
});

test('a server that has a claim keeps it, and what it gives back is free again', async () => {
  await scheduler.reportHost(context, 'a', facts());
  expect(await claim('s1', { memoryMib: 4096 })).toBe('a');
  expect(await claim('s1', { memoryMib: 4096 })).toBe('a');
  await expect(claim('s2')).rejects.toThrow(OperationalError);
  await release('s1');
  await release('s1');
  expect(await claim('s2', { memoryMib: 4096 })).toBe('a');
  expect((await scheduler.showHost('a')).allocated).toEqual({ vcpus: 1, memoryMib: 4096, diskGib: 1, machines: 1 });
});

test('a claim of a transaction that is rolled back never was', async () => {
  await scheduler.reportHost(context, 'a', facts());
  const failing = database.transaction(async (trx) => {
    await scheduler.claim(trx, request('s1'));
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect((await scheduler.showHost('a')).allocated.machines).toBe(0);
});

test.for<[string, Partial<ClaimRequest>, string]>([
  ['memory', { memoryMib: 5000 }, 'RamFilter refused 2: 5000 MiB of memory wanted, 4096 MiB free at most'],
  ['processors', { vcpus: 17 }, 'CoreFilter refused 2: 17 processors wanted, 16 free at most'],
  ['disk', { diskGib: 101 }, 'DiskFilter refused 2: 101 GiB of disk wanted, 100 GiB free at most'],
  ['abilities', { requirements: ['firmware:uefi'] }, 'ComputeCapabilitiesFilter refused 2: cannot do firmware:uefi'],
  ['trust', { excludeHosts: ['a', 'b'] }, 'RetryFilter refused 2: failed this machine before'],
])('where nothing fits, it is said what is missing: %s', async ([, more, reason]) => {
  for (const host of ['a', 'b', 'off']) await scheduler.reportHost(context, host, facts());
  await scheduler.setHostState(context, 'off', 'down');
  await expect(claim('s', more)).rejects.toMatchObject({
    code: 'no_valid_host',
    message: `No valid host was found. ComputeFilter refused 1: not connected or disabled; ${reason}.`,
    hint: expect.any(String),
  });
});

test('without any host it says so', async () => {
  await expect(claim('s')).rejects.toMatchObject({
    code: 'no_valid_host',
    message: expect.stringContaining('No host has joined'),
  });
});

test('hosts come and go; each change of state is told once', async () => {
  await scheduler.reportHost(context, 'a', facts());
  await scheduler.setHostState(context, 'a', 'up');
  await scheduler.setHostState(context, 'a', 'down');
  await scheduler.setHostState(context, 'nobody', 'down');
  expect(await scheduler.listHosts()).toMatchObject([{ id: 'a', state: 'down', facts: { vcpus: 4 } }]);
  await scheduler.reportHost(context, 'a', facts({ vcpus: 8 }));
  expect(await scheduler.showHost('a')).toMatchObject({ state: 'up', facts: { vcpus: 8 } });
  await scheduler.markAllDown();
  expect(await scheduler.showHost('a')).toMatchObject({ state: 'down' });
  const log = await events.list({ after: 0, limit: 9, visibleTo: 'all' });
  expect(log.map(({ type }) => type)).toEqual(['host.create', 'host.down', 'host.update']);
  await expect(scheduler.showHost('nobody')).rejects.toMatchObject({ code: 'not_found' });
});

test('whatever is claimed and given back side by side, no host is overcommitted and every sum is right', async () => {
  const size = fc.record({
    vcpus: fc.integer({ min: 1, max: 8 }),
    memoryMib: fc.integer({ min: 1, max: 3000 }),
    diskGib: fc.nat(60),
  });
  const action = fc.oneof(
    { weight: 3, arbitrary: fc.record({ server: fc.nat(11), claim: size }) },
    { weight: 1, arbitrary: fc.record({ server: fc.nat(11) }) },
    {
      weight: 1,
      arbitrary: fc.record({ host: fc.nat(3), vcpus: fc.integer({ min: 1, max: 6 }), memoryMib: fc.nat(6000) }),
    },
  );
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(action, { minLength: 1, maxLength: 6 }), { maxLength: 8 }), async (rounds) => {
      const prefix = `run${run++}-`;
      for (const { id } of await scheduler.listHosts()) await scheduler.setHostState(context, id, 'down');
      const [smallest] = [0, 1].map((host) => `${prefix}${host}`);
      await scheduler.reportHost(context, smallest ?? '', facts());
      const claimedWithin = new Map<string, number>();
      for (const round of rounds) {
        await Promise.all(
          round.map(async (what) => {
            if ('host' in what) {
              const { vcpus, memoryMib } = what;
              await scheduler.reportHost(context, prefix + what.host, facts({ vcpus, memoryMib }));
            } else if ('claim' in what) {
              const serverId = prefix + what.server;
              const fits = database.transaction(async (trx) => {
                const { hostId } = await scheduler.claim(trx, request(serverId, what.claim));
                const host = await trx
                  .selectFrom('scheduler_host')
                  .selectAll()
                  .where('id', '=', hostId)
                  .executeTakeFirstOrThrow();
                const held = await trx
                  .selectFrom('scheduler_allocation')
                  .selectAll()
                  .where('server_id', '=', serverId)
                  .executeTakeFirstOrThrow();
                const isNew = !claimedWithin.has(serverId);
                claimedWithin.set(serverId, held.memory_mib);
                // At the moment of a claim it fits; a host may report less of itself later.
                if (isNew) {
                  expect(host.used_memory_mib).toBeLessThanOrEqual(host.memory_mib * host.memory_ratio);
                  expect(host.used_vcpus).toBeLessThanOrEqual(host.vcpus * host.vcpu_ratio);
                  expect(host.used_disk_gib).toBeLessThanOrEqual(host.disk_gib * host.disk_ratio);
                }
              });
              await fits.catch((error) => expect(error).toMatchObject({ code: 'no_valid_host' }));
            } else {
              await database.transaction(async (trx) => {
                await scheduler.release(trx, prefix + what.server);
                claimedWithin.delete(prefix + what.server);
              });
            }
          }),
        );
        await expectSumsToBeRight();
      }
    }),
    { numRuns: 25 },
  );
});

async function expectSumsToBeRight(): Promise<void> {
  const allocations = await database.query.selectFrom('scheduler_allocation').selectAll().execute();
  for (const host of await database.query.selectFrom('scheduler_host').selectAll().execute()) {
    const own = allocations.filter(({ host_id }) => host_id === host.id);
    const sum = (of: (allocation: (typeof own)[number]) => number) => own.reduce((total, one) => total + of(one), 0);
    expect([host.used_vcpus, host.used_memory_mib, host.used_disk_gib, host.machines]).toEqual([
      sum(({ vcpus }) => vcpus),
      sum(({ memory_mib }) => memory_mib),
      sum(({ disk_gib }) => disk_gib),
      own.length,
    ]);
  }
}
