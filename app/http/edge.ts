import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import fastifyStatic from '@fastify/static';
import fastifyWebsocket from '@fastify/websocket';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { NewAuditRecord } from '../audit/audit.service.ts';
import type { Context } from '../contract/context.ts';
import { UnexpectedError, UserError } from '../contract/errors.ts';
import type { PolicyService } from '../policy/policy.service.ts';
import { AuditTrail } from './audit-trail.ts';
import { anonymousContext } from './authorization.ts';
import { GracefulStop, limitSlowClients, PATIENCE, type Patience } from './connection-limits.ts';
import { faultBody, toCumuletError } from './fault.ts';
import { HostGuard } from './host-guard.ts';
import { parseJsonBody } from './json-body.ts';
import { type Microversion, negotiateMicroversion } from './microversion.ts';
import { openApiDocument } from './openapi.ts';
import { type ApiRequest, type FaultStyle, type RouteDefinition, type ServiceDefinition, schemaFor } from './route.ts';
import { validate } from './validation.ts';

/** JSON bodies above this are refused (413); images and objects are streams and have no limit here. */
const JSON_LIMIT = 2 * 1024 * 1024;
/** Names of 255 characters stand in paths (key pairs), each up to four bytes that are written as `%xx`. */
const MAX_SEGMENT = 255 * 12;
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

export interface EdgeOptions {
  log: Logger;
  /** Turns a token into a context; undefined when it is not valid (any more). */
  authenticate: (token: string, requestId: string, call: Call) => Promise<Context | undefined>;
  policy: PolicyService;
  /** Stores the record of a request that changed something; the answer waits for it. */
  audit?: (record: NewAuditRecord) => Promise<void>;
  /** Folder of the built dashboard, or undefined to serve none. */
  dashboardDir: string | undefined;
  /** How long clients may take; for tests. */
  patience?: Partial<Patience>;
  /** For tests: an answer that is not as its route declares becomes a 500 that says how it differs. */
  checkAnswers?: boolean | undefined;
}

/** What is asked of which service; `path` begins below its root. */
interface Call {
  service: string;
  method: string;
  path: string;
}

/** The one HTTP server: request ids, `Host` and `Origin` checks, tokens, microversions, validation, faults, dashboard. */
export class Edge {
  readonly fastify: FastifyInstance;
  readonly hostGuard = new HostGuard();
  readonly #options: EdgeOptions;
  readonly #services: ServiceDefinition[] = [];
  readonly #trail = new AuditTrail();
  readonly #patience: Patience;
  readonly #stop: GracefulStop;
  #hasDashboard = false;

  constructor(options: EdgeOptions) {
    this.#options = options;
    this.#patience = { ...PATIENCE, ...options.patience };
    this.fastify = Fastify({
      bodyLimit: JSON_LIMIT,
      genReqId: () => `req-${randomUUID()}`,
      routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_SEGMENT },
      forceCloseConnections: 'idle',
      return503OnClosing: false,
      // Uploads may take as long as they need; see connection-limits.ts.
      connectionTimeout: 0,
      requestTimeout: 0,
      http: { headersTimeout: this.#patience.headers, connectionsCheckingInterval: this.#patience.headers / 4 },
      exposeHeadRoutes: false,
      // Paths that cannot even be decoded never reach hooks and handlers.
      frameworkErrors: (error, request, reply) => {
        stamp(request, reply);
        this.#fail(error, request, reply);
      },
    });
    this.#stop = new GracefulStop(this.fastify, this.#patience);
  }

  /** Finishes what runs, for a while, and ends. */
  async close(): Promise<void> {
    await this.#stop.close();
  }

  async prepare(): Promise<void> {
    const { fastify } = this;
    await fastify.register(fastifyWebsocket, {
      options: { maxPayload: 16 * 1024 * 1024, perMessageDeflate: false },
      preClose: this.#stop.closeSockets,
    });
    fastify.addContentTypeParser('application/octet-stream', (_request, _payload, done) => done(null, undefined));
    fastify.removeContentTypeParser(['application/json', 'text/plain']);
    for (const type of ['application/json', /^application\/openstack-images-v2\.\d+-json-patch$/]) {
      fastify.addContentTypeParser(type, { parseAs: 'string' }, async (_request: FastifyRequest, body: string) =>
        body.length === 0 ? undefined : parseJsonBody(body),
      );
    }
    fastify.addHook('onRequest', async (request, reply) => {
      stamp(request, reply);
      this.hostGuard.check(request);
    });
    limitSlowClients(fastify, this.#patience, (error, request, reply) => this.#fail(error, request, reply));
    if (this.#options.audit) this.#trail.follow(fastify, this.#options.audit, this.#options.log);
    fastify.setErrorHandler((error, request, reply) => this.#fail(error, request, reply));
    fastify.setNotFoundHandler((request, reply) => this.#notFound(request, reply));
    this.#serveDashboard();
  }

  register(service: ServiceDefinition): void {
    this.#services.push(service);
    const ownHeads = new Set(service.routes.filter(({ method }) => method === 'HEAD').map(({ path }) => path));
    for (const definition of service.routes) {
      const answersHead = definition.method === 'GET' && service.answersHead === true && !ownHeads.has(definition.path);
      this.#registerRoute(service, definition, answersHead);
    }
    this.#registerRoute({ ...service, prefix: service.root }, descriptionRoute(service), false);
  }

  /** The context behind `X-Auth-Token` (or the sub-protocol `token.<token>` of a WebSocket); undefined when not valid. */
  async contextOf(request: FastifyRequest): Promise<Context | undefined> {
    const token = tokenOf(request);
    if (token === null) return undefined;
    const path = request.url.split('?')[0] ?? '/';
    const service = this.#serviceOf(path);
    const below = path.slice(service?.root.length ?? 0) || '/';
    return await this.#options.authenticate(token, request.id, {
      service: service?.name ?? '',
      method: request.method,
      path: below,
    });
  }

  #registerRoute(service: ServiceDefinition, definition: RouteDefinition, answersHead: boolean): void {
    const { policy } = this.#options;
    const isPublic = definition.isPublic ?? false;
    if (!isPublic && !policy.has(definition.rule)) {
      throw new UnexpectedError(`${definition.method} ${definition.path} has an unknown rule: ${definition.rule}`);
    }
    const versions = new WeakMap<FastifyRequest, Microversion>();
    this.fastify.route({
      method: answersHead ? ['GET', 'HEAD'] : definition.method,
      url: `${service.prefix}${definition.path}`,
      ...(this.#options.checkAnswers && {
        preSerialization: async (request: FastifyRequest, reply: FastifyReply, body: unknown) => {
          if (reply.statusCode < 400 && !isPartial(definition, request))
            assertAnswer(definition, versions.get(request) ?? 1, body);
          return body;
        },
      }),
      handler: async (request, reply) => {
        const version = negotiateMicroversion(service, request.headers);
        versions.set(request, version);
        advertise(service, version, request, reply);
        const context = (await this.contextOf(request)) ?? anonymousContext(request.id);
        const note = this.#trail.note(request, { service: service.name, action: definition.rule, context });
        if (!isPublic && context.userId === null) policy.enforce(context, definition.rule);
        if (version < (definition.since ?? 0) || version > (definition.until ?? Infinity)) {
          throw new UserError('not_found', 'The resource could not be found in this API version.');
        }
        requireMediaType(definition, request);
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
          policy.enforce(context, definition.rule, { ...asked.params, ...(await definition.target?.(asked)) });
        }
        const body = await definition.handler(asked);
        if (reply.sent) return reply;
        if (body === undefined) return reply.code(definition.status ?? 204).send();
        return reply.code(definition.status ?? 200).send(body);
      },
    });
  }

  #fail(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const fault = toCumuletError(error);
    if (fault.status >= 500)
      this.#options.log.error({ err: error, requestId: request.id, url: request.url }, 'request failed');
    const note = this.#trail.of(request);
    if (note) note.reason = fault.message;
    const style = this.#styleOf(request.url);
    if (fault.status === 401)
      reply.header('www-authenticate', `Keystone uri="${request.protocol}://${request.host}/identity"`);
    if (fault.retryAfter !== undefined) reply.header('retry-after', String(Math.ceil(fault.retryAfter)));
    discardRest(request.raw);
    void reply.code(fault.status).type('application/json').send(faultBody(style, fault));
  }

  #notFound(request: FastifyRequest, reply: FastifyReply): void {
    const path = request.url.split('?')[0] ?? '/';
    const service = this.#serviceOf(path);
    const asksForPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
    if (!service && asksForPage && this.#hasDashboard && !/\.\w+$/.test(path)) {
      void reply.header('cache-control', 'no-cache').sendFile('index.html');
      return;
    }
    const others = METHODS.filter((method) => method !== request.method && this.#hasRoute(method, path));
    const known = others.length > 0;
    if (known) reply.header('allow', others.join(', '));
    const fault = known
      ? new UserError('method_not_allowed', `The method ${request.method} is not allowed for this resource.`)
      : new UserError('not_found', 'The resource could not be found.');
    void reply
      .code(fault.status)
      .type('application/json')
      .send(faultBody(service?.faults ?? 'v1', fault));
  }

  #hasRoute(method: (typeof METHODS)[number], path: string): boolean {
    const found = this.fastify.findRoute({ method, url: path });
    // The dashboard's files are a wildcard that matches every path there is.
    return found !== null && !Object.hasOwn(found.params, '*');
  }

  #serviceOf(path: string): ServiceDefinition | undefined {
    return this.#services.find(({ root }) => path === root || path.startsWith(`${root}/`));
  }

  #styleOf(url: string): FaultStyle {
    return this.#serviceOf(url.split('?')[0] ?? '/')?.faults ?? 'v1';
  }

  #serveDashboard(): void {
    const { dashboardDir } = this.#options;
    if (!dashboardDir || !existsSync(dashboardDir)) return;
    this.#hasDashboard = true;
    this.fastify.register(fastifyStatic, {
      root: dashboardDir,
      wildcard: true,
      setHeaders: (response, path) => {
        response.header('content-security-policy', DASHBOARD_POLICY);
        response.header('referrer-policy', 'no-referrer');
        response.header('x-frame-options', 'DENY');
        // File names under assets/ carry a hash of their content.
        response.header(
          'cache-control',
          /[\\/]assets[\\/]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
        );
      },
    });
  }
}

/** How long a client may go on sending what was refused, milliseconds. */
const DISCARD_MS = 10_000;

/**
 * Many clients read the answer only when all is sent: what is still on its way of a refused upload is thrown away for
 * a while, so that they come to see why, before the connection is cut.
 */
function discardRest(incoming: IncomingMessage): void {
  if (incoming.complete || incoming.destroyed) return;
  const cut = setTimeout(() => incoming.destroy(), DISCARD_MS);
  incoming.once('close', () => clearTimeout(cut));
  incoming.resume();
}

/** `style-src` allows inline styles because the component library positions with them; scripts are our files only; `connect-src 'self'` includes our WebSockets. */
const DASHBOARD_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

function parse<T>(
  schema: RouteDefinition<T, T>['query'],
  version: Microversion,
  value: unknown,
  place: 'query' | 'body',
): T | undefined {
  const wanted = schemaFor(schema, version);
  return wanted && validate(wanted, value, place);
}

/** Bodies are JSON where nothing else is declared; routes that declare other types check them themselves. */
function requireMediaType({ body, bodyTypes }: RouteDefinition, { headers }: FastifyRequest): void {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (!body || bodyTypes || type === undefined || type === 'application/json') return;
  throw new UserError('unsupported_media_type', `Unsupported Content-Type: ${type.slice(0, 100)}.`, {
    hint: 'Send application/json.',
  });
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

/** `GET <root>/openapi.json`: public, as version discovery is. */
function descriptionRoute(service: ServiceDefinition): RouteDefinition {
  const made = new Map<Microversion, unknown>();
  return {
    method: 'GET',
    path: '/openapi.json',
    rule: '',
    isPublic: true,
    handler: async ({ version }) => {
      const document = made.get(version) ?? openApiDocument(service, version);
      made.set(version, document);
      return document;
    },
  };
}

function stamp(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-openstack-request-id', request.id);
  reply.header('x-content-type-options', 'nosniff');
}

export function tokenOf(request: FastifyRequest): string | null {
  const header = request.headers['x-auth-token'];
  if (typeof header === 'string' && header !== '') return header;
  const offered = request.headers['sec-websocket-protocol'] ?? '';
  const protocol = offered.split(',').find((name) => name.trim().startsWith('token.'));
  return protocol ? protocol.trim().slice('token.'.length) : null;
}

function advertise(
  service: ServiceDefinition,
  version: Microversion,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { microversions } = service;
  if (!microversions) return;
  reply.header('openstack-api-version', `${microversions.type} 2.${version}`);
  reply.header('vary', ['OpenStack-API-Version', microversions.legacyHeader].filter(Boolean).join(', '));
  if (microversions.legacyHeader) {
    reply.header(microversions.legacyHeader, `2.${version}`);
    reply.header(`x-${microversions.type}-request-id`, request.id);
  }
}
