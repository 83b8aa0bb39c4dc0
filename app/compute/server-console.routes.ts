import { z } from 'zod';
import { type ConsoleType, consoleTypeSchema, REMOTE_CONSOLES } from '../contract/console.ts';
import { UserError } from '../contract/errors.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { ConsoleAccess } from './collaborators.ts';
import { serverIdOf } from './server.routes.ts';
import type { ServerService } from './server.service.ts';
import { consoleTarget } from './server.state.ts';
import { remoteConsoleAnswer } from './server-parts.schema.ts';

const body = z.strictObject({
  remote_console: z.strictObject({
    protocol: z.enum(['vnc', 'spice', 'rdp', 'serial', 'mks']),
    type: z.enum(['novnc', 'xvpvnc', 'rdp-html5', 'spice-html5', 'serial', 'webmks']),
  }),
});

/** `POST /servers/{id}/remote-consoles`: a link to the screen or the serial line. */
export function serverConsoleRoutes(parts: { server: ServerService; consoles: ConsoleAccess }): RouteDefinition[] {
  return [
    route({
      method: 'POST',
      path: '/servers/:serverId/remote-consoles',
      rule: 'os_compute_api:os-remote-consoles',
      since: 6,
      body,
      answer: remoteConsoleAnswer,
      handler: async (request) => {
        const { protocol, type } = request.body.remote_console;
        const kind = kindOf(protocol, type);
        const server = await parts.server.get(request.context, serverIdOf(request));
        const { url } = await parts.consoles.create(request.context, consoleTarget(server), kind, request.origin);
        return { remote_console: { protocol, type, url } };
      },
    }),
  ];
}

function kindOf(protocol: string, type: string): ConsoleType {
  const [kind] = consoleTypeSchema.options.filter((each) => {
    return REMOTE_CONSOLES[each].protocol === protocol && REMOTE_CONSOLES[each].type === type;
  });
  if (kind) return kind;
  throw new UserError('bad_request', `Unavailable console type ${type}.`, {
    field: 'remote_console.type',
    hint: 'There are vnc with novnc, spice with spice-html5, and serial with serial.',
  });
}
