import type { FastifyRequest } from 'fastify';

/** `X-Auth-Token`, or the sub-protocol `token.<token>` of a WebSocket: browsers cannot give those a header. */
export function tokenOf(request: FastifyRequest): string | null {
  const header = request.headers['x-auth-token'];
  if (typeof header === 'string' && header !== '') return header;
  const offered = request.headers['sec-websocket-protocol'] ?? '';
  const protocol = offered.split(',').find((name) => name.trim().startsWith('token.'));
  return protocol ? protocol.trim().slice('token.'.length) : null;
}
