import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { IdentityChange } from '../../contract/events.ts';
import type { Database, Transaction } from '../../database/database.ts';
import type { EventService } from '../../events/event.service.ts';
import type { DomainConfigService } from '../domain-config/domain-config.service.ts';
import { extraOf } from '../extra-attributes.ts';
import { alreadyStored, notFound } from '../identity.errors.ts';
import { newIdentityId } from '../identity-id.ts';
import type { LdapDomainService } from '../ldap/ldap-domain.service.ts';
import type { LdapWriteRules } from '../ldap/ldap-write-rules.ts';
import { type ListQuery, markerNotFound, type Page, toPage } from '../list-query.ts';
import { mergeOptions } from '../resource-options.ts';
import type { TokenService } from '../token/token.service.ts';
import type { DirectoryRepository } from './directory.repository.ts';
import type { UserOptions, UserRecord } from './directory.tables.ts';
import type { UserRepository } from './user.repository.ts';
import { type CreateUser, FEDERATED_FILTERS, type Federated, type UpdateUser, USER_ATTRIBUTES } from './user.schema.ts';
import type { UserPasswordService } from './user-password.service.ts';

/** What identity providers call a user; see federation/federated-link.service.ts. */
export interface FederatedUsers {
  of(userIds: readonly string[]): Promise<ReadonlyMap<string, Federated>>;
  /** Replaces what is known of the user; 400 where a provider or protocol is not there, 409 where it is another. */
  replace(trx: Transaction, user: Pick<UserRecord, 'id' | 'name'>, federated: Federated): Promise<void>;
  /** Narrows a list of users to those that a provider knows so. */
  condition(filter: { idp_id?: string; protocol_id?: string; unique_id?: string }): RawBuilder<SqlBool>;
}
export type FederatedUser = UserRecord & { federated?: Federated };

/** Users. Source: Identity API reference, "Users". */
export class UserService {
  readonly #database: Database;
  readonly #directory: DirectoryRepository;
  readonly #users: UserRepository;
  readonly #passwords: UserPasswordService;
  readonly #tokens: TokenService;
  readonly #events: EventService;
  readonly #configs: DomainConfigService;
  readonly #ldap: LdapDomainService;
  readonly #writeRules: LdapWriteRules;
  readonly #federated: FederatedUsers;

  constructor(parts: {
    database: Database;
    directory: DirectoryRepository;
    users: UserRepository;
    passwords: UserPasswordService;
    tokens: TokenService;
    events: EventService;
    configs: DomainConfigService;
    ldap: LdapDomainService;
    writeRules: LdapWriteRules;
    federated: FederatedUsers;
  }) {
    this.#database = parts.database;
    this.#directory = parts.directory;
    this.#users = parts.users;
    this.#passwords = parts.passwords;
    this.#tokens = parts.tokens;
    this.#events = parts.events;
    this.#configs = parts.configs;
    this.#ldap = parts.ldap;
    this.#writeRules = parts.writeRules;
    this.#federated = parts.federated;
  }

  /** Whoever has a token for a domain sees only its users. */
  async list(context: Context, query: ListQuery): Promise<Page<FederatedUser>> {
    const domainId = query.domain_id ?? context.domainId;
    if (typeof domainId !== 'string') await this.#ldap.refreshAll();
    else if (typeof query.name === 'string') await this.#ldap.refreshNamed(domainId, query.name);
    else await this.#ldap.refreshDomain(domainId);
    const limited = typeof domainId === 'string' ? await this.#configs.withListLimit(domainId, query) : query;
    return await this.listKnown(context, limited, []);
  }

  /** Without asking LDAP servers first. `further` narrows it more, such as to a group's members. */
  async listKnown(context: Context, query: ListQuery, further: RawBuilder<SqlBool>[]): Promise<Page<FederatedUser>> {
    const { marker } = query;
    if (marker !== undefined && !(await this.#directory.findUser({ id: marker }))) throw markerNotFound(marker);
    const own = context.domainId === null ? [] : [sql<boolean>`domain_id = ${context.domainId}`];
    const rows = await this.#users.list(query, [...own, ...this.#federatedCondition(query), ...further]);
    const page = toPage(rows, query);
    return { ...page, items: await this.#withFederated(page.items) };
  }

  async get(id: string): Promise<FederatedUser> {
    await this.#ldap.refreshUser(id);
    const user = await this.#directory.findUser({ id });
    if (!user) throw notFound('user', id);
    return (await this.#withFederated([user]))[0] ?? user;
  }

  async create(context: Context, given: CreateUser & { domain_id: string }): Promise<FederatedUser> {
    const { password, federated } = given;
    const options = mergeOptions<UserOptions>({}, given.options);
    const user = {
      id: newIdentityId(),
      domain_id: given.domain_id,
      name: given.name.trim(),
      enabled: given.enabled ?? true,
      default_project_id: given.default_project_id ?? null,
      options,
      extra: extraOf(given, USER_ATTRIBUTES),
    };
    const hash = password == null ? null : await this.#passwords.hash(password);
    await this.#writeRules.assertMayCreate(user.domain_id);
    await this.#database.transaction(async (trx) => {
      if (!(await this.#directory.findDomain({ id: user.domain_id }, trx))) throw notFound('domain', user.domain_id);
      await this.#assertPossible(trx, user);
      await this.#users.insert(trx, user, this.#passwords.firstColumns(hash, options));
      if (federated?.length) await this.#federated.replace(trx, user, federated);
      await this.#tell(trx, context, user, 'created');
    });
    return await this.get(user.id);
  }

  async update(context: Context, id: string, change: UpdateUser): Promise<FederatedUser> {
    const { password, federated } = change;
    const hash = password == null ? null : await this.#passwords.hash(password);
    await this.#database.transaction(async (trx) => {
      const updated = await this.#users.update(trx, id, async (user) => {
        if (change.id !== undefined && change.id !== id) throw refuse('Cannot change user ID', 'id');
        if (change.domain_id !== undefined && change.domain_id !== user.domain_id) {
          throw refuse('Cannot change Domain ID', 'domain_id');
        }
        await this.#writeRules.assertMayChange(trx, id);
        const next: UserRecord = {
          ...user,
          name: change.name?.trim() ?? user.name,
          enabled: change.enabled ?? user.enabled,
          default_project_id:
            change.default_project_id === undefined ? user.default_project_id : change.default_project_id,
          options: mergeOptions(user.options, change.options),
          extra: extraOf(change, USER_ATTRIBUTES, user.extra),
        };
        await this.#assertPossible(trx, next);
        return next;
      });
      if (!updated) throw notFound('user', id);
      if (change.enabled) await this.#users.forgetFailures(trx, id);
      if (password !== undefined) await this.#passwords.reset(trx, updated, hash);
      // As Keystone: an empty list changes nothing.
      if (federated?.length) await this.#federated.replace(trx, updated, federated);
      if (password !== undefined || !updated.enabled) await this.#tokens.end(trx, { userId: id });
      else this.#database.afterCommit(trx, () => this.#tokens.changed());
      await this.#tell(trx, context, updated, 'updated');
    });
    return await this.get(id);
  }

  async delete(context: Context, id: string): Promise<void> {
    await this.#database.transaction(async (trx) => {
      const user = await this.#load(trx, id);
      await this.#writeRules.assertMayDelete(trx, id);
      await this.#tokens.end(trx, { userId: id });
      await this.#users.delete(trx, id);
      await this.#tell(trx, context, user, 'deleted');
    });
  }

  async #load(trx: Transaction, id: string): Promise<UserRecord> {
    const user = await this.#directory.findUser({ id }, trx);
    if (!user) throw notFound('user', id);
    return user;
  }

  async #assertPossible(
    trx: Transaction,
    user: Pick<UserRecord, 'id' | 'name' | 'domain_id' | 'default_project_id'>,
  ): Promise<void> {
    if (await this.#users.isNameTaken(trx, user)) {
      throw alreadyStored('user', `Duplicate entry found with name ${user.name} at domain ID ${user.domain_id}`);
    }
    if (user.default_project_id === null) return;
    const project = await this.#directory.findProject({ id: user.default_project_id }, trx);
    if (!project?.is_domain) return;
    throw refuse(`User's default project ID cannot be a domain ID: ${project.id}`, 'default_project_id');
  }

  #federatedCondition(query: ListQuery): RawBuilder<SqlBool>[] {
    const asked = FEDERATED_FILTERS.filter((name) => query[name] !== undefined);
    if (asked.length === 0) return [];
    const filter = Object.fromEntries(asked.map((name) => [name, String(query[name])]));
    return [this.#federated.condition(filter)];
  }

  async #withFederated(users: UserRecord[]): Promise<FederatedUser[]> {
    if (users.length === 0) return users;
    const known = await this.#federated.of(users.map(({ id }) => id));
    return users.map((user) => {
      const federated = known.get(user.id);
      return federated ? { ...user, federated } : user;
    });
  }

  async #tell(trx: Transaction, context: Context, { id, name }: { id: string; name: string }, what: IdentityChange) {
    await this.#events.record(trx, context, {
      type: `identity.user.${what}`,
      resourceId: id,
      projectId: null,
      payload: { name },
    });
  }
}

function refuse(message: string, field: string): UserError {
  return new UserError('bad_request', message, { field: `user.${field}` });
}
