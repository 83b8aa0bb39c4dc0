import type { FastifyRequest } from 'fastify';
import type { Edge } from '../http/edge.ts';
import { requireWebSocket } from '../http/web-socket.ts';
import type { ConsoleService } from './console.service.ts';

/** A parameter that is there more than once is a list. */
type ConsoleRequest = FastifyRequest<{ Querystring: { token?: string | string[] } }>;

/** `GET /console/websocket?token=`: the token in the address is all it takes, as with Nova's console proxies. */
export function registerConsoleRoutes({ fastify }: Edge, { consoles }: { consoles: ConsoleService }): void {
  fastify.get<{ Querystring: { token?: string | string[] } }>(
    '/console/websocket',
    { websocket: true, onRequest: requireWebSocket },
    async (socket, { query: { token }, id }: ConsoleRequest) =>
      await consoles.connect(socket, typeof token === 'string' ? token : '', id),
  );
}
