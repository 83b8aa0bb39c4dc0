import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { EventService } from '../events/event.service.ts';
import { step, type TaskDefinition } from '../tasks/task.definition.ts';
import { abandonBackup } from './backup-staging.ts';
import type { BackupThreads } from './backup-thread.ts';

const argsSchema = z.object({
  /** Name of the file. */
  id: z.string(),
  lock: z.object({ recipient: z.string(), keyFile: z.string() }).nullable(),
});
type BackupArgs = z.infer<typeof argsSchema>;

/** `backup.make`: what a restart of the controller breaks off goes on behind the last part that is whole. */
export function backupTask(parts: {
  dataDir: string;
  events: EventService;
  threads: BackupThreads;
  fileOf: (id: string) => string;
}): TaskDefinition<BackupArgs> {
  const { dataDir, events, threads, fileOf } = parts;
  return {
    kind: 'backup.make',
    args: argsSchema,
    cancellable: true,
    steps: [
      step<BackupArgs>({
        name: 'write',
        run: async (task) => {
          const { id, lock } = task.args;
          // Again after a crash: it has its name already.
          if (existsSync(fileOf(id))) return;
          await threads.make(
            { op: 'make', dataDir, file: fileOf(id), lock },
            {
              signal: AbortSignal.any([task.signal, task.closing]),
              onProgress: (done, total) => task.progress({ stage: 'write', done, total, unit: 'bytes' }),
            },
          );
        },
        commit: async (trx, task) => {
          await events.record(trx, task.context, { type: 'backup.create', resourceId: task.args.id, projectId: null });
        },
        undo: async (task) => {
          await rm(fileOf(task.args.id), { force: true });
          await abandonBackup(dataDir, fileOf(task.args.id));
        },
      }),
    ],
  };
}

/** Keeps a checked copy of the database of each of the last seven days, for the day on which the database is damaged. */
export async function keepDailyCopy(
  threads: BackupThreads,
  dataDir: string,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const copy = await threads.copyDaily(dataDir, { signal });
  if (copy !== null) log.info({ copy: copy.path }, 'copied and checked the database');
}
