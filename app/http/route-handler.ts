import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Context } from '../contract/context.ts';
import { UnexpectedError, UserError } from '../contract/errors.ts';
import { anonymousContext } from '../policy/authorization.ts';
import type { PolicyService } from '../policy/policy.service.ts';
import { preferredType } from './accept.ts';
import { answerCheck } from './answer-check.ts';
import { type AuditNote, type AuditTrail, CHANGES } from './audit-trail.ts';
import { advertise, type Microversion, negotiateMicroversion } from './microversion.ts';
import { requireMediaType } from './request-body.ts';
import { tokenOf } from './request-token.ts';
import {
  type ApiRequest,
  type RouteDefinition,
  rulesOf,
  type ServiceDefinition,
  schemaFor,
  statusFor,
} from './route.ts';
import { validate } from './validation.ts';

export interface HandlerParts {
  policy: PolicyService;
  trail: AuditTrail;
  contextOf: (request: FastifyRequest) => Promise<Context | undefined>;
  checkAnswers: boolean;
  /** Of routes that need no token. */
  anonymousBodyBytes: number;
}

/** The parameter of a service that {@link ServiceDefinition.takesProjectId}. */
export const PROJECT_IN_PATH = 'project_id_in_path';

/** What is known of a request before its body is read. */
interface Call {
  version: Microversion;
  context: Context;
  note: AuditNote;
}

/**
 * A declared route as fastify runs it. Who asks, and in which version, is settled before anything of the body is read;
 * then come media type, validation, policy and the route's own handler.
 */
export function fastifyRoute(
  service: ServiceDefinition,
  definition: RouteDefinition,
  { policy, trail, contextOf, checkAnswers, anonymousBodyBytes }: HandlerParts,
): Omit<RouteOptions, 'method' | 'url'> {
  const isPublic = definition.isPublic ?? false;
  const unknown = isPublic ? undefined : rulesOf(definition).find((rule) => !policy.has(rule));
  if (unknown !== undefined) {
    throw new UnexpectedError(`${definition.method} ${definition.path} has an unknown rule: ${unknown}`);
  }
  const calls = new WeakMap<FastifyRequest, Call>();

  const admit = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    // Before anything is waited for: a connection that is closed has no address.
    const address = request.ip ?? 'unknown';
    const version = negotiateMicroversion(service, request.headers);
    advertise(service, version, reply);
    const context = (await contextOf(request)) ?? anonymousContext(request.id);
    const isChange = definition.isChange ?? CHANGES.has(request.method);
    const note = trail.note(request, { service: service.name, action: nameOf(definition), context, address, isChange });
    calls.set(request, { version, context, note });
    if (!isPublic) {
      policy.requireUser(context);
      assertMayReach(service, definition, context);
    }
    if (service.takesProjectId) takeProjectId(request, context);
    if (version < (definition.since ?? 0) || version > (definition.until ?? Infinity)) {
      throw new UserError('not_found', 'The resource could not be found in this API version.');
    }
    requireMediaType(definition, request);
  };

  /** What a rule says that looks at neither query nor body. */
  const askFirst = ({ headers, params, method }: FastifyRequest, context: Context, note: AuditNote): void => {
    const { rule, target, answer } = definition;
    if (method === 'GET' && answer && preferredType(headers.accept, ['application/json']) === null) {
      throw new UserError('not_acceptable', 'Only application/json is provided');
    }
    if (typeof rule !== 'string' || target) return;
    note.action = rule;
    policy.enforce(context, rule, params as Record<string, string>);
  };

  const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const call = calls.get(request);
    if (!call) throw new UnexpectedError('A request came past its own admission.');
    const { version, context, note } = call;
    if (service.asksRightsFirst && !isPublic) askFirst(request, context, note);
    const asked: ApiRequest<unknown, unknown> = {
      context,
      params: request.params as Record<string, string>,
      query: parse(definition.query, version, request.query, 'query'),
      body: parse(definition.body, version, request.body ?? undefined, 'body'),
      version,
      origin: `${request.protocol}://${request.host}`,
      enforce: (rule, target) => {
        note.action = rule;
        policy.enforce(context, rule, target);
      },
      allows: (rule, target) => policy.allows(context, rule, target),
      noteActor: (actor) => {
        note.actor = actor;
      },
      token: tokenOf(request),
      raw: request,
      reply,
    };
    if (!isPublic) {
      const { rule, target } = definition;
      const about = { ...asked.params, ...(await target?.(asked)) };
      asked.enforce(typeof rule === 'string' ? rule : rule.choose(asked, about), about);
    }
    const work = () => definition.handler(asked);
    const success = statusFor(definition, version);
    const body = await (definition.isSignIn ? work() : trail.carryOut(request, success, work));
    if (reply.sent) return reply;
    if (body === undefined) return reply.code(definition.emptyStatus ?? (definition.status ? success : 204)).send();
    return reply.code(success).send(body);
  };

  return {
    onRequest: admit,
    ...(isPublic && { bodyLimit: anonymousBodyBytes }),
    ...(checkAnswers && { preSerialization: answerCheck(definition, (request) => calls.get(request)?.version ?? 1) }),
    handler: handle,
  };
}

/** Nobody needs it any more when it is known to be the token's. */
function takeProjectId({ params }: FastifyRequest, { projectId }: Context): void {
  const named = params as Record<string, string>;
  const { [PROJECT_IN_PATH]: asked } = named;
  delete named[PROJECT_IN_PATH];
  if (asked !== undefined && asked !== projectId) throw new UserError('bad_request', 'Malformed request url');
}

/** Whoever a token was handed to may do what was meant to be handed on, and no more. */
function assertMayReach(service: ServiceDefinition, { delegated }: RouteDefinition, { delegations }: Context): void {
  const reaching = delegated?.by ?? (service.refusesDelegated ? [] : delegations);
  const refused = delegations?.find((way) => !reaching?.includes(way));
  if (refused === undefined) return;
  throw new UserError(
    'forbidden',
    `You are not authorized to perform the requested action with a token of this kind (${refused}).`,
    { hint: 'Sign in as the user.' },
  );
}

/** For the audit trail, as long as it is not known which rule it will be. */
function nameOf({ rule, method, path }: RouteDefinition): string {
  return typeof rule === 'string' ? rule : `${method} ${path}`;
}

function parse<T>(
  schema: RouteDefinition<T, T>['query'],
  version: Microversion,
  value: unknown,
  place: 'query' | 'body',
): T | undefined {
  const wanted = schemaFor(schema, version);
  return wanted && validate(wanted, value, place);
}
