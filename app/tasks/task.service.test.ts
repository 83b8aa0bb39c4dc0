import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { OperationalError, UserError } from '../contract/errors.ts';
import { step, type TaskRun } from './task.definition.ts';
import { type AnyStep, fails, states, TaskFixture } from './task.fixture.ts';
import { TaskRepository } from './task.repository.ts';
import type { Memo } from './task.tables.ts';

let fixture: TaskFixture;

beforeEach(async () => {
  fixture = await TaskFixture.open();
});

afterEach(async () => {
  await fixture.close();
});

test('steps run in order; what one gives goes to its commit, memos and arguments to all', async () => {
  const seen: string[] = [];
  fixture.events.onTask((task) => seen.push(`${task.state}: ${states(task).join(', ')}`));
  fixture.define([
    step<unknown, Memo, number>({
      name: 'first',
      run: async () => 42,
      commit: async (trx, _task, result) => {
        fixture.noteCommit(trx, `committed ${result}`);
        return { host: 'h' };
      },
    }),
    fixture.note('second', { run: async (task) => fixture.diary.push(JSON.stringify([task.args, task.memo])) }),
  ]);
  const task = await fixture.runOne({ size: 3 });
  expect(fixture.diary).toEqual(['committed 42', '[{"size":3},{"host":"h"}]']);
  expect(seen).toEqual([
    'pending: first pending, second pending',
    'running: first running, second pending',
    'running: first done, second running',
    'succeeded: first done, second done',
  ]);
  expect(task).toMatchObject({ state: 'succeeded', error: null, progress: null, projectId: 'p' });
  expect(await fixture.tasks.find(task.id)).toEqual(task);
});

test('a commit whose transaction runs again adds to the memo once', async () => {
  const { database } = fixture;
  const transaction = database.transaction.bind(database);
  // As PostgreSQL does it to one of two that meet.
  vi.spyOn(database, 'transaction').mockImplementation(async (work) => {
    const first = transaction(async (trx) => {
      await work(trx);
      throw new Error('could not serialize access');
    });
    await expect(first).rejects.toThrow('could not serialize');
    return await transaction(work);
  });
  const add = (name: string) =>
    fixture.note(name, { commit: async (_trx, task) => ({ count: Number(task.memo.count ?? 0) + 1 }) });
  fixture.define([
    add('first'),
    add('second'),
    fixture.note('third', { run: async ({ memo }) => fixture.diary.push(`count ${memo.count}`) }),
  ]);
  expect((await fixture.runOne()).state).toBe('succeeded');
  expect(fixture.diary).toEqual(['run first', 'run second', 'count 2']);
});

/** A step that only changes the database. */
function change(name: string, more: Partial<AnyStep> = {}): AnyStep {
  const { run: _run, ...step } = fixture.note(name, {
    commit: async (trx) => {
      fixture.noteCommit(trx, `commit ${name}`);
      return { [name]: true };
    },
    ...more,
  });
  return step;
}

test('a step without effects outside is stored with the one before it, and people see it begin all the same', async () => {
  const seen: string[] = [];
  fixture.events.onTask((task) => seen.push(states(task).join(', ')));
  fixture.define([
    fixture.note('first'),
    change('second', {
      commit: async (trx, task) => {
        fixture.noteCommit(trx, `commit second of ${await fixture.tasks.find(task.id).catch(() => 'one transaction')}`);
        return { second: true };
      },
    }),
    change('third', {
      commit: async (trx, { memo }) => fixture.noteCommit(trx, `commit third after ${JSON.stringify(memo)}`),
    }),
    fixture.note('fourth', { run: async ({ memo }) => fixture.diary.push(`run fourth after ${JSON.stringify(memo)}`) }),
    change('fifth', { when: () => false }),
    change('sixth'),
  ]);
  const begun = vi.spyOn(fixture.database, 'transaction');
  expect((await fixture.runOne()).state).toBe('succeeded');
  expect(fixture.diary).toEqual([
    'run first',
    'commit second of one transaction',
    'commit third after {"second":true}',
    'run fourth after {"second":true}',
    'commit sixth',
  ]);
  // The last two of them; those before give back what others left, make the lines and store the wish.
  expect(begun.mock.calls.length).toBeLessThanOrEqual(6);
  const running = seen.flatMap((all) => all.split(', ').filter((one) => one.endsWith('running')));
  expect(running).toEqual(['first running', 'second running', 'third running', 'fourth running', 'sixth running']);
});

test('where one that is stored with another fails, what went before is done and it is the one that failed', async () => {
  fixture.define([
    fixture.note('first', { commit: async (trx) => fixture.noteCommit(trx, 'commit first') }),
    change('second'),
    change('third', {
      commit: async () => {
        throw new UserError('conflict', 'Somebody else has it.');
      },
    }),
  ]);
  const task = await fixture.runOne();
  expect(fixture.diary).toEqual([
    ...['run first', 'commit first', 'commit second'],
    ...['undo third', 'undo second', 'undo first'],
  ]);
  expect(states(task)).toEqual(['first undone', 'second undone', 'third failed']);
  expect(task).toMatchObject({ state: 'failed', error: { code: 'conflict', message: 'Somebody else has it.' } });
});

test.each(['here', 'at another controller'])(
  'a task that is to stop stops before them, asked for %s',
  async (where) => {
    const { database } = fixture;
    fixture.define([
      fixture.note('first', {
        run: async ({ id }) => {
          if (where === 'here') await fixture.tasks.cancel(id);
          else await database.transaction((trx) => new TaskRepository(database).requestAbort(trx, id));
        },
      }),
      change('second'),
    ]);
    const task = await fixture.runOne();
    // One that was only begun is undone too.
    expect(fixture.diary).toEqual(['undo second', 'undo first']);
    expect(states(task)).toEqual(['first undone', 'second failed']);
    expect(task.state).toBe('cancelled');
  },
);

test('a commit that fails keeps nothing of itself, and its step and those before it are undone in reverse', async () => {
  fixture.define([
    fixture.note('first'),
    fixture.note('second', {
      commit: async (trx) => {
        await fixture.events.record(trx, fixture.context, {
          type: 'port.create.end',
          resourceId: 's',
          projectId: 'p',
        });
        throw new UserError('conflict', 'Somebody else has it.');
      },
    }),
    fixture.note('third'),
  ]);
  const task = await fixture.runOne();
  expect(fixture.diary).toEqual(['run first', 'run second', 'undo second', 'undo first']);
  expect(states(task)).toEqual(['first undone', 'second failed', 'third pending']);
  expect(task).toMatchObject({ state: 'failed', error: { code: 'conflict', message: 'Somebody else has it.' } });
  expect(await fixture.events.list({ limit: 10, visibleTo: 'all' })).toEqual([]);
});

test('a step whose end cannot be recorded runs again: nothing counts that is not stored', async () => {
  let attempts = 0;
  let failures = 0;
  fixture.database.beforeCommit(async () => {
    if (failures > 0 && failures-- > 0) throw new OperationalError('disk_full', 'controller', 'no room');
  });
  fixture.define([
    fixture.note('only', {
      run: async () => {
        // Neither the end of the step nor its failure.
        if (++attempts === 1) failures = 2;
      },
    }),
  ]);
  expect(await fixture.runOne()).toMatchObject({ state: 'succeeded', error: null });
  expect(attempts).toBe(2);
});

test('an undo that fails is tried until it works; what is undone already is not undone twice', async () => {
  let failures = 3;
  fixture.define([
    fixture.note('first', {
      undo: async () => {
        fixture.diary.push('undo first');
        if (failures-- > 0) throw new OperationalError('unavailable', 'agent', 'the host is away');
      },
    }),
    fixture.note('second'),
    fixture.note('third', { run: fails(), undo: undefined }),
  ]);
  const task = await fixture.runOne();
  expect(task.state).toBe('failed');
  expect(fixture.diary).toEqual([
    'run first',
    'run second',
    'undo second',
    'undo first',
    'undo first',
    'undo first',
    'undo first',
  ]);
});

test('onFailed may ask to start again, and its hook runs in the transaction that ends the task', async () => {
  let attempt = 0;
  fixture.define(
    [
      fixture.note('choose'),
      fixture.note('spawn', { run: async () => (++attempt < 3 ? fails(`host ${attempt}`)() : 'ok') }),
    ],
    {
      onFailed: async (_task, error) => {
        fixture.diary.push(error.message);
        return { retry: {} };
      },
    },
  );
  expect((await fixture.runOne()).state).toBe('succeeded');
  expect(fixture.diary).toEqual([
    ...['run choose', 'undo spawn', 'undo choose', 'host 1'],
    ...['run choose', 'undo spawn', 'undo choose', 'host 2'],
    'run choose',
  ]);
});

test('the hook of onFailed is kept together with the end of the task', async () => {
  fixture.define([fixture.note('only', { run: fails('broken') })], {
    onFailed: async (task, error) => async (trx) =>
      fixture.events.record(trx, task.context, {
        type: 'port.delete.end',
        resourceId: 's',
        projectId: 'p',
        payload: { message: error.message },
      }),
  });
  expect(await fixture.runOne()).toMatchObject({ state: 'failed', error: { code: 'disk_full', origin: 'agent' } });
  expect(await fixture.events.list({ limit: 9, visibleTo: 'all' })).toMatchObject([
    { type: 'port.delete.end', payload: { message: 'broken' } },
  ]);
});

test('an onFailed that throws is asked again', async () => {
  let asked = 0;
  fixture.define([fixture.note('only', { run: fails() })], {
    onFailed: async () => {
      if (++asked < 3) throw new Error('not now');
      return async (trx) => fixture.noteCommit(trx, 'ended');
    },
  });
  expect((await fixture.runOne()).state).toBe('failed');
  expect(fixture.diary).toEqual(['undo only', 'undo only', 'undo only', 'ended']);
});

test('one task at a time per subject, different subjects side by side', async () => {
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const begun = new Map<string, PromiseWithResolvers<void>>();
  for (const name of ['a1', 'a2', 'b1']) {
    gates.set(name, Promise.withResolvers());
    begun.set(name, Promise.withResolvers());
  }
  fixture.define([
    fixture.note('work', {
      run: async (task: TaskRun<unknown>) => {
        const name = String(task.args);
        fixture.diary.push(`begin ${name}`);
        begun.get(name)?.resolve();
        await gates.get(name)?.promise;
        fixture.diary.push(`end ${name}`);
      },
    }),
  ]);
  await fixture.tasks.start();
  const [a1, a2, b1] = [
    await fixture.enqueue('a', 'a1'),
    await fixture.enqueue('a', 'a2'),
    await fixture.enqueue('b', 'b1'),
  ];
  await Promise.all([begun.get('a1')?.promise, begun.get('b1')?.promise]);
  expect(await fixture.database.transaction((trx) => fixture.tasks.unfinishedOf(trx, 'a'))).toEqual([
    { id: a1.id, kind: 'thing.make' },
    { id: a2.id, kind: 'thing.make' },
  ]);
  gates.get('b1')?.resolve();
  await fixture.end(b1.id);
  gates.get('a1')?.resolve();
  gates.get('a2')?.resolve();
  await fixture.end(a2.id);
  expect(fixture.diary.filter((line) => line.includes('a'))).toEqual(['begin a1', 'end a1', 'begin a2', 'end a2']);
  expect(fixture.diary.indexOf('end b1')).toBeLessThan(fixture.diary.indexOf('end a1'));
});

test('a task of a transaction that is rolled back never was', async () => {
  fixture.define([fixture.note('only')]);
  await fixture.tasks.start();
  const failing = fixture.database.transaction(async (trx) => {
    await fixture.tasks.enqueue(trx, fixture.context, {
      kind: 'thing.make',
      subject: { type: 'thing', id: 's', name: null },
      projectId: 'p',
      args: {},
    });
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await fixture.tasks.list({ visibleTo: 'all', limit: 10 })).toEqual([]);
  expect((await fixture.end((await fixture.enqueue()).id)).state).toBe('succeeded');
  expect(fixture.diary).toEqual(['run only']);
});

test('definitions must have steps with different names and be made once', () => {
  fixture.define([fixture.note('a')]);
  expect(() => fixture.define([fixture.note('a')])).toThrow('one definition');
  expect(() => fixture.define([], { kind: 'thing.empty' })).toThrow('needs steps');
  expect(() => fixture.define([fixture.note('a'), fixture.note('a')], { kind: 'thing.twice' })).toThrow(
    'names of their own',
  );
  expect(fixture.tasks.failPoints()).toEqual(['thing.make.a.before', 'thing.make.a.after']);
});

test('so many tasks of a kind run at a time; others wait, but not one that is to stop', async () => {
  let running = 0;
  const full = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  fixture.define([
    fixture.note('work', {
      run: async ({ signal }) => {
        signal.throwIfAborted();
        running += 1;
        if (running === 64) full.resolve();
        await goOn.promise;
      },
    }),
  ]);
  await fixture.tasks.start();
  const tasks = [];
  for (let subject = 0; subject < 70; subject++) tasks.push(await fixture.enqueue(`s${subject}`));
  await full.promise;
  await fixture.tasks.cancel(tasks[66]?.id ?? '');
  expect((await fixture.end(tasks[66]?.id ?? '')).state).toBe('cancelled');
  expect(running).toBe(64);
  goOn.resolve();
  const ended = await Promise.all(tasks.map(({ id }) => fixture.end(id)));
  expect(ended.filter(({ state }) => state === 'succeeded')).toHaveLength(69);
  expect(running).toBe(69);
});
