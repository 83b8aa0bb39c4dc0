import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { UserError } from '../contract/errors.ts';
import { contentMd5, requireMd5 } from './content-md5.ts';
import { parseJsonBody } from './json-body.ts';
import type { RequestLimits } from './request-limits.ts';
import type { RouteDefinition } from './route.ts';

/** Only for routes that name it among their `bodyTypes`. */
export const FORM_TYPE = 'application/x-www-form-urlencoded';

/** JSON and forms are parsed here; streams are left to their handlers, and everything else is a 415. */
export function readBodies(fastify: FastifyInstance, limits: RequestLimits): void {
  fastify.addContentTypeParser('application/octet-stream', (_request, _payload, done) => done(null, undefined));
  fastify.removeContentTypeParser(['application/json', 'text/plain']);
  for (const type of ['application/json', /^application\/openstack-images-v2\.\d+-json-patch$/]) {
    fastify.addContentTypeParser(type, { parseAs: 'buffer' }, async ({ headers }: FastifyRequest, body: Buffer) => {
      const md5 = contentMd5(headers['content-md5']);
      if (md5 !== undefined) requireMd5(md5, createHash('md5').update(body).digest('hex'));
      return body.length === 0 ? undefined : parseJsonBody(textOf(body), limits);
    });
  }
  fastify.addContentTypeParser(FORM_TYPE, { parseAs: 'string' }, async (_request: FastifyRequest, body: string) =>
    parseForm(body, limits),
  );
}

/** As OAuth has it: what is there twice is refused, since each side could take another one of the two. */
function parseForm(body: string, { object_keys: limit }: RequestLimits): Record<string, string> {
  const form: Record<string, string> = Object.create(null);
  // Counted before it is taken apart.
  if (body.split('&', limit + 1).length > limit) {
    throw new UserError('bad_request', `Malformed request body: it has more than ${limit} fields.`, { field: 'body' });
  }
  for (const [name, value] of new URLSearchParams(body)) {
    if (name in form) {
      const field = name.slice(0, 100);
      throw new UserError('bad_request', `Malformed request body: ${field} is there twice.`, { field });
    }
    if (value.includes('\0')) {
      const field = name.slice(0, 100);
      throw new UserError('bad_request', `Malformed request body: ${field} has a NUL character.`, { field });
    }
    form[name] = value;
  }
  return form;
}

/** Bodies come as they are: packed or in another alphabet they would be something else than they seem. */
export function requireCoding({ headers }: FastifyRequest): void {
  const coding = headers['content-encoding'] ?? 'identity';
  if (coding.toLowerCase() !== 'identity') {
    throw new UserError('unsupported_media_type', `Unsupported Content-Encoding: ${coding.slice(0, 100)}.`);
  }
  if ((headers['transfer-encoding'] ?? 'chunked').toLowerCase() !== 'chunked') {
    throw new UserError('bad_request', 'The only Transfer-Encoding there is here is chunked.');
  }
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(headers['content-type'] ?? '')?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    throw new UserError('unsupported_media_type', `Unsupported charset: ${charset.slice(0, 100)}.`, {
      hint: 'Send UTF-8.',
    });
  }
}

function textOf(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw new UserError('bad_request', 'Malformed request body: it is not valid UTF-8.', { field: 'body', cause });
  }
}

/** Bodies are JSON where nothing else is declared; routes that declare other types check them themselves. */
export function requireMediaType({ body, bodyTypes }: RouteDefinition, { headers }: FastifyRequest): void {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (!body || bodyTypes || type === undefined || type === 'application/json') return;
  throw new UserError('unsupported_media_type', `Unsupported Content-Type: ${type.slice(0, 100)}.`, {
    hint: 'Send application/json.',
  });
}
