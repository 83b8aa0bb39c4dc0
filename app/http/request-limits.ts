import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { UserError } from '../contract/errors.ts';

const count = (fallback: number) => z.number().int().min(1).default(fallback);

/** `[http.limits]` of `config.toml`: how much of anything one request, or one person, may bring. */
export const requestLimitsSchema = z.strictObject({
  /** Bytes of a JSON body; images are streams and have a quota. */
  body_bytes: count(2 * 1024 * 1024),
  /** The same of a request that needs no token, such as a sign-in. */
  anonymous_body_bytes: count(128 * 1024),
  /** Keys of one object, and of a whole body. */
  object_keys: count(1_000),
  body_keys: count(20_000),
  /** Entries of one list. */
  list_entries: count(10_000),
  /** Levels of objects and lists; what OpenStack's clients send has at most ten. */
  depth: count(64),
  /** Parameters of a query, repeated ones each. */
  query_parameters: count(400),
  /** Lines of a request's head. */
  headers: count(100),
  /** Characters of a path, as it is sent. */
  path_length: count(8_192),
  /** WebSockets one person has open. */
  sockets_per_person: count(200),
  /** Tasks of one kind that run at a time; others wait for their turn. */
  tasks: count(64),
});
export type RequestLimits = z.infer<typeof requestLimitsSchema>;
export const DEFAULT_LIMITS: RequestLimits = requestLimitsSchema.parse({});

/** Refuses a head that is too much, before anything is looked up for it. */
export function limitHead(request: FastifyRequest, limits: RequestLimits): void {
  const path = request.url.split('?', 1)[0] ?? '';
  if (request.raw.rawHeaders.length / 2 > limits.headers) {
    throw new UserError('headers_too_large', `The request has more than ${limits.headers} headers.`, {
      field: 'headers',
    });
  }
  if (path.length > limits.path_length) {
    throw new UserError('uri_too_long', `The path is longer than ${limits.path_length} characters.`, { field: 'path' });
  }
  if (/%00/.test(path)) throw nulIn('path');
  limitQuery(request.query as Record<string, string | string[]>, limits);
}

function limitQuery(query: Record<string, string | string[]>, { query_parameters: limit }: RequestLimits): void {
  let total = 0;
  for (const [name, given] of Object.entries(query)) {
    const values = typeof given === 'string' ? [given] : given;
    const field = name.slice(0, 100).replaceAll('\0', '');
    total += values.length;
    if (total > limit) {
      throw new UserError('bad_request', `Invalid input for query parameter ${field}. A query has at most ${limit}.`, {
        field,
      });
    }
    if (name.includes('\0') || values.some((value) => value.includes('\0'))) throw nulIn(field);
  }
}

function nulIn(field: string): UserError {
  return new UserError('bad_request', `Invalid input for field/attribute ${field}. It has a NUL character.`, { field });
}
