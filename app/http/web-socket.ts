import type { FastifyRequest } from 'fastify';
import { UserError } from '../contract/errors.ts';

/** For what is a WebSocket and nothing else. */
export async function requireWebSocket(request: FastifyRequest): Promise<void> {
  if (request.ws) return;
  throw new UserError('bad_request', 'This is a WebSocket: the request must ask for the upgrade.');
}

/** For what is none. */
export function refuseWebSocket(request: FastifyRequest): void {
  if (request.ws) throw new UserError('bad_request', 'There is no WebSocket here.');
}
