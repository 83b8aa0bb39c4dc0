import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TaskView } from '../contract/task.ts';
import { type AnyStep, TaskFixture } from './task.fixture.ts';

const THINGS = ['server', 'volume', 'network'] as const;

const at = fc.constantFrom(0, 1);
const happening = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ what: fc.constant('ask'), at, about: fc.subarray([...THINGS], { minLength: 1 }) }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('cancel'), at, which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('restart'), at }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('freeze'), at }) },
);

/** Each holds for two controllers, whatever is asked, cancelled, restarted and frozen meanwhile. */
test('work is kept once or not at all, and in the order of its asking about each thing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 5, maxLength: 25 }), async (happenings) => {
      let time = Date.now();
      const times = { now: () => time, everyMs: 2, quietMs: 0 };
      const one = await TaskFixture.open({ times });
      const two = await one.another('two', times);
      const asked: { task: TaskView; about: readonly string[] }[] = [];
      const steps = (fixture: TaskFixture): AnyStep[] => [
        fixture.note('work', {
          run: () => new Promise(setImmediate),
          commit: async (trx, task) => {
            const event = { type: 'port.create.end', resourceId: task.id, projectId: 'p' } as const;
            await fixture.events.record(trx, task.context, event);
          },
        }),
        fixture.note('rest', { run: () => new Promise(setImmediate) }),
      ];
      try {
        for (const fixture of [one, two]) {
          fixture.define(steps(fixture));
          await fixture.tasks.start();
        }
        for (const each of happenings) {
          const fixture = each.at === 0 ? one : two;
          if (each.what === 'ask' && 'about' in each) {
            const [first = '', ...others] = each.about;
            const also = others.map((id) => ({ type: 'thing', id }));
            asked.push({ task: await fixture.enqueue(first, {}, also), about: each.about });
          } else if (each.what === 'cancel' && 'which' in each) {
            const task = asked[each.which % Math.max(1, asked.length)]?.task;
            if (task) await fixture.tasks.cancel(task.id).catch(() => undefined);
          } else if (each.what === 'restart') {
            await fixture.restart();
            fixture.define(steps(fixture));
            await fixture.tasks.start();
          } else {
            // Two minutes in which nobody renews: whoever looks first takes what the other has.
            time += 120_000;
          }
        }
        await expect
          .poll(() =>
            one.database.query
              .selectFrom('task')
              .select('id')
              .whereRef('id', '!=', 'kind')
              .where('finished_at', 'is', null)
              .execute(),
          )
          .toEqual([]);
        const done = (await one.events.list({ after: 0, limit: 1000, visibleTo: 'all' })).map(
          ({ resource }) => resource.id,
        );
        const cancelled = new Set<string>();
        for (const { task } of asked) {
          const record = await one.tasks.find(task.id);
          expect(['succeeded', 'cancelled']).toContain(record?.state);
          if (record?.state === 'cancelled') cancelled.add(task.id);
          else expect(done.filter((id) => id === task.id)).toHaveLength(1);
        }
        for (const thing of THINGS) {
          const inLine = asked.filter(({ about }) => about.includes(thing)).map(({ task }) => task.id);
          const counts = (id: string) => inLine.includes(id) && !cancelled.has(id);
          expect(done.filter(counts)).toEqual(inLine.filter(counts));
        }
        expect(await one.database.query.selectFrom('task_hold').selectAll().execute()).toEqual([]);
      } finally {
        await two.close({ keep: true });
        await one.close();
      }
    }),
    { numRuns: 12 },
  );
});
