import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Database } from '../../database/database.ts';
import { openMigrated } from '../../database/testing/migrated-database.ts';
import { EventService } from '../../events/event.service.ts';
import { Edge } from '../../http/edge.ts';
import { BASE_RULES } from '../../policy/base.policy.ts';
import { PolicyService } from '../../policy/policy.service.ts';
import { ResourceStore } from '../../resource/resource.store.ts';
import { v1Definition } from '../../v1/v1.routes.ts';
import { credentials } from '../credential/credential.tables.ts';
import { CredentialCipher, encrypted } from '../credential/credential-cipher.ts';
import { ec2CredentialId } from '../credential/ec2-keys.ts';
import { oidcSignInRoutes } from '../federation/oidc.routes.ts';
import { IDENTITY_RULES } from '../identity.policy.ts';
import { identityRoutes } from '../identity.routes.ts';
import { IdentityService } from '../identity.service.ts';
import { identitySettingsSchema } from '../identity.settings.ts';
import { ldapRoutes } from '../ldap/ldap.routes.ts';
import { CHEAP_HASH } from './cheap-hash.ts';
import type { Ec2Keys } from './signing.ts';

export const PASSWORD = 'correct horse';

type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers without declaring them first
type Json = any;

export interface IdentityAnswer {
  status: number;
  headers: Record<string, unknown>;
  /** Undefined where the answer has no body. */
  body: Json;
}

/** The whole identity service on a real edge and database, with a clock of its own and an administrator signed in. */
export class IdentityFixture {
  readonly database: Database;
  readonly events: EventService;
  readonly #cipher = new CredentialCipher(randomBytes(32));
  readonly identity: IdentityService;
  readonly edge: Edge;
  /** Milliseconds; add to it to let time pass. */
  clock: number;
  /** A token of the administrator for the project `admin`. */
  admin = '';
  readonly #dataDir: string;
  #made = 0;

  private constructor(dataDir: string, database: Database, settings: Record<string, unknown>) {
    this.#dataDir = dataDir;
    this.database = database;
    this.clock = Date.now();
    const log = pino({ level: 'silent' });
    this.events = new EventService(database);
    this.identity = new IdentityService({
      database,
      events: this.events,
      log,
      cipher: this.#cipher,
      settings: identitySettingsSchema.parse(settings),
      hashCost: CHEAP_HASH,
      now: () => this.clock,
    });
    this.edge = new Edge({
      log,
      authenticate: (token, requestId, call) => this.identity.authenticate(token, requestId, call),
      policy: new PolicyService([...BASE_RULES, ...IDENTITY_RULES]),
      dashboardDir: undefined,
      checkAnswers: true,
    });
  }

  /** `settings` is what `[identity]` of `config.toml` may hold. */
  static async open(settings: Record<string, unknown> = {}): Promise<IdentityFixture> {
    const dataDir = await mkdtemp(join(tmpdir(), 'cumulet-identity-'));
    const fixture = new IdentityFixture(dataDir, await openMigrated(dataDir), settings);
    await fixture.identity.start({ adminPassword: PASSWORD, resetAdminPassword: false });
    await fixture.edge.prepare();
    fixture.edge.register(identityRoutes({ identity: fixture.identity }));
    fixture.edge.register(v1Definition([...oidcSignInRoutes(fixture.identity), ...ldapRoutes(fixture.identity)]));
    fixture.admin = await fixture.token({ name: 'admin' }, { project: { name: 'admin', domain: { id: 'default' } } });
    return fixture;
  }

  async close(): Promise<void> {
    this.identity.close();
    await this.edge.fastify.close();
    await this.database.close();
    await rm(this.#dataDir, { recursive: true });
  }

  /** `path` below `/identity`; `body` is sent as JSON. Without a token it is the administrator's; null sends none. */
  async send(
    method: Method,
    path: string,
    { token = this.admin, body, headers = {} }: { token?: string | null; body?: unknown; headers?: object } = {},
  ): Promise<IdentityAnswer> {
    const response = await this.edge.fastify.inject({
      method,
      url: `/identity${path}`,
      headers: { ...(token === null ? {} : { 'x-auth-token': token }), ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    return {
      status: response.statusCode,
      headers: response.headers,
      body: response.body === '' ? undefined : response.json(),
    };
  }

  /** The body of an answer that must be a success. */
  async call(method: Method, path: string, body?: unknown, token = this.admin): Promise<Json> {
    const answer = await this.send(method, path, { token, body });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async authenticate(
    user: { id?: string; name?: string; domainId?: string; password?: string },
    scope?: unknown,
  ): Promise<IdentityAnswer> {
    const { id, name, domainId = 'default', password = PASSWORD } = user;
    const who = id === undefined ? { name, domain: { id: domainId } } : { id };
    const identity = { methods: ['password'], password: { user: { ...who, password } } };
    const body = { auth: { identity, ...(scope === undefined ? {} : { scope }) } };
    return await this.send('POST', '/v3/auth/tokens', { token: null, body });
  }

  /** A token of the user; scopes are as in the request's `auth.scope`. */
  async token(
    user: { id?: string; name?: string; domainId?: string; password?: string },
    scope?: unknown,
  ): Promise<string> {
    const answer = await this.authenticate(user, scope);
    if (answer.status !== 201) throw new Error(`cannot sign in: ${JSON.stringify(answer.body)}`);
    return String(answer.headers['x-subject-token']);
  }

  async makeDomain(values: object = {}): Promise<Json> {
    return (await this.call('POST', '/v3/domains', { domain: { name: this.#name('domain'), ...values } })).domain;
  }

  async makeProject(values: object = {}): Promise<Json> {
    return (await this.call('POST', '/v3/projects', { project: { name: this.#name('project'), ...values } })).project;
  }

  /** With {@link PASSWORD}, unless `values` have another. */
  async makeUser(values: object = {}): Promise<Json> {
    const user = { name: this.#name('user'), password: PASSWORD, ...values };
    return (await this.call('POST', '/v3/users', { user })).user;
  }

  async makeGroup(values: object = {}): Promise<Json> {
    return (await this.call('POST', '/v3/groups', { group: { name: this.#name('group'), ...values } })).group;
  }

  /** EC2 keys as earlier versions let a delegated token make them, bound to it by `binding`. */
  async storeBoundKeys(owner: { user_id: string; project_id: string }, binding: object): Promise<Ec2Keys> {
    const keys = { access: this.#name('access'), secret: 'secret' };
    const record = {
      id: ec2CredentialId(keys.access),
      type: 'ec2',
      ...owner,
      blob: JSON.stringify({ ...keys, ...binding }),
      extra: {},
      created_at: new Date(this.clock).toISOString(),
    };
    const table = encrypted(credentials, 'blob', this.#cipher);
    const rows = new ResourceStore({ database: this.database, table });
    await this.database.transaction((trx) => rows.insert(trx, record));
    return keys;
  }

  async roleId(name: string): Promise<string> {
    return (await this.call('GET', `/v3/roles?name=${encodeURIComponent(name)}`)).roles[0].id;
  }

  /** Gives a role, by name, on `projects/<id>` or `domains/<id>`, or `system`, to `users/<id>` or `groups/<id>`. */
  async grant(actor: string, role: string, target: string): Promise<void> {
    await this.call('PUT', `/v3/${target}/${actor}/roles/${await this.roleId(role)}`);
  }

  #name(thing: string): string {
    this.#made += 1;
    return `${thing}-${this.#made}`;
  }
}
