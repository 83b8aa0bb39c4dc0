import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import { OperationalError, UserError } from '../contract/errors.ts';

/** Milliseconds a client may take. */
export interface Patience {
  /** For a request's headers. */
  headers: number;
  /** For a whole JSON body. */
  body: number;
  /** Between two pieces of a stream, such as an upload, which may take as long as it needs as long as it moves. */
  stream: number;
  /** For running requests and open WebSockets to end when the server stops. */
  stop: number;
}
export const PATIENCE: Patience = { headers: 30_000, body: 30_000, stream: 120_000, stop: 5_000 };

const STREAM = 'application/octet-stream';
const GOING_AWAY = 1001;
/** Seconds until a restarted controller most likely answers again. */
const RETRY_AFTER = 5;

type Fail = (error: unknown, request: FastifyRequest, reply: FastifyReply) => void;

/** Slow clients end with 408, or are cut off in the middle of a stream. */
export function limitSlowClients(fastify: FastifyInstance, patience: Patience, fail: Fail): void {
  limitSlowReaders(fastify, patience);
  fastify.addHook('preParsing', async (request, reply) => {
    const { raw } = request;
    if (raw.complete || raw.headers.upgrade !== undefined) return;
    if (raw.headers['content-type']?.startsWith(STREAM)) {
      const cut = () => raw.destroy();
      raw.socket.setTimeout(patience.stream, cut);
      raw.once('close', () => {
        raw.socket.setTimeout(0);
        raw.socket.off('timeout', cut);
      });
      return;
    }
    const late = setTimeout(() => {
      if (reply.sent) return;
      reply.header('connection', 'close');
      fail(new UserError('request_timeout', 'The body of the request did not arrive in time.'), request, reply);
    }, patience.body);
    raw.once('end', () => clearTimeout(late));
    raw.once('close', () => clearTimeout(late));
  });
}

/** A client that does not read its answer is cut off, as one that does not send is. */
function limitSlowReaders(fastify: FastifyInstance, patience: Patience): void {
  fastify.addHook('onSend', async (_request, { raw }, payload) => {
    const { socket } = raw;
    // Requests that come by no connection (fastify's inject) have nobody who reads slowly.
    if (!(socket instanceof Socket)) return payload;
    const cut = () => socket.destroy();
    socket.setTimeout(patience.stream, cut);
    raw.once('close', () => socket.off('timeout', cut));
    return payload;
  });
}

/** How long a client may go on sending what was refused, milliseconds. */
const DISCARD_MS = 10_000;

/**
 * Many clients read the answer only when all is sent: what is still on its way of a refused upload is thrown away for
 * a while, so that they come to see why, before the connection is cut.
 */
export function discardRest(incoming: IncomingMessage): void {
  if (incoming.complete || incoming.destroyed) return;
  const cut = setTimeout(() => incoming.destroy(), DISCARD_MS);
  incoming.once('close', () => clearTimeout(cut));
  incoming.resume();
}

/** Of the time to stop in, the part after which who still sends is cut off: the rest is for what is to be noted of it. */
const SENDING = 0.8;

/**
 * Ends the server in order: nothing new, what runs may finish for a while, WebSockets hear that we go away. A request is
 * over when its answer was made and noted, whether or not somebody is there to read it.
 */
export class GracefulStop {
  readonly #fastify: FastifyInstance;
  readonly #patience: Patience;
  #isStopping = false;
  readonly #running = new Set<FastifyRequest>();
  #onIdle: (() => void) | undefined;

  constructor(fastify: FastifyInstance, patience: Patience) {
    this.#fastify = fastify;
    this.#patience = patience;
    // A connection that was open already may still bring a request.
    fastify.addHook('onRequest', async (request, reply) => {
      if (!this.#isStopping) {
        if (request.raw.headers.upgrade === undefined) this.#running.add(request);
        return;
      }
      reply.header('connection', 'close');
      throw new OperationalError('unavailable', 'controller', 'The controller is stopping.', {
        retryAfter: RETRY_AFTER,
      });
    });
    // What still runs is the last on its connection: it would else be waited for until nobody uses it any more.
    fastify.addHook('onSend', async (_request, reply, payload) => {
      if (this.#isStopping) reply.header('connection', 'close');
      return payload;
    });
  }

  /** For the WebSocket plug-in: called when closing begins. */
  readonly closeSockets = (done: () => void): void => {
    for (const socket of this.#sockets()) socket.close(GOING_AWAY, 'The controller is stopping.');
    done();
  };

  /** To be called when all other hooks are in: what they do with an answer belongs to its request. */
  follow(): void {
    this.#fastify.addHook('onSend', async (request, _reply, payload) => {
      this.#running.delete(request);
      if (this.#running.size === 0) this.#onIdle?.();
      return payload;
    });
  }

  async close(): Promise<void> {
    this.#isStopping = true;
    const cut = setTimeout(() => {
      for (const socket of this.#sockets()) socket.terminate();
      this.#fastify.server.closeAllConnections();
    }, this.#patience.stop * SENDING);
    const { promise: late, resolve: giveUp } = Promise.withResolvers<void>();
    const end = setTimeout(giveUp, this.#patience.stop);
    try {
      await Promise.race([Promise.all([this.#fastify.close(), this.#idle()]), late]);
    } finally {
      clearTimeout(cut);
      clearTimeout(end);
    }
  }

  async #idle(): Promise<void> {
    if (this.#running.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }

  #sockets(): Iterable<WebSocket> {
    return this.#fastify.websocketServer?.clients ?? [];
  }
}
