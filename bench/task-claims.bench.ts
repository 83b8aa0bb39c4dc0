// How many tasks a second are claimed and brought to their end: by one controller, and by two processes on one database.
// A task has one step that does nothing, so that what is measured is a claim, an end and what stands around them.
// Then: how long a task waits whose controller was killed, until the other goes on with it.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { TaskFixture } from '../app/tasks/task.fixture.ts';
import { report } from './figure.ts';

const TASKS = 2_000;
const SCRIPT = fileURLToPath(new URL('../app/tasks/controller.fixture.ts', import.meta.url));

for (const count of [1, 2]) {
  const fixture = await TaskFixture.open();
  fixture.tasks.define({ kind: 'thing.make', args: z.unknown(), cancellable: false, steps: [{ name: 'work' }] });
  for (let index = 0; index < TASKS; index++) await fixture.enqueue(`s${index}`);
  const names = ['two', 'three'].slice(0, count);
  const processes = names.map((name) => fork(SCRIPT, [fixture.folder, name, '30000']));
  let ended = 0;
  let begun = Number.POSITIVE_INFINITY;
  const all = Promise.withResolvers<void>();
  for (const child of processes) {
    child.on('message', (what) => {
      begun = Math.min(begun, performance.now());
      if (what === 'succeeded' && ++ended === TASKS) all.resolve();
    });
  }
  await all.promise;
  const value = TASKS / ((performance.now() - begun) / 1000);
  report({
    figure: `tasks claimed and ended a second, ${count} controller${count > 1 ? 's' : ''}`,
    value,
    unit: '1/s',
  });
  for (const child of processes) {
    const exit = once(child, 'exit');
    child.kill();
    await exit;
  }
  await fixture.close();
}

const LEASE_MS = 30_000;
const fixture = await TaskFixture.open();
fixture.tasks.define({ kind: 'thing.make', args: z.unknown(), cancellable: false, steps: [{ name: 'work' }] });
await fixture.enqueue();
const startAtStep = (name: string) => {
  const child = fork(SCRIPT, [fixture.folder, name, String(LEASE_MS)]);
  const isAtStep = new Promise<void>((resolve) => child.on('message', (what) => what === 'begun' && resolve()));
  return { child, isAtStep };
};
const one = startAtStep('one');
await one.isAtStep;
const two = startAtStep('two');
const died = performance.now();
one.child.kill('SIGKILL');
await two.isAtStep;
report({
  figure: 'a killed controller: until its task goes on at another',
  value: (performance.now() - died) / 1000,
  unit: 's',
  peer: 'its lease',
  peerValue: LEASE_MS / 1000,
});
two.child.kill();
await once(two.child, 'exit');
await fixture.close();
