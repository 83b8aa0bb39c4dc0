import { z } from 'zod';
import { type RouteDefinition, route } from '../http/route.ts';
import { serverIdOf } from './server.routes.ts';
import type { ServerService } from './server.service.ts';

/**
 * `/servers/{id}/os-server-password`: what a guest has encrypted for its owner and left with the metadata service. Cleared,
 * it may be left again.
 */
export function serverPasswordRoutes({ server }: { server: ServerService }): RouteDefinition[] {
  const path = '/servers/:serverId/os-server-password';
  return [
    route({
      method: 'GET',
      path,
      rule: 'os_compute_api:os-server-password:show',
      answer: z.strictObject({ password: z.string() }),
      handler: async (request) => {
        const { guestPassword } = await server.get(request.context, serverIdOf(request));
        return { password: guestPassword };
      },
    }),
    route({
      method: 'DELETE',
      path,
      rule: 'os_compute_api:os-server-password:clear',
      handler: async (request) =>
        void (await server.update(request.context, serverIdOf(request), { guestPassword: '' })),
    }),
  ];
}
