import { randomBytes } from 'node:crypto';
import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { Database } from '../../database/database.ts';
import type { EventService } from '../../events/event.service.ts';
import type { RoleRecord } from '../assignment/assignment.tables.ts';
import type { Roles } from '../assignment/role.resource.ts';
import { alreadyStored, notAuthenticated, notFound } from '../identity.errors.ts';
import { newIdentityId } from '../identity-id.ts';
import { parseExpiry } from '../identity-time.ts';
import type { PasswordHasher } from '../token/password-hash.ts';
import type { ResolvedToken, TokenService } from '../token/token.service.ts';
import type { ApplicationCredentialRepository } from './application-credential.repository.ts';
import type { NewApplicationCredential, RoleReference } from './application-credential.schema.ts';
import type { AccessRuleRecord, ApplicationCredentialRecord } from './credential.tables.ts';
import { withImplied } from './delegated-roles.ts';

/** With the roles as they are called. */
export type ShownApplicationCredential = ApplicationCredentialRecord & { roles: RoleRecord[] };

/** Secrets with which programs sign in for their user, on one project and with some of the user's roles. */
export class ApplicationCredentialService {
  readonly #database: Database;
  readonly #credentials: ApplicationCredentialRepository;
  readonly #roles: Roles;
  readonly #tokens: TokenService;
  readonly #events: EventService;
  readonly #hasher: PasswordHasher;
  readonly #now: () => number;

  constructor(parts: {
    database: Database;
    credentials: ApplicationCredentialRepository;
    roles: Roles;
    tokens: TokenService;
    events: EventService;
    hasher: PasswordHasher;
    now: () => number;
  }) {
    this.#database = parts.database;
    this.#credentials = parts.credentials;
    this.#roles = parts.roles;
    this.#tokens = parts.tokens;
    this.#events = parts.events;
    this.#hasher = parts.hasher;
    this.#now = parts.now;
  }

  async find(id: string): Promise<ApplicationCredentialRecord | undefined> {
    return await this.#credentials.find({ id });
  }

  async list(userId: string, name: string | undefined): Promise<ShownApplicationCredential[]> {
    const records = await this.#credentials.list(userId, name);
    const roles = await this.#roles.findMany([...new Set(records.flatMap(({ roleIds }) => roleIds))]);
    return records.map((record) => ({ ...record, roles: roles.filter(({ id }) => record.roleIds.includes(id)) }));
  }

  async get(id: string): Promise<ShownApplicationCredential> {
    const record = await this.#credentials.find({ id });
    if (!record) throw notFound('Application Credential', id);
    return { ...record, roles: await this.#roles.findMany(record.roleIds) };
  }

  /** For the caller's own user and the project of their token. The secret is told here and never again. */
  async create(
    context: Context,
    caller: ResolvedToken,
    wanted: NewApplicationCredential,
  ): Promise<ShownApplicationCredential & { secret: string }> {
    if (!caller.project) throw new UserError('forbidden', 'This needs a token scoped to a project.');
    const secret = wanted.secret || randomBytes(64).toString('base64url');
    const expires_at = wanted.expires_at ? parseExpiry(wanted.expires_at, 'expires_at', this.#now()) : null;
    const roles = await this.#rolesFor(caller, wanted.roles ?? []);
    const wantedRecord: ApplicationCredentialRecord = {
      id: newIdentityId(),
      user_id: caller.user.id,
      project_id: caller.project.id,
      name: wanted.name,
      description: wanted.description ?? null,
      secret_hash: await this.#hasher.hash(secret),
      expires_at,
      unrestricted: wanted.unrestricted ?? false,
      created_at: new Date(this.#now()).toISOString(),
      roleIds: roles.map(({ id }) => id),
      accessRules: [],
    };
    const record = await this.#database.transaction(async (trx) => {
      // Hashing takes its time, in which all that the caller's token stands on may have been taken away.
      if (!(await this.#tokens.isStillValid(trx, caller))) throw notAuthenticated();
      const record = { ...wantedRecord, accessRules: [...wantedRecord.accessRules] };
      if (await this.#credentials.find({ userId: record.user_id, name: record.name }, trx)) {
        throw alreadyStored('application_credential', `Duplicate entry found with name ${record.name}`);
      }
      for (const { id, service = '', path = '', method = '' } of wanted.access_rules ?? []) {
        const known = id === undefined ? undefined : await this.#credentials.findRule(id, trx);
        if (id !== undefined && known?.user_id !== record.user_id) throw notFound('Access Rule', id);
        const rule = { id: newIdentityId(), user_id: record.user_id, service, path, method };
        record.accessRules.push(known ?? (await this.#credentials.keepRule(trx, rule)));
      }
      await this.#credentials.insert(trx, record);
      await this.#record(trx, context, 'created', record.id);
      return record;
    });
    return { ...record, roles, secret };
  }

  /** Its tokens end with it. */
  async delete(context: Context, id: string): Promise<void> {
    await this.#database.transaction(async (trx) => {
      if (!(await this.#credentials.find({ id }, trx))) throw notFound('Application Credential', id);
      await this.#credentials.delete(trx, id);
      await this.#record(trx, context, 'deleted', id);
      this.#database.afterCommit(trx, () => this.#tokens.changed());
    });
  }

  async listRules(
    userId: string,
    filter: { service?: string | undefined; path?: string | undefined; method?: string | undefined },
  ): Promise<AccessRuleRecord[]> {
    return await this.#credentials.listRules(userId, filter);
  }

  async getRule(userId: string, id: string): Promise<AccessRuleRecord> {
    const rule = await this.#credentials.findRule(id);
    if (rule?.user_id !== userId) throw notFound('Access Rule', id);
    return rule;
  }

  /** 403 while an application credential has it. */
  async deleteRule(userId: string, id: string): Promise<void> {
    await this.getRule(userId, id);
    await this.#database.transaction(async (trx) => {
      if (await this.#credentials.isRuleUsed(trx, id)) {
        throw new UserError('forbidden', 'Access rule is in use by an application credential.');
      }
      await this.#credentials.deleteRule(trx, id);
    });
  }

  /** Those asked for with all they imply, or without a wish all that the token has; never more than the token has. */
  async #rolesFor(caller: ResolvedToken, wanted: readonly RoleReference[]): Promise<RoleRecord[]> {
    const own = new Map(caller.roles.map((role) => [role.name, role.id]));
    const asked = wanted.map(({ id, name }) => id ?? own.get(name ?? ''));
    const held = new Set(own.values());
    const ids =
      asked.length === 0
        ? held
        : await withImplied(
            this.#database.query,
            asked.map((id) => id ?? ''),
          );
    if (asked.some((id) => id === undefined || !held.has(id)) || ![...ids].every((id) => held.has(id))) {
      throw new UserError(
        'bad_request',
        'Invalid application credential: Cannot create an application credential with unassigned role',
        { field: 'application_credential.roles' },
      );
    }
    return await this.#roles.findMany([...ids]);
  }

  async #record(
    trx: Parameters<EventService['record']>[0],
    context: Context,
    what: 'created' | 'deleted',
    id: string,
  ): Promise<void> {
    await this.#events.record(trx, context, {
      type: `identity.application_credential.${what}`,
      resourceId: id,
      projectId: null,
    });
  }
}
