import { sql } from 'kysely';
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
import type { TokenService } from '../token/token.service.ts';
import type { DirectoryRepository } from './directory.repository.ts';
import type { GroupRecord } from './directory.tables.ts';
import type { GroupRepository } from './group.repository.ts';
import { type CreateGroup, GROUP_ATTRIBUTES, type UpdateGroup } from './group.schema.ts';
import type { FederatedUser, UserService } from './user.service.ts';

export type Membership = GroupRecord & { membership_expires_at: string | null };

/** Groups and their members. Source: Identity API reference, "Groups". */
export class GroupService {
  readonly #database: Database;
  readonly #directory: DirectoryRepository;
  readonly #groups: GroupRepository;
  readonly #users: UserService;
  readonly #tokens: TokenService;
  readonly #events: EventService;
  readonly #configs: DomainConfigService;
  readonly #ldap: LdapDomainService;
  readonly #writeRules: LdapWriteRules;

  constructor(parts: {
    database: Database;
    directory: DirectoryRepository;
    groups: GroupRepository;
    users: UserService;
    tokens: TokenService;
    events: EventService;
    configs: DomainConfigService;
    ldap: LdapDomainService;
    writeRules: LdapWriteRules;
  }) {
    this.#database = parts.database;
    this.#directory = parts.directory;
    this.#groups = parts.groups;
    this.#users = parts.users;
    this.#tokens = parts.tokens;
    this.#events = parts.events;
    this.#configs = parts.configs;
    this.#ldap = parts.ldap;
    this.#writeRules = parts.writeRules;
  }

  /** Whoever has a token for a domain sees only its groups. */
  async list(context: Context, query: ListQuery): Promise<Page<GroupRecord>> {
    const domainId = query.domain_id ?? context.domainId;
    if (typeof domainId === 'string') await this.#ldap.refreshDomain(domainId);
    else await this.#ldap.refreshAll();
    const { marker } = query;
    if (marker !== undefined && !(await this.#directory.findGroup({ id: marker }))) throw markerNotFound(marker);
    const limited = typeof domainId === 'string' ? await this.#configs.withListLimit(domainId, query) : query;
    return toPage(await this.#groups.list(limited, ownOnly(context)), limited);
  }

  async listOfUser(context: Context, userId: string, query: ListQuery): Promise<Page<Membership>> {
    if (!(await this.#directory.findUser({ id: userId }))) throw notFound('user', userId);
    await this.#ldap.refreshUser(userId);
    const memberships = await this.#groups.membershipsOf(userId);
    if (memberships.size === 0) return { items: [], isTruncated: false };
    const among = sql<boolean>`id IN (${sql.join([...memberships.keys()])})`;
    const page = toPage(await this.#groups.list(query, [...ownOnly(context), among]), query);
    const items = page.items.map((group) => ({ ...group, membership_expires_at: memberships.get(group.id) ?? null }));
    return { ...page, items };
  }

  async get(id: string): Promise<GroupRecord> {
    const known = await this.#directory.findGroup({ id });
    if (known) await this.#ldap.refreshDomain(known.domain_id);
    const group = known && (await this.#directory.findGroup({ id }));
    if (!group) throw notFound('group', id);
    return group;
  }

  async create(context: Context, given: CreateGroup & { domain_id: string }): Promise<GroupRecord> {
    const group: GroupRecord = {
      id: newIdentityId(),
      domain_id: given.domain_id,
      name: given.name.trim(),
      description: given.description === undefined ? '' : given.description,
      extra: extraOf(given, GROUP_ATTRIBUTES),
      created_at: new Date().toISOString(),
    };
    await this.#writeRules.assertMayCreate(group.domain_id);
    await this.#database.transaction(async (trx) => {
      if (!(await this.#directory.findDomain({ id: group.domain_id }, trx))) throw notFound('domain', group.domain_id);
      await this.#assertNameFree(trx, group);
      await this.#groups.insert(trx, group);
      await this.#tell(trx, context, group, 'created');
    });
    return group;
  }

  async update(context: Context, id: string, change: UpdateGroup): Promise<GroupRecord> {
    return await this.#database.transaction(async (trx) => {
      const updated = await this.#groups.update(trx, id, async (group) => {
        if (change.id !== undefined && change.id !== id) throw refuse('Cannot change ID', 'id');
        if (change.domain_id !== undefined && change.domain_id !== group.domain_id) {
          throw refuse('Cannot change Domain ID', 'domain_id');
        }
        await this.#writeRules.assertMayChange(trx, id);
        const next: GroupRecord = {
          ...group,
          name: change.name?.trim() ?? group.name,
          description: change.description === undefined ? group.description : change.description,
          extra: extraOf(change, GROUP_ATTRIBUTES, group.extra),
        };
        await this.#assertNameFree(trx, next);
        return next;
      });
      if (!updated) throw notFound('group', id);
      await this.#tell(trx, context, updated, 'updated');
      return updated;
    });
  }

  /** The tokens of its members end, because what they may do came in part from it. */
  async delete(context: Context, id: string): Promise<void> {
    await this.#database.transaction(async (trx) => {
      const group = await this.#load(trx, id);
      await this.#writeRules.assertMayDelete(trx, id);
      await this.#tokens.end(trx, { groupId: id });
      await this.#groups.delete(trx, id);
      await this.#tell(trx, context, group, 'deleted');
    });
  }

  async listMembers(context: Context, id: string, query: ListQuery): Promise<Page<FederatedUser>> {
    await this.get(id);
    return await this.#users.listKnown(context, query, [this.#groups.membersOf(id)]);
  }

  async checkMember(id: string, userId: string): Promise<void> {
    await this.get(id);
    await this.#users.get(userId);
    if (!(await this.#groups.isMember(id, userId))) throw notMember(id, userId);
  }

  async addMember(context: Context, id: string, userId: string): Promise<void> {
    await this.#database.transaction(async (trx) => {
      const group = await this.#load(trx, id);
      if (!(await this.#directory.findUser({ id: userId }, trx))) throw notFound('user', userId);
      await this.#writeRules.assertMayMove(trx, id, userId);
      await this.#groups.addMember(trx, id, userId);
      this.#database.afterCommit(trx, () => this.#tokens.changed());
      await this.#tell(trx, context, group, 'updated', { operation: 'added', user_id: userId });
    });
  }

  /** Ends the user's tokens: what they may do came in part from the group. */
  async removeMember(context: Context, id: string, userId: string): Promise<void> {
    await this.#database.transaction(async (trx) => {
      const group = await this.#load(trx, id);
      if (!(await this.#directory.findUser({ id: userId }, trx))) throw notFound('user', userId);
      await this.#writeRules.assertMayMove(trx, id, userId);
      if (!(await this.#groups.isMember(id, userId, trx))) throw notMember(id, userId);
      await this.#groups.removeMember(trx, id, userId);
      await this.#tokens.end(trx, { userId });
      await this.#tell(trx, context, group, 'updated', { operation: 'removed', user_id: userId });
    });
  }

  async #load(trx: Transaction, id: string): Promise<GroupRecord> {
    const group = await this.#directory.findGroup({ id }, trx);
    if (!group) throw notFound('group', id);
    return group;
  }

  async #assertNameFree(trx: Transaction, group: GroupRecord): Promise<void> {
    if (!(await this.#groups.isNameTaken(trx, group))) return;
    throw alreadyStored('group', `Duplicate entry found with name ${group.name} at domain ID ${group.domain_id}`);
  }

  async #tell(trx: Transaction, context: Context, { id, name }: GroupRecord, what: IdentityChange, more: object = {}) {
    await this.#events.record(trx, context, {
      type: `identity.group.${what}`,
      resourceId: id,
      projectId: null,
      payload: { name, ...more },
    });
  }
}

function ownOnly({ domainId }: Context) {
  return domainId === null ? [] : [sql<boolean>`domain_id = ${domainId}`];
}

function notMember(groupId: string, userId: string): UserError {
  return new UserError('not_found', `User '${userId}' not found in group '${groupId}'`);
}

function refuse(message: string, field: string): UserError {
  return new UserError('bad_request', message, { field: `group.${field}` });
}
