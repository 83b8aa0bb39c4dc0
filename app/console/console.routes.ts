import type { FastifyRequest } from 'fastify';
import type { Edge } from '../http/edge.ts';
import { requireWebSocket } from '../http/web-socket.ts';
import type { ConsoleService } from './console.service.ts';

type ConsoleRequest = FastifyRequest<{ Querystring: { token?: string } }>;

/** `GET /console/websocket?token=`: the token in the address is all it takes, as with Nova's console proxies. */
export function registerConsoleRoutes({ fastify }: Edge, { consoles }: { consoles: ConsoleService }): void {
  fastify.get<{ Querystring: { token?: string } }>(
    '/console/websocket',
    { websocket: true, onRequest: requireWebSocket },
    async (socket, request: ConsoleRequest) => await consoles.connect(socket, request.query.token ?? '', request.id),
  );
}
