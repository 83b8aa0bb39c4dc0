import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { OperationalError } from '../contract/errors.ts';
import type { Database } from '../database/database.ts';
import { openMigrated } from '../database/testing/migrated-database.ts';
import { EventService } from '../events/event.service.ts';
import { systemContext } from '../policy/authorization.ts';
import type { ClaimRequest } from './host.filters.ts';
import { claimRequest, expectSumsToBeRight, hostFacts, isOwned, openScheduler } from './scheduler.fixture.ts';
import { SchedulerRepository } from './scheduler.repository.ts';
import type { SchedulerService } from './scheduler.service.ts';

const context = systemContext('req-1');

let folder: string;
let database: Database;
let events: EventService;
let scheduler: SchedulerService;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-scheduler-'));
  database = await openMigrated(folder);
  events = new EventService(database);
  scheduler = openScheduler(database, { graceMs: 0 });
});

afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const claim = async (serverId: string, more: Partial<ClaimRequest> = {}) =>
  (await scheduler.claim(claimRequest(serverId, more), isOwned)).hostId;

const release = (serverId: string) => database.transaction((trx) => scheduler.release(trx, serverId));

test('a host whose connection is lost counts as up until it has been away for the grace time', async () => {
  scheduler = openScheduler(database);
  await scheduler.reportHost(context, 'a', hostFacts());
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
  await scheduler.reportHost(context, 'a', hostFacts());
  await scheduler.setHostState(context, 'a', 'down');
  scheduler = openScheduler(database);
  await scheduler.markAllDown();
  const { signal } = new AbortController();
  const placed = scheduler.awaitHosts(claimRequest('s1'), signal).then(() => claim('s1'));
  await scheduler.reportHost(context, 'a', hostFacts());
  expect(await placed).toBe('a');
  await scheduler.awaitHosts(claimRequest('s2', { memoryMib: 1 << 30 }), signal);
});

test('the best host is the one with most left, and the same question has the same answer', async () => {
  for (const [host, memoryMib] of [
    ['b', 4608],
    ['c', 8704],
    ['a', 4608],
  ] as const) {
    await scheduler.reportHost(context, host, hostFacts({ hostname: host, memoryMib }));
  }
  expect(await claim('s1')).toBe('c');
  expect(await claim('s2', { excludeHosts: ['c'] })).toBe('a');
  await release('s2');
  expect(await claim('s2', { excludeHosts: ['c'] })).toBe('a');
  expect(await claim('s3', { excludeHosts: ['c'] })).toBe('b');
});

test('a server that has a claim keeps it, and what it gives back is free again', async () => {
  await scheduler.reportHost(context, 'a', hostFacts());
  expect(await claim('s1', { memoryMib: 4096 })).toBe('a');
  expect(await claim('s1', { memoryMib: 4096 })).toBe('a');
  await expect(claim('s2')).rejects.toThrow(OperationalError);
  await release('s1');
  await release('s1');
  expect(await claim('s2', { memoryMib: 4096 })).toBe('a');
  expect((await scheduler.showHost('a')).allocated).toEqual({ vcpus: 1, memoryMib: 4096, diskGib: 1, machines: 1 });
});

test('what the transaction of a claim refuses never was, and its room is free for the next', async () => {
  await scheduler.reportHost(context, 'a', hostFacts());
  const lost = async () => {
    throw new Error('another has the task');
  };
  await expect(scheduler.claim(claimRequest('s1', { memoryMib: 4096 }), lost)).rejects.toThrow('another has the task');
  expect((await scheduler.showHost('a')).allocated.machines).toBe(0);
  expect(await claim('s2', { memoryMib: 4096 })).toBe('a');
});

test('whoever finds no room while a claim is on its way that is refused then, is given it', async () => {
  await scheduler.reportHost(context, 'a', hostFacts());
  const [begun, ends] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const refused = scheduler.claim(claimRequest('s1', { memoryMib: 4096 }), async () => {
    begun.resolve();
    await ends.promise;
  });
  await begun.promise;
  const rows = vi.spyOn(SchedulerRepository.prototype, 'rows');
  const waiting = claim('s2', { memoryMib: 4096 });
  await expect.poll(() => rows.mock.settledResults.length).toBe(1);
  rows.mockRestore();
  ends.reject(new Error('another has the task'));
  await expect(refused).rejects.toThrow('another has the task');
  expect(await waiting).toBe('a');
});

test('what is about to be claimed counts: of many at once each goes where most is left then', async () => {
  for (const host of ['a', 'b', 'c', 'd']) await scheduler.reportHost(context, host, hostFacts({ hostname: host }));
  const placed = await Promise.all(Array.from({ length: 8 }, (_, index) => claim(`s${index}`)));
  expect(placed.toSorted()).toEqual(['a', 'a', 'b', 'b', 'c', 'c', 'd', 'd']);
});

test.for<[string, Partial<ClaimRequest>, string]>([
  ['memory', { memoryMib: 5000 }, 'RamFilter refused 2: 5000 MiB of memory wanted, 4096 MiB free at most'],
  ['processors', { vcpus: 17 }, 'CoreFilter refused 2: 17 processors wanted, 16 free at most'],
  ['disk', { diskGib: 101 }, 'DiskFilter refused 2: 101 GiB of disk wanted, 100 GiB free at most'],
  ['abilities', { requirements: ['firmware:uefi'] }, 'ComputeCapabilitiesFilter refused 2: cannot do firmware:uefi'],
  ['trust', { excludeHosts: ['a', 'b'] }, 'RetryFilter refused 2: failed this machine before'],
])('where nothing fits, it is said what is missing: %s', async ([, more, reason]) => {
  for (const host of ['a', 'b', 'off']) await scheduler.reportHost(context, host, hostFacts());
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
  await scheduler.reportHost(context, 'a', hostFacts());
  await scheduler.setHostState(context, 'a', 'up');
  await scheduler.setHostState(context, 'a', 'down');
  await scheduler.setHostState(context, 'nobody', 'down');
  expect(await scheduler.listHosts()).toMatchObject([{ id: 'a', state: 'down', facts: { vcpus: 4 } }]);
  await scheduler.reportHost(context, 'a', hostFacts({ vcpus: 8 }));
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
      await scheduler.reportHost(context, smallest ?? '', hostFacts());
      for (const round of rounds) {
        await Promise.all(
          round.map(async (what) => {
            if ('host' in what) {
              const { vcpus, memoryMib } = what;
              await scheduler.reportHost(context, prefix + what.host, hostFacts({ vcpus, memoryMib }));
            } else if ('claim' in what) {
              const fits = claim(prefix + what.server, what.claim);
              await fits.catch((error) => expect(error).toMatchObject({ code: 'no_valid_host' }));
            } else {
              await release(prefix + what.server);
            }
          }),
        );
        await expectSumsToBeRight(database);
      }
    }),
    { numRuns: 25 },
  );
});

test('an agent of an earlier version has the traits of what it says by other names', async () => {
  const { traits: _, ...told } = hostFacts({ capabilities: ['disk-format:iso', 'firmware:bios'] });
  await scheduler.reportHost(systemContext('test'), 'earlier', told);
  expect((await scheduler.showHost('earlier')).facts?.traits).toEqual(
    expect.arrayContaining(['COMPUTE_IMAGE_TYPE_ISO', 'COMPUTE_FIRMWARE_BIOS', 'COMPUTE_STORAGE_BUS_SATA']),
  );
  await scheduler.reportHost(systemContext('test'), 'empty', { ...told, capabilities: [] });
  expect((await scheduler.showHost('empty')).facts?.traits).toEqual([]);
});
