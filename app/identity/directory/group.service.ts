import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { ResourceParts } from '../../resource/resource.ts';
import type { DomainConfigService } from '../domain-config/domain-config.service.ts';
import { notFound } from '../identity.errors.ts';
import type { IdentityParts } from '../identity.parts.ts';
import type { Page, PageQuery } from '../keystone.query.ts';
import { KeystoneResource } from '../keystone.resource.ts';
import type { LdapDomainService } from '../ldap/ldap-domain.service.ts';
import type { LdapWriteRules } from '../ldap/ldap-write-rules.ts';
import { type GroupRecord, groups } from './directory.tables.ts';
import type { GroupRepository } from './group.repository.ts';
import { type CreateGroup, GROUP_ATTRIBUTES, GROUP_FILTERS, type UpdateGroup } from './group.schema.ts';
import { ownDomain, refineInDomain, uniqueInDomain } from './in-domain.ts';
import type { FederatedUser, UserService } from './user.service.ts';

export type Membership = GroupRecord & { membership_expires_at: string | null };

interface Parts extends ResourceParts, Pick<IdentityParts, 'directory' | 'tokens'> {
  groups: GroupRepository;
  users: UserService;
  configs: DomainConfigService;
  ldap: LdapDomainService;
  writeRules: LdapWriteRules;
}

/** Groups and their members. Source: Identity API reference, "Groups". */
export class GroupService {
  readonly #parts: Parts;
  readonly #records: KeystoneResource<GroupRecord>;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { directory, tokens, writeRules } = parts;
    this.#records = new KeystoneResource<GroupRecord>(
      {
        table: groups,
        thing: 'group',
        defaults: { domain_id: '', name: '', description: '' },
        extra: { known: GROUP_ATTRIBUTES },
        filters: GROUP_FILTERS,
        told: ({ name }) => ({ payload: { name } }),
        unique: [uniqueInDomain('group')],
        refine: (sent, stored) => refineInDomain('group', sent, stored),
        check: async (trx, { id, domain_id }, stored) => {
          if (stored) await writeRules.assertMayChange(trx, id);
          else if (!(await directory.findDomain({ id: domain_id }, trx))) throw notFound('domain', domain_id);
        },
        checkDelete: (trx, { id }) => writeRules.assertMayDelete(trx, id),
        // What its members may do came in part from it.
        deleting: (trx, { id }) => tokens.end(trx, { groupId: id }),
      },
      parts,
    );
  }

  /** Whoever has a token for a domain sees only its groups. */
  async list(context: Context, query: PageQuery): Promise<Page<GroupRecord>> {
    const { ldap, configs } = this.#parts;
    const domainId = query.domain_id ?? context.domainId;
    if (typeof domainId === 'string') await ldap.refreshDomain(domainId);
    else await ldap.refreshAll();
    const limited = typeof domainId === 'string' ? await configs.withListLimit(domainId, query) : query;
    return await this.#records.page(limited, ownDomain(context));
  }

  async listOfUser(context: Context, userId: string, query: PageQuery): Promise<Page<Membership>> {
    const { directory, ldap } = this.#parts;
    if (!(await directory.findUser({ id: userId }))) throw notFound('user', userId);
    await ldap.refreshUser(userId);
    const memberships = await this.#parts.groups.membershipsOf(userId);
    const among = { attribute: 'id', is: 'in', value: [...memberships.keys()] } as const;
    const page = await this.#records.page(query, { ...ownDomain(context), where: [among] });
    const items = page.items.map((group) => ({ ...group, membership_expires_at: memberships.get(group.id) ?? null }));
    return { ...page, items };
  }

  async get(id: string): Promise<GroupRecord> {
    const { domain_id } = await this.#records.get(id);
    await this.#parts.ldap.refreshDomain(domain_id);
    return await this.#records.get(id);
  }

  async create(context: Context, given: CreateGroup & { domain_id: string }): Promise<GroupRecord> {
    await this.#parts.writeRules.assertMayCreate(given.domain_id);
    return await this.#records.make(context, given, undefined, { created_at: new Date().toISOString() });
  }

  async update(context: Context, id: string, change: UpdateGroup): Promise<GroupRecord> {
    return await this.#records.change(context, id, change);
  }

  async delete(context: Context, id: string): Promise<void> {
    await this.#records.delete(context, id);
  }

  async listMembers(context: Context, id: string, query: PageQuery): Promise<Page<FederatedUser>> {
    await this.get(id);
    return await this.#parts.users.listKnown(context, query, this.#parts.groups.membersOf(id));
  }

  async checkMember(id: string, userId: string): Promise<void> {
    await this.get(id);
    await this.#parts.users.get(userId);
    if (!(await this.#parts.groups.isMember(id, userId))) throw notMember(id, userId);
  }

  async addMember(context: Context, id: string, userId: string): Promise<void> {
    await this.#parts.database.transaction(async (trx) => {
      const group = await this.#records.get(id, trx);
      if (!(await this.#parts.directory.findUser({ id: userId }, trx))) throw notFound('user', userId);
      await this.#parts.writeRules.assertMayMove(trx, id, userId);
      await this.#parts.groups.addMember(trx, id, userId);
      this.#parts.database.afterCommit(trx, () => this.#parts.tokens.changed());
      await this.#records.tell(trx, context, group, 'identity.group.updated', moved(group, 'added', userId));
    });
  }

  /** Ends the user's tokens: what they may do came in part from the group. */
  async removeMember(context: Context, id: string, userId: string): Promise<void> {
    await this.#parts.database.transaction(async (trx) => {
      const group = await this.#records.get(id, trx);
      if (!(await this.#parts.directory.findUser({ id: userId }, trx))) throw notFound('user', userId);
      await this.#parts.writeRules.assertMayMove(trx, id, userId);
      if (!(await this.#parts.groups.isMember(id, userId, trx))) throw notMember(id, userId);
      await this.#parts.groups.removeMember(trx, id, userId);
      await this.#parts.tokens.end(trx, { userId });
      await this.#records.tell(trx, context, group, 'identity.group.updated', moved(group, 'removed', userId));
    });
  }
}

/** What is told of a group that somebody came into or left. */
function moved({ name }: GroupRecord, operation: 'added' | 'removed', user_id: string) {
  return { name, operation, user_id };
}

function notMember(groupId: string, userId: string): UserError {
  return new UserError('not_found', `User '${userId}' not found in group '${groupId}'`);
}
