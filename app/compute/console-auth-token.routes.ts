import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { ConsoleAccess } from './collaborators.ts';

const answer = z.strictObject({
  console: z.strictObject({
    instance_uuid: z.string(),
    host: z.string().nullable(),
    port: z.number().int(),
    internal_access_path: z.string().nullable(),
  }),
});

/**
 * `/os-console-auth-tokens/{token}`: which server a console's link opens and where. Screens are reached through the
 * controller only, so host, port and path are those of its own WebSocket.
 */
export function consoleAuthTokenRoutes({ consoles }: { consoles: ConsoleAccess }): RouteDefinition[] {
  return [
    route({
      method: 'GET',
      path: '/os-console-auth-tokens/:token',
      rule: 'os_compute_api:os-console-auth-tokens',
      answer,
      handler: async ({ params: { token }, version, origin }) => {
        // Until 2.30 it was only for consoles of Hyper-V, which Nova has no longer.
        if (version < 31) {
          throw new UserError('bad_request', 'There is no console of this kind.', {
            hint: 'Ask in microversion 2.31 or later.',
          });
        }
        const serverId = await consoles.serverOf(token);
        if (serverId === undefined) throw new UserError('not_found', 'Token not found');
        const { hostname, port, protocol } = new URL(origin);
        return {
          console: {
            instance_uuid: serverId,
            host: hostname,
            port: Number(port) || (protocol === 'https:' ? 443 : 80),
            internal_access_path: `/console/websocket?token=${encodeURIComponent(token)}`,
          },
        };
      },
    }),
  ];
}
