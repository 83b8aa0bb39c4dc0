import { type Status, statusSchema } from '../contract/v1.ts';
import { type RouteDefinition, route, type ServiceDefinition } from '../http/route.ts';

/** `/v1`, what OpenStack has no word for: every module has its part of it. */
export function v1Definition(routes: readonly RouteDefinition[]): ServiceDefinition {
  return { name: 'v1', prefix: '/v1', root: '/v1', faults: 'v1', routes };
}

/** `/v1/status`: which controller this is. */
export function statusRoutes(status: Status): RouteDefinition[] {
  return [
    route({
      method: 'GET',
      path: '/status',
      rule: 'v1:status',
      isPublic: true,
      answer: statusSchema,
      handler: async () => status,
    }),
  ];
}
