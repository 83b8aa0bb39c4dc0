import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { UnexpectedError } from '../contract/errors.ts';
import type { Microversion } from './microversion.ts';
import { type RouteDefinition, schemaFor } from './route.ts';

/** For tests: what a route answers has to be what it declares, else the answer is a 500 that says how it differs. */
export function answerCheck(definition: RouteDefinition, versionOf: (request: FastifyRequest) => Microversion) {
  return async (request: FastifyRequest, reply: FastifyReply, body: unknown): Promise<unknown> => {
    if (reply.statusCode < 400 && !isPartial(definition, request)) {
      assertAnswer(definition, versionOf(request), body);
    }
    return body;
  };
}

function isPartial({ selectsFields }: RouteDefinition, { query }: FastifyRequest): boolean {
  return selectsFields === true && Object.hasOwn(query as object, 'fields');
}

/** As a client would read it: JSON drops what is undefined. */
function assertAnswer(definition: RouteDefinition, version: Microversion, body: unknown): void {
  const parsed = schemaFor(definition.answer, version)?.safeParse(JSON.parse(JSON.stringify(body)));
  if (!parsed?.error) return;
  const issues = z.prettifyError(parsed.error);
  throw new UnexpectedError(`The answer of ${definition.method} ${definition.path} is not as declared: ${issues}`);
}
