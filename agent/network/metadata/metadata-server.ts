import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { GuestAnswer, GuestQuestion } from '../../../app/contract/controller.methods.ts';
import { CumuletError } from '../../../app/contract/errors.ts';
import { MOST_AT_ONCE } from './metadata-relay.ts';

/** What a guest asks, but for which guest it is. */
export type Question = Omit<GuestQuestion, 'host' | 'id'>;
/** Asks the controller. */
export type Ask = (machineId: string, question: Question) => Promise<GuestAnswer>;

const MOST_HEAD_BYTES = 8192;
/** The controller takes no more. */
const LONGEST_PATH = 2048;
const LONGEST_METHOD = 16;
/** Of what a guest sends; the most that means anything is a password of 1020 bytes. */
const MOST_BODY_BYTES = 2048;
/** A request has come by then, or its connection ends. */
const REQUEST_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 5_000;
const RETRY_AFTER_SECONDS = 5;

const AWAY = new Set(['unavailable', 'timeout', 'unknown_method']);

/**
 * Answers one machine's guest, whose questions all come through one socket: nothing that it sends says whose answer it gets.
 * Each is asked of the controller anew, so that what was changed is told at once. While that is away the guest hears 503: what
 * was told before may hold by now, or not, and has secrets that would have to be kept here.
 */
export class MetadataServer {
  readonly #server: Server;

  constructor(machineId: string, ask: Ask, log: Logger) {
    this.#server = createServer(
      {
        maxHeaderSize: MOST_HEAD_BYTES,
        headersTimeout: REQUEST_WITHIN_MS,
        requestTimeout: REQUEST_WITHIN_MS,
        connectionsCheckingInterval: LOOK_EVERY_MS,
      },
      (request, response) => {
        answer(request, (question) => ask(machineId, question), log.child({ machine: machineId })).then(
          (told) => send(request, response, told),
          // It has gone away.
          () => response.destroy(),
        );
      },
    );
    this.#server.maxConnections = MOST_AT_ONCE;
    // One question a connection: so the limit of connections is one of questions.
    this.#server.maxRequestsPerSocket = 1;
  }

  /** `path` is the socket's; one that is left over goes. */
  async listen(path: string): Promise<void> {
    await rm(path, { force: true });
    this.#server.listen(path);
    await once(this.#server, 'listening');
    this.#server.unref();
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

async function answer(
  request: IncomingMessage,
  ask: (question: Question) => Promise<GuestAnswer>,
  log: Logger,
): Promise<GuestAnswer> {
  const { method = '', url = '' } = request;
  if (method.length > LONGEST_METHOD) return plain(400, 'There is no such method.');
  if (url.length > LONGEST_PATH) return plain(414, 'The path is too long.');
  const body = await readBody(request);
  if (body === null) return plain(400, 'Request is too large.');
  try {
    return await ask({ method, path: url, body: body.toString('base64') });
  } catch (error) {
    const isAway = error instanceof CumuletError && AWAY.has(error.code);
    if (isAway) return plain(503, 'The cloud cannot be asked just now. Ask again.');
    log.error({ err: error, path: url }, 'a guest could not be told of itself');
    return plain(500, 'An unknown error has occurred. Please try your request again.');
  }
}

/** Null where it is too much. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > MOST_BODY_BYTES) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function plain(status: number, text: string): GuestAnswer {
  return { status, type: 'text/plain', body: Buffer.from(text).toString('base64') };
}

function send(request: IncomingMessage, response: ServerResponse, { status, type, body }: GuestAnswer): void {
  const bytes = Buffer.from(body, 'base64');
  if (status === 503) response.setHeader('retry-after', RETRY_AFTER_SECONDS);
  response.writeHead(status, {
    'content-type': `${type}; charset=UTF-8`,
    'content-length': bytes.length,
    connection: 'close',
  });
  response.end(bytes);
  // What it still sends nobody reads.
  if (!request.complete) response.once('finish', () => request.destroy());
}
