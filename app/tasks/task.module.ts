import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import * as taskLeases from '../database/migrations/0023-task-leases.ts';
import * as tasksOfAKind from '../database/migrations/0035-tasks-of-a-kind.ts';
import type { EventService } from '../events/event.service.ts';
import { defineModule } from '../module.ts';
import { ADMIN, cloudRules, MEMBER, READER } from '../policy/base.policy.ts';
import { TaskRepository } from './task.repository.ts';
import { taskRoutes } from './task.routes.ts';
import { TaskService } from './task.service.ts';

interface Needs {
  database: Database;
  events: EventService;
  limits: { tasks: number };
  ownerId: string;
  log: Logger;
}

export const taskModule = defineModule({
  name: 'tasks',
  migrations: { '0023-task-leases': taskLeases, '0035-tasks-of-a-kind': tasksOfAKind },
  rules: [
    ...cloudRules(READER, ['v1:tasks:list', 'v1:tasks:show']),
    ...cloudRules(MEMBER, ['v1:tasks:cancel']),
    ...cloudRules(ADMIN, ['v1:tasks:list:all_projects']),
  ],
  make: ({ database, events, limits, ownerId, log }: Needs) => ({
    tasks: new TaskService({
      ...{ database, events, limits, log },
      repository: new TaskRepository(database),
      owner: ownerId,
    }),
  }),
  v1: ({ tasks }) => taskRoutes(tasks),
  start: ({ tasks }) => tasks.start(),
  stop: ({ tasks }) => tasks.close(),
});
