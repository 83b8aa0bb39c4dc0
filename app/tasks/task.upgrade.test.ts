import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AnyStep, fails, states, TaskFixture } from './task.fixture.ts';

let fixture: TaskFixture;

beforeEach(async () => {
  fixture = await TaskFixture.open();
});

afterEach(async () => {
  await fixture.close();
});

/** A task that stands at `place` of the old steps when the old controller stops. */
async function waitingAt(place: string, names: string[]): Promise<string> {
  const reached = Promise.withResolvers<void>();
  const stay = () => new Promise<void>(() => reached.resolve());
  fixture.define(names.map((name) => fixture.note(name, name === place ? { run: stay } : {})));
  await fixture.tasks.start();
  const { id } = await fixture.enqueue();
  await reached.promise;
  await fixture.restart();
  return id;
}

const noted = (...names: string[]) => names.map((name) => fixture.note(name));

test.for([
  {
    where: 'before the one it stands at',
    steps: ['schedule', 'volumes', 'ports', 'spawn'],
    runs: ['volumes', 'ports'],
  },
  { where: 'before one that was done', steps: ['volumes', 'schedule', 'ports', 'spawn'], runs: ['volumes', 'ports'] },
  { where: 'after it', steps: ['schedule', 'ports', 'volumes', 'spawn'], runs: ['ports', 'volumes'] },
])('a step put $where runs, and none runs twice', async ({ steps, runs }) => {
  const id = await waitingAt('ports', ['schedule', 'ports', 'spawn']);
  fixture.define(noted(...steps));
  await fixture.tasks.start();
  const task = await fixture.end(id);
  expect(task).toMatchObject({ state: 'succeeded', error: null });
  expect(states(task)).toEqual(steps.map((name) => `${name} done`));
  expect(fixture.diary).toEqual(['run schedule', ...runs.map((name) => `run ${name}`), 'run spawn']);
});

test('where a new step fails, what was begun and done is taken back', async () => {
  const id = await waitingAt('ports', ['schedule', 'ports', 'spawn']);
  fixture.define([
    fixture.note('schedule'),
    fixture.note('volumes', { run: fails('no room') }),
    ...noted('ports', 'spawn'),
  ]);
  await fixture.tasks.start();
  const task = await fixture.end(id);
  expect(task).toMatchObject({ state: 'failed', error: { message: 'no room' } });
  expect(states(task)).toEqual(['schedule undone', 'volumes failed', 'ports undone', 'spawn pending']);
  expect(fixture.diary).toEqual(['run schedule', 'undo ports', 'undo volumes', 'undo schedule']);
});

test.for([
  { what: 'done', place: 'spawn' },
  { what: 'begun', place: 'ports' },
  { what: 'still to come', place: 'schedule' },
])('a task whose $what step is gone fails with a sentence, and what is known of it is undone', async ({ place }) => {
  const id = await waitingAt(place, ['schedule', 'ports', 'spawn']);
  const before = [...fixture.diary];
  fixture.define(noted('schedule', 'addresses', 'spawn'));
  await fixture.tasks.start();
  const task = await fixture.end(id);
  expect(task).toMatchObject({
    state: 'failed',
    error: { code: 'conflict', message: expect.stringContaining('"ports"'), hint: expect.any(String) },
  });
  const undone = place === 'spawn' ? ['undo spawn', 'undo schedule'] : ['undo schedule'];
  expect(fixture.diary).toEqual([...before, ...undone]);
});

test('what is being taken back when its steps change is taken back as far as they are known', async () => {
  const reached = Promise.withResolvers<void>();
  const stay: AnyStep['undo'] = () => new Promise(() => reached.resolve());
  fixture.define([...noted('schedule', 'ports'), fixture.note('spawn', { run: fails('broken'), undo: stay })]);
  await fixture.tasks.start();
  const { id } = await fixture.enqueue();
  await reached.promise;
  await fixture.restart();
  fixture.define(noted('volumes', 'schedule', 'spawn'));
  await fixture.tasks.start();
  expect(await fixture.end(id)).toMatchObject({ state: 'failed', error: { message: 'broken' } });
  expect(fixture.diary).toEqual(['run schedule', 'run ports', 'undo spawn', 'undo schedule']);
});

test('a definition says what becomes of records of an older version', async () => {
  const id = await waitingAt('spawn', ['schedule', 'ports', 'spawn']);
  const last = fixture.note('spawn', { run: async ({ args, memo }) => fixture.diary.push(`${args} ${memo.host}`) });
  fixture.define([...noted('schedule', 'addresses'), last], {
    version: 2,
    migrate: (record) => {
      for (const step of record.steps) if (step.name === 'ports') step.name = 'addresses';
      record.args = `from ${record.version}`;
      record.memo.host = 'h';
    },
  });
  await fixture.tasks.start();
  expect(states(await fixture.end(id))).toEqual(['schedule done', 'addresses done', 'spawn done']);
  expect(fixture.diary).toEqual(['run schedule', 'run ports', 'from 1 h']);
});

test('a record is brought to another version once', async () => {
  const id = await waitingAt('ports', ['schedule', 'ports']);
  const reached = Promise.withResolvers<void>();
  const define = (run: AnyStep['run']) =>
    fixture.define([...noted('schedule', 'ports'), fixture.note('last', { run })], {
      version: 2,
      migrate: () => void fixture.diary.push('migrate'),
    });
  define(() => new Promise(() => reached.resolve()));
  await fixture.tasks.start();
  await reached.promise;
  await fixture.restart();
  define(async () => fixture.diary.push('run last'));
  await fixture.tasks.start();
  expect((await fixture.end(id)).state).toBe('succeeded');
  expect(fixture.diary).toEqual(['run schedule', 'migrate', 'run ports', 'run last']);
});
