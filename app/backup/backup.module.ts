import type { Logger } from 'pino';
import type { DatabaseSettings } from '../database/database.settings.ts';
import type { Database } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import { defineModule } from '../module.ts';
import { ADMIN, cloudRules } from '../policy/base.policy.ts';
import type { TaskService } from '../tasks/task.service.ts';
import { backupRoutes } from './backup.routes.ts';
import { BackupService } from './backup.service.ts';

interface Needs {
  dataDir: string;
  database: Database;
  databaseSettings: DatabaseSettings | undefined;
  events: EventService;
  tasks: TaskService;
  log: Logger;
}

export const backupModule = defineModule({
  name: 'backup',
  rules: cloudRules(ADMIN, ['v1:backups:create', 'v1:backups:delete', 'v1:backups:download', 'v1:backups:list']),
  make: ({ dataDir, database, databaseSettings, events, tasks, log }: Needs) => ({
    backups: new BackupService({ dataDir, database, settings: databaseSettings, events, tasks, log }),
  }),
  v1: ({ backups }) => backupRoutes(backups),
  close: ({ backups }) => backups.close(),
});
