import type { FastifyInstance, FastifyRequest } from 'fastify';
import { UserError } from '../contract/errors.ts';
import { parseJsonBody } from './json-body.ts';
import type { RouteDefinition } from './route.ts';

/** Only for routes that name it among their `bodyTypes`. */
export const FORM_TYPE = 'application/x-www-form-urlencoded';

/** JSON and forms are parsed here; streams are left to their handlers, and everything else is a 415. */
export function readBodies(fastify: FastifyInstance): void {
  fastify.addContentTypeParser('application/octet-stream', (_request, _payload, done) => done(null, undefined));
  fastify.removeContentTypeParser(['application/json', 'text/plain']);
  for (const type of ['application/json', /^application\/openstack-images-v2\.\d+-json-patch$/]) {
    fastify.addContentTypeParser(type, { parseAs: 'string' }, async (_request: FastifyRequest, body: string) =>
      body.length === 0 ? undefined : parseJsonBody(body),
    );
  }
  fastify.addContentTypeParser(FORM_TYPE, { parseAs: 'string' }, async (_request: FastifyRequest, body: string) =>
    parseForm(body),
  );
}

/** As OAuth has it: what is there twice is refused, since each side could take another one of the two. */
function parseForm(body: string): Record<string, string> {
  const form: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(body)) {
    if (name in form) {
      const field = name.slice(0, 100);
      throw new UserError('bad_request', `Malformed request body: ${field} is there twice.`, { field });
    }
    form[name] = value;
  }
  return form;
}

/** Bodies are JSON where nothing else is declared; routes that declare other types check them themselves. */
export function requireMediaType({ body, bodyTypes }: RouteDefinition, { headers }: FastifyRequest): void {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (!body || bodyTypes || type === undefined || type === 'application/json') return;
  throw new UserError('unsupported_media_type', `Unsupported Content-Type: ${type.slice(0, 100)}.`, {
    hint: 'Send application/json.',
  });
}
