import { randomUUID } from 'node:crypto';
import fastifyWebsocket from '@fastify/websocket';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { MAX_BUS_FRAME_BYTES } from '../contract/bus.ts';
import type { Context } from '../contract/context.ts';
import { type CumuletError, UserError } from '../contract/errors.ts';
import type { PolicyService } from '../policy/policy.service.ts';
import { type AuditLog, AuditTrail } from './audit-trail.ts';
import { UnsatisfiableRange } from './byte-range.ts';
import { answerClientError, refuseUnusual } from './connection-errors.ts';
import { discardRest, GracefulStop, limitSlowClients, PATIENCE, type Patience } from './connection-limits.ts';
import { asksForPage, serveDashboard } from './dashboard-files.ts';
import { faultAnswer, toCumuletError } from './fault.ts';
import { logFault } from './fault-log.ts';
import { HostGuard } from './host-guard.ts';
import { versionsOf } from './microversion.ts';
import { descriptionRoute } from './openapi.ts';
import { readBodies, requireCoding } from './request-body.ts';
import { DEFAULT_LIMITS, limitHead, type RequestLimits } from './request-limits.ts';
import { originForm, pathOf, plainPathOf } from './request-path.ts';
import { tokenOf } from './request-token.ts';
import type { RouteDefinition, ServiceDefinition } from './route.ts';
import { fastifyRoute, PROJECT_IN_PATH } from './route-handler.ts';
import { refuseWebSocket } from './web-socket.ts';

/** Names of 255 characters stand in paths (key pairs), each up to four bytes that are written as `%xx`. */
const MAX_SEGMENT = 255 * 12;
/** What a header can say of a field: names that callers made up may hold anything. */
const HEADER_FIELD = /^[\w.:/[\]-]{1,255}$/;
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

export interface EdgeOptions {
  log: Logger;
  /** Turns a token into a context; undefined when it is not valid (any more). */
  authenticate: (token: string, requestId: string, call: Call) => Promise<Context | undefined>;
  policy: PolicyService;
  /** Keeps the records of requests that changed something; the answer waits for it. */
  audit?: AuditLog;
  /** Folder of the built dashboard, or undefined to serve none. */
  dashboardDir: string | undefined;
  /** How much clients may bring. */
  limits?: RequestLimits | undefined;
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
  readonly #limits: RequestLimits;
  readonly #stop: GracefulStop;
  #hasDashboard = false;

  constructor(options: EdgeOptions) {
    this.#options = options;
    this.#patience = { ...PATIENCE, ...options.patience };
    this.#limits = options.limits ?? DEFAULT_LIMITS;
    this.fastify = Fastify({
      bodyLimit: this.#limits.body_bytes,
      genReqId: () => `req-${randomUUID()}`,
      routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_SEGMENT },
      forceCloseConnections: 'idle',
      return503OnClosing: false,
      // Uploads may take as long as they need; see connection-limits.ts.
      connectionTimeout: 0,
      requestTimeout: 0,
      http: {
        headersTimeout: this.#patience.headers,
        connectionsCheckingInterval: this.#patience.headers / 4,
        // The host guard says so in words of ours.
        requireHostHeader: false,
        shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
      },
      clientErrorHandler: answerClientError,
      exposeHeadRoutes: false,
      rewriteUrl: originForm,
      // Paths that cannot even be decoded never reach hooks and handlers.
      frameworkErrors: (error, request, reply) => {
        this.#stamp(request, reply);
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
      options: { maxPayload: MAX_BUS_FRAME_BYTES, perMessageDeflate: false },
      preClose: this.#stop.closeSockets,
    });
    // Also of what others declare, such as the dashboard's files.
    fastify.addHook('onRoute', (definition) => {
      if (definition.websocket) return;
      const refuse = async (request: FastifyRequest, reply: FastifyReply) => refuseWebSocket(request, reply);
      definition.onRequest = [refuse, ...[definition.onRequest ?? []].flat()];
    });
    refuseUnusual(fastify.server);
    readBodies(fastify, this.#limits);
    fastify.addHook('onRequest', async (request, reply) => {
      this.#stamp(request, reply);
      this.hostGuard.check(request);
      limitHead(request, this.#limits);
      this.#refuseEmptyId(request);
      requireCoding(request);
    });
    limitSlowClients(fastify, this.#patience, (error, request, reply) => this.#fail(error, request, reply));
    if (this.#options.audit) {
      this.#trail.follow(fastify, this.#options.audit, (error, request, reply) =>
        JSON.stringify(this.#faultOf(error, request, reply)),
      );
    }
    this.#stop.follow();
    fastify.setErrorHandler((error, request, reply) => this.#fail(error, request, reply));
    fastify.setNotFoundHandler((request, reply) => this.#notFound(request, reply));
    this.#hasDashboard = serveDashboard(fastify, this.#options.dashboardDir);
  }

  register(service: ServiceDefinition): void {
    this.#services.push(service);
    const ownHeads = new Set(service.routes.filter(({ method }) => method === 'HEAD').map(({ path }) => path));
    for (const definition of service.routes) {
      const answersHead = definition.method === 'GET' && service.answersHead === true && !ownHeads.has(definition.path);
      this.#registerRoute(service, definition, answersHead);
    }
    const { alsoAt, microversions: _, ...unversioned } = service;
    const also = alsoAt === undefined ? [] : service.routes.filter(({ path, since = 1 }) => path !== '' && since <= 1);
    for (const definition of also) this.#registerRoute({ ...unversioned, prefix: alsoAt ?? '' }, definition, false);
    const inProject = service.takesProjectId ? service.routes.filter(({ path }) => path !== '') : [];
    for (const definition of inProject) {
      this.#registerRoute({ ...service, prefix: `${service.prefix}/:${PROJECT_IN_PATH}` }, definition, false);
    }
    this.#registerRoute({ ...service, prefix: service.root }, descriptionRoute(service), false);
  }

  /** The context behind `X-Auth-Token` (or the sub-protocol `token.<token>` of a WebSocket); undefined when not valid. */
  async contextOf(request: FastifyRequest): Promise<Context | undefined> {
    const token = tokenOf(request);
    if (token === null) return undefined;
    const path = pathOf(request.url);
    const service = this.#serviceOf(path);
    const below = path.slice(service?.root.length ?? 0) || '/';
    const context = await this.#options.authenticate(token, request.id, {
      service: service?.type ?? service?.name ?? '',
      method: request.method,
      path: below,
    });
    return context && { ...context, isAdmin: this.#options.policy.allows(context, 'context_is_admin') };
  }

  #registerRoute(service: ServiceDefinition, definition: RouteDefinition, answersHead: boolean): void {
    this.fastify.route({
      method: answersHead ? ['GET', 'HEAD'] : definition.method,
      url: `${service.prefix}${definition.path}`,
      ...fastifyRoute(service, definition, {
        policy: this.#options.policy,
        trail: this.#trail,
        anonymousBodyBytes: this.#limits.anonymous_body_bytes,
        contextOf: (request) => this.contextOf(request),
        checkAnswers: this.#options.checkAnswers ?? false,
      }),
    });
  }

  #stamp(request: FastifyRequest, reply: FastifyReply): void {
    reply.header('x-openstack-request-id', request.id);
    reply.header('x-content-type-options', 'nosniff');
    const { requestIdHeader } = this.#ownerOf(request.url) ?? {};
    if (requestIdHeader) reply.header(requestIdHeader, request.id);
  }

  #refuseEmptyId({ url }: FastifyRequest): void {
    const path = pathOf(url);
    const { emptyIdsBelow } = path.endsWith('/') ? (this.#serviceOf(path) ?? {}) : {};
    if (emptyIdsBelow === undefined || path.length <= emptyIdsBelow.length || !path.startsWith(emptyIdsBelow)) return;
    throw nothingThere();
  }

  #fail(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    void reply.send(this.#faultOf(error, request, reply));
  }

  /** The body of the answer, whose status and headers are set with it. */
  #faultOf(error: unknown, request: FastifyRequest, reply: FastifyReply): unknown {
    const fault = toCumuletError(error);
    // Without the query, which may hold what is nobody else's to read.
    const path = pathOf(request.url);
    logFault(this.#options.log, fault, error, { requestId: request.id, path });
    const note = this.#trail.of(request);
    if (note) note.reason = fault.message;
    if (fault.status === 401)
      reply.header('www-authenticate', `Keystone uri="${request.protocol}://${request.host}/identity"`);
    if (fault.retryAfter !== undefined) reply.header('retry-after', String(Math.ceil(fault.retryAfter)));
    if (fault instanceof UnsatisfiableRange) reply.header('content-range', `bytes */${fault.size}`);
    discardRest(request.raw);
    reply.removeHeader('content-length');
    return prepareFault(this.#ownerOf(request.url), fault, request, reply);
  }

  #notFound(request: FastifyRequest, reply: FastifyReply): void {
    refuseWebSocket(request, reply);
    const path = pathOf(request.url);
    const service = this.#ownerOf(request.url);
    if (!service && this.#hasDashboard && asksForPage(request, path)) {
      void reply.header('cache-control', 'no-cache').sendFile('index.html');
      return;
    }
    const others = METHODS.filter((method) => method !== request.method && this.#hasRoute(method, path));
    const known = others.length > 0;
    if (known) reply.header('allow', others.join(', '));
    const fault = known
      ? new UserError('method_not_allowed', `The method ${request.method} is not allowed for this resource.`)
      : nothingThere();
    void reply.send(prepareFault(service, fault, request, reply));
  }

  #hasRoute(method: (typeof METHODS)[number], path: string): boolean {
    const found = this.fastify.findRoute({ method, url: path });
    // The dashboard's files are a wildcard that matches every path there is.
    return found !== null && !Object.hasOwn(found.params, '*');
  }

  #serviceOf(path: string): ServiceDefinition | undefined {
    return this.#services.find(({ root }) => path === root || path.startsWith(`${root}/`));
  }

  /** Whose words a refusal is in, however the path is spelled. */
  #ownerOf(url: string): ServiceDefinition | undefined {
    return this.#serviceOf(plainPathOf(pathOf(url)));
  }
}

function nothingThere(): UserError {
  return new UserError('not_found', 'The resource could not be found.');
}

/** Status and headers of a fault; answers its body. */
function prepareFault(
  service: ServiceDefinition | undefined,
  fault: CumuletError,
  request: FastifyRequest,
  reply: FastifyReply,
): unknown {
  const frame = { requestId: request.id, ...versionsOf(service, reply) };
  const { type, body } = faultAnswer(service?.faults ?? 'v1', fault, request.headers.accept, frame);
  // Bodies of Nova, Keystone and Glance have no place for the field at fault.
  if (fault.field !== undefined && HEADER_FIELD.test(fault.field)) reply.header('cumulet-error-field', fault.field);
  // A page of an API that the dashboard's origin shows may do nothing.
  if (type.startsWith('text/html')) reply.header('content-security-policy', "default-src 'none'");
  reply.code(fault.status).type(type);
  return body;
}
