import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { Transaction } from '../../database/database.ts';
import type { Narrowing } from '../../resource/collection-query.ts';
import type { ResourceParts } from '../../resource/resource.ts';
import type { DomainConfigService } from '../domain-config/domain-config.service.ts';
import { notFound } from '../identity.errors.ts';
import type { IdentityParts } from '../identity.parts.ts';
import type { Page, PageQuery } from '../keystone.query.ts';
import { KeystoneResource, type Sent } from '../keystone.resource.ts';
import type { LdapDomainService } from '../ldap/ldap-domain.service.ts';
import type { LdapWriteRules } from '../ldap/ldap-write-rules.ts';
import { mergeOptions } from '../resource-options.ts';
import { dayOf } from './directory.record.ts';
import { type UserOptions, type UserRecord, users } from './directory.tables.ts';
import { ownDomain, refineInDomain, uniqueInDomain } from './in-domain.ts';
import {
  type CreateUser,
  expiryFilters,
  FEDERATED_FILTERS,
  type Federated,
  type UpdateUser,
  USER_ATTRIBUTES,
  USER_FILTERS,
} from './user.schema.ts';
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

interface Parts extends ResourceParts, Pick<IdentityParts, 'directory' | 'tokens' | 'now'> {
  passwords: UserPasswordService;
  configs: DomainConfigService;
  ldap: LdapDomainService;
  writeRules: LdapWriteRules;
  federated: FederatedUsers;
}

/** Whoever is new, or enabled anew, has no failures to answer for. */
const UNTRIED = { failed_count: 0, failed_at: null };

/** Users. Source: Identity API reference, "Users". */
export class UserService {
  readonly #parts: Parts;
  readonly #records: KeystoneResource<UserRecord>;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { directory, tokens, writeRules } = parts;
    this.#records = new KeystoneResource<UserRecord>(
      {
        table: users,
        thing: 'user',
        defaults: { domain_id: '', name: '', enabled: true, default_project_id: null, options: {} },
        extra: { known: USER_ATTRIBUTES },
        filters: [...USER_FILTERS.text, ...USER_FILTERS.flags],
        told: ({ name }) => ({ payload: { name } }),
        unique: [uniqueInDomain('user')],
        refine,
        check: async (trx, { id, domain_id, default_project_id }, stored) => {
          if (stored) await writeRules.assertMayChange(trx, id);
          else if (!(await directory.findDomain({ id: domain_id }, trx))) throw notFound('domain', domain_id);
          const project = default_project_id ? await directory.findProject({ id: default_project_id }, trx) : undefined;
          if (project?.is_domain) throw noDefaultProject(project.id);
        },
        checkDelete: (trx, { id }) => writeRules.assertMayDelete(trx, id),
        deleting: (trx, { id }) => tokens.end(trx, { userId: id }),
      },
      parts,
    );
  }

  /** Whoever has a token for a domain sees only its users. */
  async list(context: Context, query: PageQuery): Promise<Page<FederatedUser>> {
    const { ldap, configs } = this.#parts;
    const domainId = query.domain_id ?? context.domainId;
    if (typeof domainId !== 'string') await ldap.refreshAll();
    else if (typeof query.name === 'string') await ldap.refreshNamed(domainId, query.name);
    else await ldap.refreshDomain(domainId);
    const limited = typeof domainId === 'string' ? await configs.withListLimit(domainId, query) : query;
    return await this.listKnown(context, limited);
  }

  /** Without asking LDAP servers first. `further` narrows it more, such as to a group's members. */
  async listKnown(context: Context, query: PageQuery, ...further: Narrowing[]): Promise<Page<FederatedUser>> {
    const expiries = expiryFilters(query.password_expires_at).map(
      ({ operator, time }) => sql<SqlBool>`password_expires_at ${sql.raw(operator)} ${time}`,
    );
    const where = [...expiries, ...this.#federatedCondition(query), ...further];
    const page = await this.#records.page(query, { ...ownDomain(context), where });
    return { ...page, items: await this.#shown(page.items) };
  }

  async get(id: string): Promise<FederatedUser> {
    await this.#parts.ldap.refreshUser(id);
    const [user] = await this.#shown([await this.#records.get(id)]);
    if (!user) throw notFound('user', id);
    return user;
  }

  async create(context: Context, given: CreateUser & { domain_id: string }): Promise<FederatedUser> {
    const { database, passwords, writeRules, federated, now } = this.#parts;
    const { password, federated: links = [] } = given;
    const made = this.#records.made(given);
    const hash = password == null ? null : await passwords.hash(password);
    await writeRules.assertMayCreate(made.domain_id);
    const created_at = new Date(now()).toISOString();
    const user = {
      ...made,
      ...UNTRIED,
      ...passwords.columnsOf(hash, made.options),
      last_active_on: null,
      created_at,
    };
    await database.transaction(async (trx) => {
      await this.#records.add(trx, context, user);
      if (links.length > 0) await federated.replace(trx, user, links);
    });
    return await this.get(user.id);
  }

  async update(context: Context, id: string, change: UpdateUser): Promise<FederatedUser> {
    const { database, passwords, tokens, federated, now } = this.#parts;
    const { password, federated: links = [] } = change;
    const hash = password == null ? null : await passwords.hash(password);
    // Whoever is enabled anew is as if they had signed in today.
    const anew = change.enabled ? { ...UNTRIED, last_active_on: dayOf(now()) } : {};
    await database.transaction(async (trx) => {
      const updated = await this.#records.alter(trx, context, id, (stored) => ({
        ...this.#records.changed(change, stored),
        ...anew,
      }));
      if (password !== undefined) await passwords.reset(trx, updated, hash);
      // As Keystone: an empty list changes nothing.
      if (links.length > 0) await federated.replace(trx, updated, links);
      if (password !== undefined || !updated.enabled) await tokens.end(trx, { userId: id });
      else database.afterCommit(trx, () => tokens.changed());
    });
    return await this.get(id);
  }

  async delete(context: Context, id: string): Promise<void> {
    await this.#records.delete(context, id);
  }

  #federatedCondition(query: PageQuery): RawBuilder<SqlBool>[] {
    const asked = FEDERATED_FILTERS.filter((name) => query[name] !== undefined);
    if (asked.length === 0) return [];
    const filter = Object.fromEntries(asked.map((name) => [name, String(query[name])]));
    return [this.#parts.federated.condition(filter)];
  }

  async #shown(found: readonly UserRecord[]): Promise<FederatedUser[]> {
    if (found.length === 0) return [];
    const { federated, directory } = this.#parts;
    const known = await federated.of(found.map(({ id }) => id));
    return found.map((each) => {
      const user = directory.asOfNow(each);
      const links = known.get(user.id);
      return links ? { ...user, federated: links } : user;
    });
  }
}

function refine(sent: Sent, stored: UserRecord | undefined): Sent {
  const options = mergeOptions<UserOptions>(stored?.options ?? {}, sent.options as object | undefined);
  return { ...refineInDomain('user', sent, stored), options };
}

function noDefaultProject(id: string): UserError {
  return new UserError('bad_request', `User's default project ID cannot be a domain ID: ${id}`, {
    field: 'user.default_project_id',
  });
}
