import type { Database } from '../database/database.ts';
import type { Edge } from '../http/edge.ts';
import type { Sessions } from '../http/sessions.ts';
import { defineModule } from '../module.ts';
import { ADMIN, cloudRules, READER, rules } from '../policy/base.policy.ts';
import type { PolicyService } from '../policy/policy.service.ts';
import { housekeeping } from '../tasks/task.definition.ts';
import { registerEventRoutes } from './event.routes.ts';
import { EventService } from './event.service.ts';
import { eventLogRoutes } from './event-log.routes.ts';

interface Needs {
  database: Database;
  edge: Edge;
  sessions: Sessions;
  policy: PolicyService;
}

export const eventModule = defineModule({
  name: 'events',
  rules: [
    // Whoever has a token at all; of events they hear what they may see, which may be nothing.
    ...rules({ check: '@' }, ['v1:events']),
    ...cloudRules(READER, ['v1:event_log:list']),
    ...cloudRules(ADMIN, ['v1:event_log:list:all_projects', 'v1:events:all_projects']),
  ],
  make: ({ database }: Needs) => ({ events: new EventService(database) }),
  tasks: ({ events }) => [housekeeping('event.prune', '1 d', () => events.prune())],
  v1: ({ events }) => eventLogRoutes(events),
  sockets: ({ edge, events, sessions, policy }) => registerEventRoutes(edge, { events, sessions, policy }),
});
