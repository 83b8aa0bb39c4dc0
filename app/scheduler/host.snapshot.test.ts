import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Database } from '../database/database.ts';
import { openMigrated } from '../database/testing/migrated-database.ts';
import { systemContext } from '../policy/authorization.ts';
import { type Candidate, FILTERS, RESOURCES } from './host.filters.ts';
import { HostSnapshot } from './host.snapshot.ts';
import { claimRequest, hostFacts, openScheduler } from './scheduler.fixture.ts';
import { SchedulerRepository } from './scheduler.repository.ts';
import type { SchedulerService } from './scheduler.service.ts';

const context = systemContext('req-1');
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];
const ABILITIES = ['disk-format:iso', 'firmware:uefi'];

let folder: string;
let database: Database;
let scheduler: SchedulerService;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-scheduler-'));
  database = await openMigrated(folder);
  scheduler = openScheduler(database, { graceMs: 0 });
});

afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const failed = { id: 'hypervisor', state: 'failed', fact: 'QEMU is missing', hint: null, fixCommand: null } as const;
const report = fc.record({
  name: fc.constantFrom(...NAMES),
  vcpus: fc.integer({ min: 1, max: 4 }),
  memoryMib: fc.integer({ min: 1, max: 5 }).map((times) => times * 1024),
  diskGib: fc.integer({ min: 1, max: 4 }),
  capabilities: fc.subarray(ABILITIES),
  preflight: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.constant([failed]) }),
  isUp: fc.boolean(),
});
const some = fc.subarray(NAMES, { maxLength: 2 });
const asked = fc.record({
  vcpus: fc.integer({ min: 1, max: 12 }),
  memoryMib: fc.integer({ min: 1, max: 4096 }),
  diskGib: fc.nat(3),
  requirements: fc.subarray(ABILITIES, { maxLength: 1 }),
  excludeHosts: some,
  sameHosts: fc.option(some),
  differentHosts: some,
});

test('what is chosen passes every filter and nothing better does, whatever hosts have told', async () => {
  const snapshot = new HostSnapshot(new SchedulerRepository(database));
  await fc.assert(
    fc.asyncProperty(
      fc.array(report, { maxLength: 5 }),
      fc.array(asked, { minLength: 1, maxLength: 6 }),
      async (...given) => {
        const [reports, requests] = given;
        for (const { name, isUp, ...facts } of reports) {
          await scheduler.reportHost(
            context,
            name,
            hostFacts({ hostname: name, ...facts, preflight: [...facts.preflight] }),
          );
          if (!isUp) await scheduler.setHostState(context, name, 'down');
        }
        await snapshot.read();
        const known = await scheduler.listHosts();
        const candidates = snapshot.candidates();
        expect(candidates.map(({ id }) => id)).toEqual(known.map(({ id }) => id));
        expect(candidates.map(({ isUsable, capabilities }) => [isUsable, capabilities])).toEqual(
          known.map(({ state, facts }) => [state === 'up', [...(facts?.capabilities ?? []), ...(facts?.traits ?? [])]]),
        );
        for (const more of requests) {
          const request = claimRequest('s', more);
          const able = candidates.filter((host) => FILTERS.every(({ passes }) => passes(host, request)));
          const chosen = able.find(({ id }) => id === snapshot.choose(request));
          expect(chosen === undefined).toBe(able.length === 0);
          if (chosen) expect(able.filter((host) => isBetter(host, chosen))).toEqual([]);
        }
      },
    ),
    { numRuns: 40 },
  );
});

/** Has no less of anything and more of something. */
function isBetter(host: Candidate, other: Candidate): boolean {
  const gains = RESOURCES.map((resource) => host.free[resource] - other.free[resource]);
  return gains.every((gain) => gain >= 0) && gains.some((gain) => gain > 0);
}

test('what is reserved counts at once and comes back, also where hosts have changed their places meanwhile', async () => {
  const snapshot = new HostSnapshot(new SchedulerRepository(database));
  await scheduler.reportHost(context, 'm', hostFacts({ hostname: 'm' }));
  await snapshot.read();
  const request = claimRequest('s', { memoryMib: 4096 });
  expect(snapshot.choose(request)).toBe('m');
  const giveBack = snapshot.reserve('m', request);
  expect(snapshot.choose(request)).toBeUndefined();
  expect(snapshot.choose(request, { surely: true })).toBe('m');
  await scheduler.reportHost(context, 'a', hostFacts({ hostname: 'a', memoryMib: 600 }));
  await snapshot.read();
  expect(snapshot.choose(request)).toBeUndefined();
  giveBack();
  expect(snapshot.choose(request)).toBe('m');
});

test('an older reading of a host does not take the place of a newer one', async () => {
  const repository = new SchedulerRepository(database);
  const snapshot = new HostSnapshot(repository);
  await scheduler.reportHost(context, 'a', hostFacts());
  await snapshot.read();
  const [older] = await repository.rows();
  await scheduler.setHostState(context, 'a', 'down');
  await snapshot.read();
  if (older) snapshot.learn(older);
  expect(snapshot.choose(claimRequest('s'))).toBeUndefined();
});
