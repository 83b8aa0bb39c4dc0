import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TaskView } from '../contract/task.ts';
import { within } from '../contract/testing/waiting.ts';
import type { Transaction } from '../database/database.ts';
import { housekeeping, type TaskRun } from './task.definition.ts';
import { states, TaskFixture } from './task.fixture.ts';

/** What time it is for the leases of both controllers. */
let time: number;
let one: TaskFixture;
let two: TaskFixture;

const now = () => time;
const MINUTE = 60_000;
const DAY = 86_400_000;

beforeEach(async () => {
  time = Date.now();
  one = await TaskFixture.open({ times: { now, everyMs: 5 } });
  two = await one.another('two', { now, everyMs: 5 });
});

afterEach(async () => {
  await two.close({ keep: true });
  await one.close();
});

/** Wherever it was done. */
async function end(id: string): Promise<TaskView> {
  return await Promise.race([one.end(id), two.end(id)]);
}

/** The same work at both, which notes where it was done. */
function defineAtBoth(run: (task: TaskRun<unknown>, at: 'one' | 'two') => Promise<unknown>): void {
  one.define([one.note('work', { run: (task) => run(task, 'one') })]);
  two.define([two.note('work', { run: (task) => run(task, 'two') })]);
}

async function startBoth(): Promise<void> {
  await one.tasks.start();
  await two.tasks.start();
}

test('each task is done once, wherever it was asked for', async () => {
  defineAtBoth(async ({ args }) => void one.diary.push(String(args)));
  await startBoth();
  const asked = Array.from({ length: 60 }, (_, index) => `task ${index}`);
  const tasks = await Promise.all(asked.map((name, index) => (index % 2 ? one : two).enqueue(`s${index}`, name)));
  const ended = await Promise.all(tasks.map(({ id }) => end(id)));
  expect(new Set(ended.map(({ state }) => state))).toEqual(new Set(['succeeded']));
  expect([...one.diary].sort()).toEqual([...asked].sort());
});

test('tasks about one thing go on one after the other, in the order of their asking, at any controller', async () => {
  defineAtBoth(async ({ args }) => {
    one.diary.push(`begin ${args}`);
    await new Promise(setImmediate);
    one.diary.push(`end ${args}`);
  });
  const tasks: TaskView[] = [];
  for (let index = 0; index < 12; index++) tasks.push(await (index % 3 ? one : two).enqueue('s', index));
  await startBoth();
  for (const { id } of tasks) await end(id);
  expect(one.diary).toEqual(tasks.flatMap((_, index) => [`begin ${index}`, `end ${index}`]));
});

test('a task about two things waits for both of them, and others about either wait for it', async () => {
  const gates = new Map(['server', 'attach', 'volume'].map((name) => [name, Promise.withResolvers<void>()]));
  const begun = new Map(['server', 'attach', 'volume'].map((name) => [name, Promise.withResolvers<void>()]));
  defineAtBoth(async ({ args }) => {
    one.diary.push(String(args));
    begun.get(String(args))?.resolve();
    await gates.get(String(args))?.promise;
  });
  await startBoth();
  await one.enqueue('server-1', 'server');
  await begun.get('server')?.promise;
  const attach = await two.enqueue('server-1', 'attach', [{ type: 'volume', id: 'volume-1' }]);
  const volume = await one.enqueue('volume-2', 'volume', [{ type: 'volume', id: 'volume-1' }]);
  expect(await one.database.transaction((trx) => one.tasks.unfinishedOf(trx, 'volume-1'))).toHaveLength(2);
  gates.get('server')?.resolve();
  await begun.get('attach')?.promise;
  expect(one.diary).toEqual(['server', 'attach']);
  gates.get('attach')?.resolve();
  gates.get('volume')?.resolve();
  await end(attach.id);
  await end(volume.id);
  expect(one.diary).toEqual(['server', 'attach', 'volume']);
  expect((await one.tasks.list({ subjectId: 'volume-1', visibleTo: 'all', limit: 9 })).map(({ id }) => id)).toEqual([
    volume.id,
    attach.id,
  ]);
});

test('a task is cancelled from the controller that does not do it', async () => {
  const reached = Promise.withResolvers<void>();
  one.define([
    one.note('work', {
      run: ({ signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          reached.resolve();
        }),
    }),
  ]);
  two.define([two.note('work')]);
  await one.tasks.start();
  const { id } = await one.enqueue();
  await reached.promise;
  await two.tasks.start();
  expect(await two.tasks.cancel(id)).toMatchObject({ abortRequested: true });
  expect(await end(id)).toMatchObject({ state: 'cancelled', error: { code: 'aborted' } });
  expect(one.diary).toEqual(['undo work']);
});

test('a cancel from elsewhere is noticed before the next step begins, however rarely the lease is renewed', async () => {
  await one.close();
  one = await TaskFixture.open({ times: { now, everyMs: 3600_000 } });
  await two.close({ keep: true });
  two = await one.another('two', { now, everyMs: 3600_000 });
  const [reached, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const run = async () => {
    reached.resolve();
    await opened.promise;
  };
  one.define([one.note('first', { run }), one.note('second')]);
  two.define([two.note('first'), two.note('second')]);
  await one.tasks.start();
  const { id } = await one.enqueue();
  await reached.promise;
  await two.tasks.cancel(id);
  opened.resolve();
  expect(states(await end(id))).toEqual(['first undone', 'second failed']);
  expect(one.diary).toEqual(['undo second', 'undo first']);
});

test('what a stopped controller did goes on at another at once', async () => {
  const reached = Promise.withResolvers<void>();
  defineAtBoth(async ({ closing }, at) => {
    one.diary.push(at);
    if (at === 'two') return;
    reached.resolve();
    await new Promise((_resolve, reject) => closing.addEventListener('abort', () => reject(closing.reason)));
  });
  await one.tasks.start();
  const { id } = await one.enqueue();
  await reached.promise;
  await two.tasks.start();
  await one.tasks.close();
  expect((await end(id)).state).toBe('succeeded');
  expect(one.diary).toEqual(['one', 'two']);
});

test('one that is frozen in the middle of a step loses it after its lease, and commits and orders nothing', async () => {
  await one.close();
  // It renews nothing, as if its process stood still.
  one = await TaskFixture.open({ times: { now, everyMs: 3600_000 } });
  await two.close({ keep: true });
  two = await one.another('two', { now, everyMs: 5 });
  const [reached, opened, over] = [
    Promise.withResolvers<TaskRun<unknown>>(),
    Promise.withResolvers<void>(),
    Promise.withResolvers<void>(),
  ];
  const commit = (at: string) => async (trx: Transaction) => two.noteCommit(trx, `commit at ${at}`);
  const last = (at: string) => one.note('last', { run: async () => one.diary.push(`last at ${at}`) });
  one.define([
    one.note('first', {
      run: async (task) => {
        reached.resolve(task);
        await opened.promise;
      },
      // Runs in the transaction that is refused.
      commit: async (trx, task) => {
        await one.events.record(trx, task.context, {
          type: 'port.create.end',
          resourceId: 's',
          projectId: 'p',
        });
      },
      undo: async () => over.reject(new Error('what another does is not taken back')),
    }),
    last('one'),
  ]);
  two.define([two.note('first', { commit: commit('two') }), last('two')]);
  await one.tasks.start();
  const { id } = await one.enqueue();
  const frozen = await reached.promise;
  await two.tasks.start();
  expect(await frozen.isOwned()).toBe(true);

  time += 2 * MINUTE;
  expect((await end(id)).state).toBe('succeeded');
  // Hosts that ask whether its order is wanted are told that it is not.
  expect(await frozen.isOwned()).toBe(false);
  frozen.closing.addEventListener('abort', () => over.resolve());
  opened.resolve();
  await within('the end of what was frozen', over.promise);
  expect(one.diary).toEqual(['run first', 'commit at two', 'last at two']);
  expect(await one.events.list({ limit: 9, visibleTo: 'all' })).toEqual([]);
  expect((await one.tasks.find(id))?.state).toBe('succeeded');
});

test('a lease that was lost fires `closing` at the next renewal, not the signal that stops hosts', async () => {
  const [reached, stopped] = [Promise.withResolvers<void>(), Promise.withResolvers<boolean>()];
  defineAtBoth(async ({ signal, closing }, at) => {
    one.diary.push(at);
    if (at === 'two') return;
    closing.addEventListener('abort', () => stopped.resolve(signal.aborted));
    reached.resolve();
    await stopped.promise;
  });
  await one.tasks.start();
  const { id } = await one.enqueue();
  await reached.promise;
  // As the other controller does it when the lease has run out, a moment before it is renewed.
  await two.database.transaction((trx) => trx.updateTable('task').set({ owner: null }).where('id', '=', id).execute());
  await two.tasks.start();
  expect(await within('the loss', stopped.promise)).toBe(false);
  expect((await end(id)).state).toBe('succeeded');
});

test('while it lives, a controller keeps what it does', async () => {
  const [reached, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  defineAtBoth(async (_task, at) => {
    one.diary.push(at);
    reached.resolve();
    await opened.promise;
  });
  await one.tasks.start();
  const { id } = await one.enqueue();
  await reached.promise;
  await two.tasks.start();
  // In steps that a renewal fits between.
  for (let step = 0; step < 10; step++) {
    const until = new Date(time + 25_000).toISOString();
    await expect
      .poll(async () => {
        const leases = await two.database.query.selectFrom('task_owner').selectAll().execute();
        return leases.some(({ lease_until }) => lease_until > until);
      })
      .toBe(true);
    time += 10_000;
  }
  opened.resolve();
  expect((await end(id)).state).toBe('succeeded');
  expect(one.diary).toEqual(['one']);
});

test('housekeeping is done when its time has come, at one of the controllers, and shown to nobody', async () => {
  await one.close();
  one = await TaskFixture.open({ times: { now, everyMs: 5, quietMs: 0 } });
  await two.close({ keep: true });
  two = await one.another('two', { now, everyMs: 5, quietMs: 0 });
  const told: string[] = [];
  const failures = ['the disk is full'];
  for (const fixture of [one, two]) {
    fixture.events.onTask(({ kind }) => told.push(kind));
    fixture.tasks.define(
      housekeeping('thing.tidy', '1 d', async () => {
        one.diary.push(`tidied on day ${Math.floor((time - begun) / DAY)}`);
        const failure = time === begun ? undefined : failures.shift();
        if (failure !== undefined) throw new Error(failure);
      }),
    );
  }
  const begun = time;
  const waitsUntil = async (then: number) => {
    const due = new Date(then).toISOString();
    await expect
      .poll(async () => {
        const rows = await one.database.query.selectFrom('task').selectAll().where('id', '=', 'thing.tidy').execute();
        return rows.map(({ not_before, owner }) => [not_before, owner]);
      })
      .toEqual([[due, null]]);
  };
  await startBoth();
  await waitsUntil(begun + DAY);
  await one.restart();
  time += DAY;
  // It fails, and is done again within the hour.
  await waitsUntil(time + DAY / 24);
  time += DAY / 24;
  await waitsUntil(time + DAY);
  expect(one.diary).toEqual(['tidied on day 0', 'tidied on day 1', 'tidied on day 1']);
  expect(told).toEqual([]);
  expect(await one.tasks.list({ visibleTo: 'all', limit: 9 })).toEqual([]);
  expect(await one.tasks.find('thing.tidy')).toBeUndefined();
  await expect(one.tasks.cancel('thing.tidy')).rejects.toMatchObject({ code: 'not_found' });
});

test('steps may depend on the arguments, and on those only', async () => {
  const when = (args: unknown) => args === 'with volumes';
  const steps = [one.note('schedule'), one.note('volumes', { when }), one.note('spawn')];
  one.define(steps);
  await one.tasks.start();
  const [without, withThem] = [await one.enqueue('a', 'plain'), await one.enqueue('b', 'with volumes')];
  expect(states(await one.end(without.id))).toEqual(['schedule done', 'spawn done']);
  expect(states(await one.end(withThem.id))).toEqual(['schedule done', 'volumes done', 'spawn done']);
  expect(one.diary.filter((line) => line === 'run volumes')).toHaveLength(1);
});
