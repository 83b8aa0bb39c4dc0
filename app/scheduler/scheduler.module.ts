import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import * as hostRevision from '../database/migrations/0025-host-revision.ts';
import * as zonesAndGroups from '../database/migrations/0027-zones-and-groups.ts';
import * as resizeClaims from '../database/migrations/0046-resize-claims.ts';
import type { EventService } from '../events/event.service.ts';
import { defineModule } from '../module.ts';
import { ADMIN, cloudRules, READER } from '../policy/base.policy.ts';
import { type HostRouteParts, hostRoutes } from './host.routes.ts';
import { SchedulerRepository } from './scheduler.repository.ts';
import { SchedulerService } from './scheduler.service.ts';

interface Needs extends Omit<HostRouteParts, 'scheduler'> {
  database: Database;
  events: EventService;
  log: Logger;
}

export const schedulerModule = defineModule({
  name: 'scheduler',
  migrations: {
    '0025-host-revision': hostRevision,
    '0027-zones-and-groups': zonesAndGroups,
    '0046-resize-claims': resizeClaims,
  },
  rules: [...cloudRules(READER, ['v1:hosts:list', 'v1:hosts:show']), ...cloudRules(ADMIN, ['v1:hosts:measure'])],
  make: ({ database, events, log }: Needs) => ({
    scheduler: new SchedulerService({ database, events, log, repository: new SchedulerRepository(database) }),
  }),
  v1: (parts) => hostRoutes(parts),
  prepare: ({ scheduler }) => scheduler.markAllDown(),
});
