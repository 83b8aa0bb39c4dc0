import { createReadStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { UserError } from '../contract/errors.ts';
import { byteRange } from '../http/byte-range.ts';
import type { Edge } from '../http/edge.ts';
import { requireWebSocket } from '../http/web-socket.ts';
import type { AgentSecret } from './agent-secret.ts';
import type { Hub } from './hub.ts';
import type { StreamBroker } from './stream-broker.ts';

export interface BusRouteParts {
  hub: Hub;
  streams: StreamBroker;
  secret: AgentSecret;
  /** Where the bytes of an image are; throws `not_found`. */
  storedImage: (imageId: string) => Promise<{ path: string; size: number; sha512: string }>;
  /** Takes the bytes of an image that waits for them; throws `not_found`. */
  takeImage: (
    imageId: string,
    source: IncomingMessage,
    declared: { bytes: number | undefined; sha512: () => string | undefined },
  ) => Promise<void>;
}

/** What agents dial: see contract/controller.methods.ts. */
export function registerBusRoutes({ fastify }: Edge, parts: BusRouteParts): void {
  const { hub, streams, secret, storedImage, takeImage } = parts;
  const preValidation = async (request: FastifyRequest) => {
    if (!secret.matches(request.headers.authorization)) {
      throw new UserError('unauthorized', 'This is for host agents that have joined.');
    }
  };
  fastify.get('/bus', { websocket: true, onRequest: requireWebSocket, preValidation }, (socket) =>
    hub.accept(socket, null),
  );
  fastify.get<{ Params: { streamId: string } }>(
    '/bus/stream/:streamId',
    { websocket: true, onRequest: requireWebSocket, preValidation },
    (socket, request) => streams.arrive(request.params.streamId, socket),
  );
  fastify.get<{ Params: { imageId: string } }>(
    '/bus/images/:imageId',
    { preValidation },
    async (request: FastifyRequest<{ Params: { imageId: string } }>, reply: FastifyReply) => {
      const { path, size, sha512 } = await storedImage(request.params.imageId);
      const range = byteRange(request.headers, size, sha512);
      reply.header('accept-ranges', 'bytes').header('etag', `"${sha512}"`).type('application/octet-stream');
      reply.header('content-length', range.end - range.start + 1);
      if (range.isPartial) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${size}`);
      return reply.send(size === 0 ? '' : createReadStream(path, { start: range.start, end: range.end }));
    },
  );
  fastify.head<{ Params: { imageId: string } }>('/bus/images/:imageId', { preValidation }, async (request, reply) => {
    await storedImage(request.params.imageId);
    return reply.code(200).send();
  });
  fastify.put<{ Params: { imageId: string } }>('/bus/images/:imageId', { preValidation }, async (request, reply) => {
    const { raw, headers } = request;
    const bytes = Number(headers['x-openstack-image-size'] ?? Number.NaN);
    await takeImage(request.params.imageId, raw, {
      bytes: Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : undefined,
      // Behind the bytes, of which the sender knows it only then.
      sha512: () => raw.trailers['x-content-sha512'],
    });
    return reply.code(204).send();
  });
}
