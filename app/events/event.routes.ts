import type { FastifyRequest } from 'fastify';
import type { Context } from '../contract/context.ts';
import type { Edge } from '../http/edge.ts';
import type { Sessions } from '../http/sessions.ts';
import { requireWebSocket } from '../http/web-socket.ts';
import { anonymousContext } from '../policy/authorization.ts';
import type { PolicyService } from '../policy/policy.service.ts';
import type { EventService } from './event.service.ts';
import { type Audience, streamEvents } from './event-socket.ts';

type EventsRequest = FastifyRequest<{ Querystring: { after?: string } }>;

/** `GET /v1/events`: the WebSocket of contract/event.ts; the token comes as sub-protocol `token.<token>`. */
export function registerEventRoutes(
  edge: Edge,
  { events, sessions, policy }: { events: EventService; sessions: Sessions; policy: PolicyService },
): void {
  edge.fastify.get<{ Querystring: { after?: string } }>(
    '/v1/events',
    {
      websocket: true,
      onRequest: requireWebSocket,
      preValidation: async (request: EventsRequest) => {
        policy.enforce((await edge.contextOf(request)) ?? anonymousContext(request.id), 'v1:events');
      },
    },
    async (socket, request: EventsRequest) => {
      const context = await edge.contextOf(request);
      if (context?.session === undefined) return socket.close(4401, 'The sign-in has ended.');
      const audience = audienceOf(policy, context);
      if (!(await sessions.add(context.session, socket, (now) => audienceOf(policy, now) === audience))) return;
      const { after } = request.query;
      await streamEvents(events, socket, audience, /^\d{1,15}$/.test(after ?? '') ? Number(after) : undefined);
    },
  );
}

/** With a token for a domain, or without a role to read by, there is only what concerns everybody. */
function audienceOf(policy: PolicyService, context: Context): Audience {
  if (policy.allows(context, 'v1:events:all_projects')) return 'all';
  return policy.allows(context, 'v1:event_log:list') ? context.projectId : null;
}
