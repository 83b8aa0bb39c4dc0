import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import pino from 'pino';
import { type Context, delegationSchema } from '../contract/context.ts';
import { anonymousContext } from '../policy/authorization.ts';
import { BASE_RULES } from '../policy/base.policy.ts';
import { PolicyService, type RuleDefault } from '../policy/policy.service.ts';
import type { Patience } from './connection-limits.ts';
import { Edge, type EdgeOptions } from './edge.ts';
import type { ServiceDefinition } from './route.ts';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The parsed body, undefined where there is none. */
  json: unknown;
}

export interface Asked {
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
  /** An object is sent as JSON. */
  json?: unknown;
  token?: string;
}

/** A role with what Keystone's default roles imply, as a token carries them. */
export function impliedRoles(role: string): string[] {
  const chain = ['admin', 'manager', 'member', 'reader'];
  return chain.includes(role) ? chain.slice(chain.indexOf(role)) : [role];
}

/** Tokens are `<role>` or `<role>@<project>`; `unscoped` has no project. `+trust` and the like: it is a delegation. */
export async function authenticate(token: string, requestId: string): Promise<Context | undefined> {
  const [bare = '', ...delegations] = token.split('+');
  const [role = '', project = 'p'] = bare.split('@');
  if (!['reader', 'member', 'manager', 'admin', 'unscoped', 'stranger'].includes(role)) return undefined;
  const projectId = role === 'unscoped' ? null : project;
  const roles = projectId === null ? [] : impliedRoles(role);
  return {
    ...anonymousContext(requestId),
    userId: `user-${role}`,
    userName: role,
    projectId,
    roles,
    isAdmin: role === 'admin',
    session: token,
    delegations: delegations.map((way) => delegationSchema.parse(way)),
  };
}

/** A real edge on a port of its own, and a client that sends exactly what it is told. */
export class EdgeFixture {
  readonly edge: Edge;
  /** What stands in the log, a line each. */
  readonly logged: Record<string, unknown>[];
  port = 0;

  private constructor(edge: Edge, logged: Record<string, unknown>[]) {
    this.edge = edge;
    this.logged = logged;
  }

  static async open(
    services: readonly ServiceDefinition[],
    options: {
      audit?: NonNullable<EdgeOptions['audit']>;
      dashboardDir?: string;
      rules?: readonly RuleDefault[];
      prepare?: (edge: Edge) => void;
      patience?: Partial<Patience>;
    } = {},
  ): Promise<EdgeFixture> {
    const policy = new PolicyService([...BASE_RULES, ...(options.rules ?? [])]);
    const logged: Record<string, unknown>[] = [];
    const log = pino({ level: 'info' }, { write: (line) => logged.push(JSON.parse(line)) });
    const edge = new Edge({
      log,
      authenticate,
      policy,
      ...(options.audit ? { audit: options.audit } : {}),
      dashboardDir: options.dashboardDir,
      checkAnswers: true,
      patience: { stop: 500, ...options.patience },
    });
    await edge.prepare();
    for (const service of services) edge.register(service);
    options.prepare?.(edge);
    const fixture = new EdgeFixture(edge, logged);
    await edge.fastify.listen({ host: '127.0.0.1', port: 0 });
    fixture.port = (edge.fastify.server.address() as AddressInfo).port;
    return fixture;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    await this.edge.close();
  }

  async send(path: string, asked: Asked = {}): Promise<Answer> {
    const body = asked.json === undefined ? asked.body : JSON.stringify(asked.json);
    const headers = {
      ...(asked.json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(asked.token === undefined ? {} : { 'x-auth-token': asked.token }),
      ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      ...asked.headers,
    };
    return await new Promise<Answer>((resolve, reject) => {
      const { port } = this;
      const request = httpRequest({ host: '127.0.0.1', port, path, method: asked.method ?? 'GET', headers });
      request.on('error', reject);
      request.on('response', (response) => {
        buffer(response).then((bytes) => {
          const text = bytes.toString();
          const isJson = (response.headers['content-type'] ?? '').startsWith('application/json') && text !== '';
          const json: unknown = isJson ? JSON.parse(text) : undefined;
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
        }, reject);
      });
      request.end(body);
    });
  }
}
