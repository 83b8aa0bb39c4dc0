import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { once, within } from '../contract/testing/waiting.ts';
import { systemContext } from '../policy/authorization.ts';
import type { TaskRun } from '../tasks/task.definition.ts';
import { TaskFixture } from '../tasks/task.fixture.ts';
import type { Granted, Wish } from './claimer.fixture.ts';
import type { Room } from './host.filters.ts';
import { claimRequest, expectSumsToBeRight, hostFacts, isOwned, openScheduler } from './scheduler.fixture.ts';
import type { SchedulerService } from './scheduler.service.ts';

const SCRIPT = fileURLToPath(new URL('./claimer.fixture.ts', import.meta.url));
const context = systemContext('req-1');
const MINUTE = 60_000;

let time: number;
let first: TaskFixture;
let second: TaskFixture;
let one: SchedulerService;
let two: SchedulerService;

const now = () => time;

beforeEach(async () => {
  time = Date.now();
  // The first renews no lease, as if its process stood still.
  first = await TaskFixture.open({ times: { now, everyMs: 3600_000 } });
  second = await first.another('two', { now, everyMs: 5 });
  one = openScheduler(first.database, { graceMs: 0 });
  two = openScheduler(second.database, { graceMs: 0 });
});

afterEach(async () => {
  await second.close({ keep: true });
  await first.close();
});

const allocations = () => first.database.query.selectFrom('scheduler_allocation').selectAll().execute();

async function hostsOfServers(): Promise<Map<string, string>> {
  return new Map((await allocations()).map(({ server_id, host_id }) => [server_id, host_id]));
}

describe('two controllers on one database', () => {
  beforeEach(async () => {
    await one.reportHost(context, 'small', hostFacts({ hostname: 'small' }));
    await one.reportHost(context, 'big', hostFacts({ hostname: 'big', vcpus: 8, memoryMib: 8704, diskGib: 200 }));
    // Both know all of it from now on.
    expect(await one.claim(claimRequest('first'), isOwned)).toEqual({ hostId: 'big' });
    expect(await two.claim(claimRequest('second'), isOwned)).toEqual({ hostId: 'big' });
  });

  test('what another has claimed meanwhile is refused, and the next best is taken', async () => {
    expect(await one.claim(claimRequest('all', { memoryMib: 7168 }), isOwned)).toEqual({ hostId: 'big' });
    expect(await two.claim(claimRequest('next', { memoryMib: 1024 }), isOwned)).toEqual({ hostId: 'small' });
    await expectSumsToBeRight(first.database);
  });

  test('a host that another has marked down gets nothing more', async () => {
    await one.setHostState(context, 'big', 'down');
    expect(await two.claim(claimRequest('next'), isOwned)).toEqual({ hostId: 'small' });
  });

  test('what another has given back is found before it is said that there is no room', async () => {
    expect(await two.claim(claimRequest('all', { memoryMib: 7168 }), isOwned)).toEqual({ hostId: 'big' });
    const request = claimRequest('next', { memoryMib: 7168 });
    await expect(two.claim(request, isOwned)).rejects.toMatchObject({ code: 'no_valid_host' });
    await first.database.transaction((trx) => one.release(trx, 'all'));
    expect(await two.claim(request, isOwned)).toEqual({ hostId: 'big' });
  });

  test('a host that has joined at another is found before it is said that none can do it', async () => {
    const request = claimRequest('next', { requirements: ['firmware:uefi'] });
    await expect(two.claim(request, isOwned)).rejects.toMatchObject({ code: 'no_valid_host' });
    await one.reportHost(context, 'able', hostFacts({ hostname: 'able', capabilities: ['firmware:uefi'] }));
    expect(await two.claim(request, isOwned)).toEqual({ hostId: 'able' });
  });
});

test('a controller that stood still until its task was done elsewhere claims nothing', async () => {
  await one.reportHost(context, 'a', hostFacts());
  const [reached, opened, over] = [
    Promise.withResolvers<TaskRun<unknown>>(),
    Promise.withResolvers<void>(),
    Promise.withResolvers<unknown>(),
  ];
  const claimAt = (scheduler: SchedulerService, task: TaskRun<unknown>) =>
    scheduler.claim(claimRequest('server'), task.requireOwned);
  first.define([
    first.note('schedule', {
      run: async (task) => {
        reached.resolve(task);
        await opened.promise;
        return await claimAt(one, task).catch((error: unknown) => {
          over.resolve(error);
          throw error;
        });
      },
    }),
  ]);
  second.define([
    second.note('schedule', { run: (task) => claimAt(two, task) }),
    // As a delete that came after it.
    second.note('release', { commit: (trx) => two.release(trx, 'server') }),
  ]);
  await first.tasks.start();
  const { id } = await first.enqueue();
  await reached.promise;
  await second.tasks.start();
  time += 2 * MINUTE;
  expect((await second.end(id)).state).toBe('succeeded');
  opened.resolve();
  expect(await within('the late claim', over.promise)).toMatchObject({ message: expect.stringContaining('Another') });
  expect(await allocations()).toEqual([]);
  await expectSumsToBeRight(first.database);
});

test('a claim that was made and not recorded is kept by whoever goes on with the task', async () => {
  for (const host of ['a', 'b']) await one.reportHost(context, host, hostFacts({ hostname: host }));
  const reached = Promise.withResolvers<void>();
  first.define([
    first.note('schedule', {
      run: async (task) => {
        expect(await one.claim(claimRequest('server'), task.requireOwned)).toEqual({ hostId: 'a' });
        reached.resolve();
        await new Promise(() => undefined);
      },
    }),
  ]);
  const placed: unknown[] = [];
  second.define([
    second.note('schedule', {
      run: async (task) => placed.push(await two.claim(claimRequest('server'), task.requireOwned)),
    }),
  ]);
  await first.tasks.start();
  const { id } = await first.enqueue();
  await reached.promise;
  await second.tasks.start();
  time += 2 * MINUTE;
  expect((await second.end(id)).state).toBe('succeeded');
  expect(placed).toEqual([{ hostId: 'a' }]);
  expect(await allocations()).toHaveLength(1);
});

/** A scheduler in a process of its own. */
class Controller {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  static async start(folder: string): Promise<Controller> {
    const process = fork(SCRIPT, [folder]);
    await once(process, 'message');
    return new Controller(process);
  }

  async grant(wishes: readonly Wish[]): Promise<Granted[]> {
    this.#process.send(wishes);
    return (await once(this.#process, 'message'))[0];
  }

  async end(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill();
    await ended;
  }
}

const size = fc.record({
  vcpus: fc.integer({ min: 1, max: 8 }),
  memoryMib: fc.integer({ min: 1, max: 3000 }),
  diskGib: fc.nat(60),
});
const server = fc.nat(11);
const at = fc.nat(1);
const capacity = fc.record({ vcpus: fc.integer({ min: 1, max: 6 }), memoryMib: fc.integer({ min: 600, max: 6000 }) });
const claims = fc.array(fc.record({ at, server, size }), { minLength: 1, maxLength: 12 });
const releases = fc.array(fc.record({ at, server }), { minLength: 1, maxLength: 8 });
const round = fc.oneof(
  { weight: 4, arbitrary: fc.record({ claims, releases: fc.constant([]) }) },
  { weight: 1, arbitrary: fc.record({ claims: fc.constant([]), releases }) },
  { weight: 2, arbitrary: fc.record({ claims, releases }) },
);

test('two processes claim and give back side by side: nothing is overcommitted, and no room is overlooked', async () => {
  const controllers = [await Controller.start(first.folder), await Controller.start(first.folder)];
  const grantAll = async (wishes: { at: number; wish: Wish }[]): Promise<[Wish, Granted][]> => {
    const granted = controllers.map(async (controller, index) => {
      const own = wishes.filter((wanted) => wanted.at === index).map(({ wish }) => wish);
      const answers = own.length === 0 ? [] : await controller.grant(own);
      return own.map((wish, place): [Wish, Granted] => [wish, answers[place] ?? null]);
    });
    return (await Promise.all(granted)).flat();
  };
  try {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ at, capacity }), { minLength: 1, maxLength: 3 }),
        fc.array(round, { minLength: 1, maxLength: 6 }),
        async (hosts, rounds) => {
          const prefix = `run${run++}-`;
          for (const { id, state } of await one.listHosts()) {
            if (state === 'up') await one.setHostState(context, id, 'down');
          }
          for (const [index, { at, capacity }] of hosts.entries()) {
            const id = `${prefix}${index}`;
            await grantAll([{ at, wish: { report: id, facts: hostFacts({ hostname: id, ...capacity }) } }]);
          }
          for (const { claims, releases } of rounds) {
            const before = await hostsOfServers();
            const answers = await grantAll([
              ...claims.map(({ at, server, size }) => ({
                at,
                wish: { claim: claimRequest(`${prefix}${server}`, size) },
              })),
              ...releases.map(({ at, server }) => ({ at, wish: { release: `${prefix}${server}` } })),
            ]);
            await expectToBeRight(answers, before);
          }
        },
      ),
      { numRuns: 12 },
    );
  } finally {
    for (const controller of controllers) await controller.end();
  }
});

/** `before`: where servers had room before. */
async function expectToBeRight(answers: readonly [Wish, Granted][], before: Map<string, string>): Promise<void> {
  await expectSumsToBeRight(first.database);
  const held = await hostsOfServers();
  const released = new Set(answers.flatMap(([wish]) => ('release' in wish ? [wish.release] : [])));
  const rows = await first.database.query.selectFrom('scheduler_host').selectAll().where('state', '=', 'up').execute();
  const left = rows.map((host): Room => {
    const room = {
      vcpus: host.vcpus * host.vcpu_ratio - host.used_vcpus,
      memoryMib: host.memory_mib * host.memory_ratio - host.used_memory_mib,
      diskGib: host.disk_gib * host.disk_ratio - host.used_disk_gib,
    };
    expect(Math.min(room.vcpus, room.memoryMib, room.diskGib)).toBeGreaterThanOrEqual(0);
    return room;
  });
  for (const [wish, granted] of answers) {
    if (!('claim' in wish) || granted === null) continue;
    const { serverId, vcpus, memoryMib, diskGib } = wish.claim;
    if ('hostId' in granted) {
      if (!released.has(serverId)) expect(held.get(serverId)).toBe(granted.hostId);
      continue;
    }
    expect(granted.refused).toBe('no_valid_host');
    // While nothing was given back, what is free at the end was free all the time.
    if (released.size > 0) continue;
    expect(before.has(serverId)).toBe(false);
    const fits = (room: Room) => room.vcpus >= vcpus && room.memoryMib >= memoryMib && room.diskGib >= diskGib;
    expect(left.some(fits)).toBe(false);
  }
}
