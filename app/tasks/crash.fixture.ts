import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { z } from 'zod';
import type { EventName } from '../contract/events.ts';
import { openDatabase } from '../database/testing/migrated-database.ts';
import { EventService } from '../events/event.service.ts';
import { systemContext } from '../policy/authorization.ts';
import { step } from './task.definition.ts';
import { TaskRepository } from './task.repository.ts';
import { TaskService } from './task.service.ts';

/** A controller in small, run as a process of its own that is killed: `node crash.fixture.ts <folder>`. */
const folder = process.argv[2] ?? '';
const database = await openDatabase(folder);
const events = new EventService(database);
const repository = new TaskRepository(database);
const log = pino({ level: 'silent' });
const tasks = new TaskService({ database, events, repository, log, owner: 'one' });
const context = systemContext();

function write(line: string): void {
  appendFileSync(join(folder, 'effects'), `${line}\n`);
}

const record = (name: string, type: EventName) =>
  step({
    name,
    run: async () => {
      write(name);
      return type;
    },
    commit: async (trx, _task, result) =>
      events.record(trx, context, { type: result, resourceId: 's', projectId: 'p' }),
  });

tasks.define({
  kind: 'thing.make',
  args: z.unknown(),
  cancellable: false,
  steps: [record('one', 'port.create.end'), record('two', 'port.update.end')],
});

const ended = new Promise<void>((resolve) => {
  events.onTask((task) => {
    if (task.finishedAt !== null) resolve();
  });
});
const isFirstRun = (await tasks.list({ visibleTo: 'all', limit: 1 })).length === 0;
if (isFirstRun) {
  const subject = { type: 'thing', id: 's', name: null };
  await database.transaction((trx) =>
    tasks.enqueue(trx, context, { kind: 'thing.make', subject, projectId: 'p', args: {} }),
  );
}
await tasks.start();
await ended;
await tasks.close();
await database.close();
