import { sql } from 'kysely';
import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { Database } from '../../database/database.ts';
import type { EventService } from '../../events/event.service.ts';
import type { DomainConfigService } from '../domain-config/domain-config.service.ts';
import { alreadyStored, notFound } from '../identity.errors.ts';
import { KeystoneResource, type Sent } from '../keystone.resource.ts';
import type { LdapDomainService } from '../ldap/ldap-domain.service.ts';
import type { LdapWriteRules } from '../ldap/ldap-write-rules.ts';
import { type ListQuery, markerNotFound, type Page, toPage } from '../list-query.ts';
import type { TokenService } from '../token/token.service.ts';
import type { DirectoryRepository } from './directory.repository.ts';
import { type GroupRecord, groups } from './directory.tables.ts';
import type { GroupRepository } from './group.repository.ts';
import { type CreateGroup, GROUP_ATTRIBUTES, type UpdateGroup } from './group.schema.ts';
import type { FederatedUser, UserService } from './user.service.ts';

export type Membership = GroupRecord & { membership_expires_at: string | null };

/** Groups and their members. Source: Identity API reference, "Groups". */
export class GroupService {
  readonly #database: Database;
  readonly #directory: DirectoryRepository;
  readonly #records: KeystoneResource<GroupRecord>;
  readonly #groups: GroupRepository;
  readonly #users: UserService;
  readonly #tokens: TokenService;
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
    this.#configs = parts.configs;
    this.#ldap = parts.ldap;
    this.#writeRules = parts.writeRules;
    const { directory, tokens, writeRules } = parts;
    this.#records = new KeystoneResource<GroupRecord>(
      {
        table: groups,
        thing: 'group',
        defaults: { domain_id: '', name: '', description: '', created_at: '' },
        extra: { known: GROUP_ATTRIBUTES },
        filters: [],
        told: ({ name }) => ({ payload: { name } }),
        unique: [{ attributes: ['domain_id', 'name'], taken: nameTaken }],
        refine,
        check: async (trx, { id, domain_id }, stored) => {
          if (stored) await writeRules.assertMayChange(trx, id);
          else if (!(await directory.findDomain({ id: domain_id }, trx))) throw notFound('domain', domain_id);
        },
        checkDelete: (trx, { id }) => writeRules.assertMayDelete(trx, id),
        deleting: (trx, { id }) => tokens.end(trx, { groupId: id }),
      },
      parts,
    );
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
    await this.#writeRules.assertMayCreate(given.domain_id);
    return await this.#records.make(context, given, undefined, { created_at: new Date().toISOString() });
  }

  async update(context: Context, id: string, change: UpdateGroup): Promise<GroupRecord> {
    return await this.#records.change(context, id, change);
  }

  /** The tokens of its members end, because what they may do came in part from it. */
  async delete(context: Context, id: string): Promise<void> {
    await this.#records.delete(context, id);
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
      const group = await this.#records.get(id, trx);
      if (!(await this.#directory.findUser({ id: userId }, trx))) throw notFound('user', userId);
      await this.#writeRules.assertMayMove(trx, id, userId);
      await this.#groups.addMember(trx, id, userId);
      this.#database.afterCommit(trx, () => this.#tokens.changed());
      await this.#records.tell(trx, context, group, 'identity.group.updated', moved(group, 'added', userId));
    });
  }

  /** Ends the user's tokens: what they may do came in part from the group. */
  async removeMember(context: Context, id: string, userId: string): Promise<void> {
    await this.#database.transaction(async (trx) => {
      const group = await this.#records.get(id, trx);
      if (!(await this.#directory.findUser({ id: userId }, trx))) throw notFound('user', userId);
      await this.#writeRules.assertMayMove(trx, id, userId);
      if (!(await this.#groups.isMember(id, userId, trx))) throw notMember(id, userId);
      await this.#groups.removeMember(trx, id, userId);
      await this.#tokens.end(trx, { userId });
      await this.#records.tell(trx, context, group, 'identity.group.updated', moved(group, 'removed', userId));
    });
  }
}

/** What is told of a group that somebody came into or left. */
function moved({ name }: GroupRecord, operation: 'added' | 'removed', user_id: string) {
  return { name, operation, user_id };
}

function nameTaken({ name, domain_id }: GroupRecord): UserError {
  return alreadyStored('group', `Duplicate entry found with name ${name} at domain ID ${domain_id}`);
}

/** When it was made is nobody's to say. */
function refine({ created_at: _, ...sent }: Sent, stored: GroupRecord | undefined): Sent {
  if (stored && sent.domain_id !== undefined && sent.domain_id !== stored.domain_id) {
    throw new UserError('bad_request', 'Cannot change Domain ID', { field: 'group.domain_id' });
  }
  return typeof sent.name === 'string' ? { ...sent, name: sent.name.trim() } : sent;
}

function ownOnly({ domainId }: Context) {
  return domainId === null ? [] : [sql<boolean>`domain_id = ${domainId}`];
}

function notMember(groupId: string, userId: string): UserError {
  return new UserError('not_found', `User '${userId}' not found in group '${groupId}'`);
}
