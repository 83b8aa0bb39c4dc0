import { sql } from 'kysely';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { DatabaseUnavailable } from '../database/database.errors.ts';
import { isOnPostgres } from '../database/testing/postgres-databases.ts';
import { fails, states, TaskFixture } from './task.fixture.ts';
import { TaskRepository } from './task.repository.ts';

let fixture: TaskFixture;

beforeEach(async () => {
  fixture = await TaskFixture.open();
});

afterEach(async () => {
  await fixture.close();
});

/** A promise to wait at, and one that tells that somebody waits. */
function gate() {
  return { reached: Promise.withResolvers<void>(), opened: Promise.withResolvers<void>() };
}

test('a task goes on at the step it was at, with what earlier steps noted', async () => {
  const { reached, opened } = gate();
  const steps = (second: () => Promise<void>) => [
    fixture.note('first', { commit: async () => ({ host: 'h' }) }),
    fixture.note('second', { run: second }),
    fixture.note('third', { run: async (task) => fixture.diary.push(`third on ${task.memo.host}`) }),
  ];
  fixture.define(
    steps(async () => {
      reached.resolve();
      await opened.promise;
    }),
  );
  await fixture.tasks.start();
  const { id } = await fixture.enqueue();
  await reached.promise;
  await fixture.restart();
  // The old service's step ends after the restart: it must not record anything any more.
  opened.resolve();
  fixture.define(steps(async () => void fixture.diary.push('second again')));
  await fixture.tasks.start();
  expect(states(await fixture.end(id))).toEqual(['first done', 'second done', 'third done']);
  expect(fixture.diary).toEqual(['run first', 'second again', 'third on h']);
});

test('undoing goes on after a restart, and what was undone is not undone again', async () => {
  const { reached } = gate();
  fixture.define([
    fixture.note('first', { undo: () => new Promise(() => reached.resolve()) }),
    fixture.note('second'),
    fixture.note('third', { run: fails('the disk is full') }),
  ]);
  await fixture.tasks.start();
  const { id } = await fixture.enqueue();
  await reached.promise;
  await fixture.restart();
  fixture.define([fixture.note('first'), fixture.note('second'), fixture.note('third')]);
  await fixture.tasks.start();
  const task = await fixture.end(id);
  expect(task).toMatchObject({ state: 'failed', error: { code: 'disk_full', message: 'the disk is full' } });
  expect(states(task)).toEqual(['first undone', 'second undone', 'third failed']);
  expect(fixture.diary).toEqual([
    ...['run first', 'run second', 'undo third', 'undo second'],
    // Only what had not been recorded as undone; a begun step has no record of it.
    ...['undo third', 'undo first'],
  ]);
});

test.skipIf(isOnPostgres)('what could not be stored for want of room is stored once there is some', async () => {
  const letGrowTo = async (pages: number) => {
    const limit = sql`PRAGMA max_page_count = ${sql.raw(String(pages))}`;
    await fixture.database.transaction((trx) => limit.execute(trx));
  };
  const leftover = { host: '', kind: 'x', id: 'x', generation: 0, reason: 'x'.repeat(2 ** 20), since: '' };
  fixture.define([
    fixture.note('first', {
      run: async () => {
        const isFirst = fixture.diary.length === 0;
        fixture.diary.push('run first');
        await letGrowTo(isFirst ? 1 : 2 ** 30);
      },
      commit: async (trx) => void (await trx.insertInto('leftover').values(leftover).execute()),
    }),
    fixture.note('second'),
  ]);
  expect(await fixture.runOne()).toMatchObject({ state: 'succeeded', error: null });
  expect(fixture.diary).toEqual(['run first', 'run first', 'run second']);
});

test('a record that cannot be read, after it could not be stored, is read again', async () => {
  const away = new DatabaseUnavailable('unavailable', 'The database cannot be reached.', {});
  const find = vi.spyOn(TaskRepository.prototype, 'find');
  onTestFinished(() => find.mockRestore());
  const { reached, opened } = gate();
  let isAway = true;
  fixture.define([
    fixture.note('first', {
      run: async () => {
        fixture.diary.push('run first');
        reached.resolve();
        await opened.promise;
      },
      commit: async () => {
        if (!isAway) return;
        isAway = false;
        find.mockRejectedValueOnce(away);
        throw away;
      },
    }),
  ]);
  await fixture.tasks.start();
  const { id } = await fixture.enqueue();
  const end = fixture.end(id);
  await reached.promise;
  opened.resolve();
  expect(await end).toMatchObject({ state: 'succeeded' });
  expect(fixture.diary).toEqual(['run first', 'run first']);
});

test('tasks stored before the start wait for it, in their order', async () => {
  fixture.define([fixture.note('only', { run: async ({ args }) => fixture.diary.push(String(args)) })]);
  const ids = [];
  for (const name of ['1', '2', '3']) ids.push((await fixture.enqueue('s', name)).id);
  expect(fixture.diary).toEqual([]);
  await fixture.tasks.start();
  for (const id of ids) await fixture.end(id);
  expect(fixture.diary).toEqual(['1', '2', '3']);
});

test('a task of a kind that is not defined any more is shown, left alone and blocks nobody', async () => {
  fixture.define([fixture.note('only')]);
  const old = await fixture.enqueue();
  await fixture.restart();
  fixture.define([fixture.note('only')], { kind: 'thing.other' });
  await fixture.tasks.start();
  const { id } = await fixture.database.transaction((trx) =>
    fixture.tasks.enqueue(trx, fixture.context, {
      kind: 'thing.other',
      subject: { type: 'thing', id: 's', name: null },
      projectId: 'p',
      args: {},
    }),
  );
  await fixture.end(id);
  expect(await fixture.tasks.find(old.id)).toMatchObject({ state: 'pending', cancellable: false });
});

test('cancel fires the signal of the running step; what it did is taken back', async () => {
  const { reached } = gate();
  fixture.define([
    fixture.note('first'),
    fixture.note('second', {
      run: ({ signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('stopped by the signal')));
          reached.resolve();
        }),
      undo: async ({ signal }) => void fixture.diary.push(`undo second, stopped: ${signal.aborted}`),
    }),
    fixture.note('third'),
  ]);
  await fixture.tasks.start();
  const { id } = await fixture.enqueue();
  await reached.promise;
  const flags: boolean[] = [];
  fixture.events.onTask(({ abortRequested }) => flags.push(abortRequested));
  expect(await fixture.tasks.cancel(id)).toMatchObject({ abortRequested: true });
  expect(await fixture.end(id)).toMatchObject({ state: 'cancelled', abortRequested: true, error: { code: 'aborted' } });
  expect(fixture.diary).toEqual(['run first', 'undo second, stopped: false', 'undo first']);
  expect(new Set(flags)).toEqual(new Set([true]));
  await expect(fixture.tasks.cancel(id)).rejects.toMatchObject({ code: 'conflict' });
});

test('a wish to stop is not forgotten over a restart', async () => {
  const { reached } = gate();
  fixture.define([fixture.note('first'), fixture.note('second', { run: () => new Promise(() => reached.resolve()) })]);
  await fixture.tasks.start();
  const { id } = await fixture.enqueue();
  await reached.promise;
  await fixture.tasks.close();
  await fixture.tasks.cancel(id);
  await fixture.restart();
  fixture.define([fixture.note('first'), fixture.note('second')]);
  await fixture.tasks.start();
  expect((await fixture.end(id)).state).toBe('cancelled');
  expect(fixture.diary).toEqual(['run first', 'undo second', 'undo first']);
});

test('a task that waits behind another is cancelled before it does anything', async () => {
  const { reached, opened } = gate();
  fixture.define([
    fixture.note('only', {
      run: async ({ args }) => {
        fixture.diary.push(`run ${args}`);
        reached.resolve();
        await opened.promise;
      },
      undo: undefined,
    }),
  ]);
  await fixture.tasks.start();
  const one = await fixture.enqueue('s', 'one');
  const two = await fixture.enqueue('s', 'two');
  await reached.promise;
  await fixture.tasks.cancel(two.id);
  opened.resolve();
  expect((await fixture.end(two.id)).state).toBe('cancelled');
  expect((await fixture.end(one.id)).state).toBe('succeeded');
  expect(fixture.diary).toEqual(['run one']);
});

test('requestAbort is part of the decision around it: rolled back with it, stopping with its commit', async () => {
  const { reached, opened } = gate();
  fixture.define([
    fixture.note('only', {
      run: async ({ signal }) => {
        reached.resolve();
        await opened.promise;
        signal.throwIfAborted();
      },
    }),
  ]);
  await fixture.tasks.start();
  const { id } = await fixture.enqueue();
  await reached.promise;
  const failing = fixture.database.transaction(async (trx) => {
    await fixture.tasks.requestAbort(trx, id);
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await fixture.tasks.find(id)).toMatchObject({ abortRequested: false });
  await fixture.database.transaction((trx) => fixture.tasks.requestAbort(trx, id));
  opened.resolve();
  expect((await fixture.end(id)).state).toBe('cancelled');
});

test('work that cannot be cancelled says so; an unknown task is not found', async () => {
  fixture.define([fixture.note('only')], { cancellable: false });
  const { id, cancellable } = await fixture.enqueue();
  expect(cancellable).toBe(false);
  await expect(fixture.tasks.cancel(id)).rejects.toMatchObject({ code: 'conflict', hint: expect.any(String) });
  await expect(fixture.tasks.cancel('nobody')).rejects.toMatchObject({ code: 'not_found' });
});

test('a cancel while onFailed decides is put to it again', async () => {
  const { reached, opened } = gate();
  fixture.define([fixture.note('only', { run: fails('host broken') })], {
    onFailed: async (task, error) => {
      if (task.signal.aborted) return async (trx) => fixture.noteCommit(trx, `ended: ${error.code}`);
      reached.resolve();
      await opened.promise;
      return { retry: {} };
    },
  });
  await fixture.tasks.start();
  const { id } = await fixture.enqueue();
  await reached.promise;
  await fixture.tasks.cancel(id);
  opened.resolve();
  expect((await fixture.end(id)).state).toBe('cancelled');
  expect(fixture.diary).toEqual(['undo only', 'ended: aborted']);
});

test('the stop of the controller fires `closing`, not the signal that reaches hosts', async () => {
  const { reached } = gate();
  const stopped = Promise.withResolvers<boolean>();
  fixture.define([
    fixture.note('download', {
      run: async ({ signal, closing }) => {
        closing.addEventListener('abort', () => stopped.resolve(signal.aborted));
        reached.resolve();
        await stopped.promise;
      },
    }),
  ]);
  await fixture.tasks.start();
  const { id } = await fixture.enqueue();
  await reached.promise;
  await fixture.tasks.close();
  expect(await stopped.promise).toBe(false);
  expect(await fixture.tasks.find(id)).toMatchObject({ state: 'running', abortRequested: false });
});
