import type { FastifyReply, FastifyRequest } from 'fastify';
import { UserError } from '../contract/errors.ts';

/** For what is a WebSocket and nothing else. */
export async function requireWebSocket(request: FastifyRequest): Promise<void> {
  if (request.ws) return;
  throw new UserError('bad_request', 'This is a WebSocket: the request must ask for the upgrade.');
}

/** For what is none. A connection on which an upgrade was asked for serves nothing after that, which its client is told. */
export function refuseWebSocket(request: FastifyRequest, reply: FastifyReply): void {
  if (!request.ws) return;
  reply.header('connection', 'close');
  throw new UserError('bad_request', 'There is no WebSocket here.');
}
