// How many tasks a second are claimed and brought to their end: by one controller, and by two processes on one database.
// A task has one step that does nothing, so that what is measured is a claim, an end and what stands around them.
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
