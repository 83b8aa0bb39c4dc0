import { eventLogQuerySchema, eventLogSchema } from '../contract/v1.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { visibleTo } from '../policy/authorization.ts';
import type { EventService } from './event.service.ts';

/** `/v1/event-log`: what has happened, the newest first. */
export function eventLogRoutes(events: EventService): RouteDefinition[] {
  return [
    route({
      method: 'GET',
      path: '/event-log',
      rule: 'v1:event_log:list',
      query: eventLogQuerySchema,
      answer: eventLogSchema,
      handler: async (request) => {
        const { query } = request;
        const visible = visibleTo(request, 'v1:event_log:list:all_projects');
        const list = await events.list({
          ...query,
          withoutRoutine: true,
          limit: query.limit + 1,
          visibleTo: visible,
        });
        const page = list.slice(0, query.limit);
        return { events: page, next: list.length > query.limit ? page.at(-1)?.id : null };
      },
    }),
  ];
}
