import pino from 'pino';
import { z } from 'zod';
import { openDatabase } from '../database/testing/migrated-database.ts';
import { EventService } from '../events/event.service.ts';
import { step } from './task.definition.ts';
import { TaskRepository } from './task.repository.ts';
import { TaskService } from './task.service.ts';

/**
 * One of several controllers on a database, in a process of its own: `fork`, with folder, name and length of its lease.
 * It tells its parent what its steps do, and `one` stays in its step until it is told to go on.
 */
const [folder = '', owner = '', leaseMs = ''] = process.argv.slice(2);
const database = await openDatabase(folder);
const events = new EventService(database);
const tasks = new TaskService({
  ...{ database, events, owner, log: pino({ level: 'silent' }), repository: new TaskRepository(database) },
  times: { leaseMs: Number(leaseMs), everyMs: Number(leaseMs) / 10 },
});

function tell(what: string): void {
  process.send?.(what);
}

tasks.define({
  kind: 'thing.make',
  args: z.unknown(),
  cancellable: false,
  steps: [
    step({
      name: 'work',
      run: async (task) => {
        task.closing.addEventListener('abort', () => tell('lost'));
        tell('begun');
        if (owner === 'one') await new Promise((resolve) => process.once('message', resolve));
        tell(`owned: ${await task.isOwned()}`);
      },
      commit: async (trx, task) =>
        events.record(trx, task.context, {
          type: 'port.create.end',
          resourceId: 's',
          projectId: 'p',
          payload: { owner },
        }),
      undo: async () => tell('undone'),
    }),
  ],
});
events.onTask((task) => {
  if (task.finishedAt !== null) tell(task.state);
});
process.once('disconnect', () => process.exit(0));
await tasks.start();
