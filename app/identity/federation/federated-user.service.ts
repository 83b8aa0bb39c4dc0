import type { Transaction } from '../../database/database.ts';
import { dayOf } from '../directory/directory.record.ts';
import { insertProject } from '../directory/project.repository.ts';
import { notAuthenticated, notAuthorized } from '../identity.errors.ts';
import type { IdentityParts } from '../identity.parts.ts';
import { newIdentityId } from '../identity-id.ts';
import type { Federation, SignInCode } from '../token/token.tables.ts';
import type { FederationService } from './federation.service.ts';
import type { IdentityProviderRecord, ProtocolRecord } from './federation.tables.ts';
import type { MappedDomain } from './mapping.schema.ts';
import { type Assertion, applyMapping, type MappedIdentity } from './mapping.ts';

const MAX_NAME = 255;

interface Parts extends Pick<IdentityParts, 'database' | 'directory' | 'assignments' | 'events' | 'tokens' | 'now'> {
  federation: FederationService;
}

/** Who a provider vouches for becomes a user: found or made, with the groups and projects the mapping gives. */
export class FederatedUserService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** 401 where the mapping yields nobody, 403 where the provider is disabled or another one speaks. */
  async admit(idpId: string, protocolId: string, assertion: Assertion): Promise<SignInCode> {
    return await this.#parts.database.transaction(async (trx) => {
      const provider = await this.#parts.federation.providers.find(idpId, trx);
      const protocol = provider && (await this.#parts.federation.findProtocol(idpId, protocolId, trx));
      const mapping = protocol && (await this.#parts.federation.mappings.find(protocol.mapping_id, trx));
      if (!mapping) throw notAuthenticated();
      if (!provider.enabled) throw notAuthorized(`Identity Provider ${idpId} is disabled`);
      assertIsProvider(provider, protocol, assertion);
      const mapped = applyMapping(mapping, assertion);
      if (mapped.user.type === 'local') {
        return { userId: await this.#localUser(trx, mapped), projectId: null, federation: null };
      }
      const userId = await this.#shadow(trx, provider, protocol, mapped);
      const groupIds = await this.#groups(trx, provider, userId, mapped);
      await this.#projects(trx, provider, userId, mapped);
      this.#parts.database.afterCommit(trx, () => this.#parts.tokens.changed());
      const federation: Federation = { identityProviderId: idpId, protocolId, groupIds };
      return { userId, projectId: null, federation };
    });
  }

  async #localUser(trx: Transaction, { user }: MappedIdentity): Promise<string> {
    const domainId = user.domain && (await this.#domainId(trx, user.domain));
    const found =
      user.id !== undefined
        ? await this.#parts.directory.findUser({ id: user.id }, trx)
        : user.name !== undefined && domainId !== undefined
          ? await this.#parts.directory.findUser({ name: user.name, domainId }, trx)
          : undefined;
    if (!found?.enabled) throw notAuthenticated();
    return found.id;
  }

  async #shadow(
    trx: Transaction,
    provider: IdentityProviderRecord,
    protocol: ProtocolRecord,
    { user }: MappedIdentity,
  ): Promise<string> {
    const uniqueId = user.id ?? user.name;
    if (!uniqueId) throw notAuthenticated();
    const name = user.name || uniqueId;
    const at = new Date(this.#parts.now());
    const known = await trx
      .selectFrom('identity_federated_user')
      .selectAll()
      .where('idp_id', '=', provider.id)
      .where('protocol_id', '=', protocol.id)
      .where('unique_id', '=', uniqueId)
      .executeTakeFirst();
    if (known) {
      const found = await this.#parts.directory.findUser({ id: known.user_id }, trx);
      if (!found) throw notAuthenticated();
      const extra = { ...found.extra, ...(user.email ? { email: user.email } : {}) };
      const shown =
        known.display_name === name ? found.name : await this.#freeName(trx, found.domain_id, name, uniqueId);
      await trx
        .updateTable('identity_user')
        .set({
          last_active_on: dayOf(this.#parts.now()),
          extra: JSON.stringify(extra),
          ...(known.made_user ? { name: shown } : {}),
        })
        .where('id', '=', found.id)
        .execute();
      await trx
        .updateTable('identity_federated_user')
        .set({ display_name: name })
        .where('user_id', '=', found.id)
        .where('unique_id', '=', uniqueId)
        .execute();
      return found.id;
    }
    const domainId = user.domain ? await this.#domainId(trx, user.domain) : provider.domain_id;
    if (domainId === undefined) throw notAuthenticated();
    const id = newIdentityId();
    await trx
      .insertInto('identity_user')
      .values({
        id,
        domain_id: domainId,
        name: await this.#freeName(trx, domainId, name, uniqueId),
        enabled: 1,
        last_active_on: dayOf(this.#parts.now()),
        extra: JSON.stringify(user.email ? { email: user.email } : {}),
        created_at: at.toISOString(),
      })
      .execute();
    await trx
      .insertInto('identity_federated_user')
      .values({
        idp_id: provider.id,
        protocol_id: protocol.id,
        unique_id: uniqueId,
        user_id: id,
        display_name: name,
        made_user: 1,
      })
      .execute();
    await this.#parts.events.record(trx, null, {
      type: 'identity.user.created',
      resourceId: id,
      projectId: null,
    });
    return id;
  }

  /** Names are unique in a domain, those a provider gives need not be. */
  async #freeName(trx: Transaction, domainId: string, name: string, uniqueId: string): Promise<string> {
    const taken = await this.#parts.directory.findUser({ name: name.slice(0, MAX_NAME), domainId }, trx);
    return (taken ? `${name} (${uniqueId})` : name).slice(0, MAX_NAME);
  }

  /** As Keystone: groups by id must be there, those by name that are not are passed over. */
  async #groups(
    trx: Transaction,
    provider: IdentityProviderRecord,
    userId: string,
    { groupIds, groupNames }: MappedIdentity,
  ): Promise<string[]> {
    const found = new Set<string>();
    for (const id of groupIds) {
      const group = await this.#parts.directory.findGroup({ id }, trx);
      if (!group) throw notAuthenticated();
      found.add(group.id);
    }
    for (const { name, domain } of groupNames) {
      const domainId = await this.#domainId(trx, domain);
      const group = domainId === undefined ? undefined : await this.#parts.directory.findGroup({ name, domainId }, trx);
      if (group) found.add(group.id);
    }
    await trx
      .deleteFrom('identity_group_member')
      .where('user_id', '=', userId)
      .where('idp_id', '=', provider.id)
      .execute();
    const ttl = provider.authorization_ttl;
    const expires_at = ttl ? new Date(this.#parts.now() + ttl * 60_000).toISOString() : null;
    if (found.size > 0) {
      const rows = [...found].map((group_id) => ({ group_id, user_id: userId, idp_id: provider.id, expires_at }));
      await trx.insertInto('identity_group_member').values(rows).execute();
    }
    return [...found];
  }

  /** Projects that are not there are made, in the provider's domain where the mapping names none. */
  async #projects(
    trx: Transaction,
    provider: IdentityProviderRecord,
    userId: string,
    { projects }: MappedIdentity,
  ): Promise<void> {
    for (const { name, roles, domain } of projects) {
      const domainId = domain ? await this.#domainId(trx, domain) : provider.domain_id;
      if (domainId === undefined) throw notAuthenticated();
      const roleIds: string[] = [];
      for (const role of roles) {
        const found = await trx
          .selectFrom('identity_role')
          .select('id')
          .where('name', '=', role.name)
          .where((e) => e.or([e('domain_id', 'is', null), e('domain_id', '=', domainId)]))
          .executeTakeFirst();
        if (!found) throw notAuthenticated();
        roleIds.push(found.id);
      }
      const there = await this.#parts.directory.findProject({ name, domainId }, trx);
      const projectId = there?.id ?? (await this.#makeProject(trx, name, domainId));
      for (const roleId of roleIds) {
        const grant = { actor: { user_id: userId }, target: { project_id: projectId }, inherited: false };
        await this.#parts.assignments.insert(trx, grant, roleId);
      }
    }
  }

  async #makeProject(trx: Transaction, name: string, domainId: string): Promise<string> {
    const id = newIdentityId();
    const place = { domain_id: domainId, parent_id: domainId, is_domain: false };
    await insertProject(trx, { id, ...place, name, description: '' });
    await this.#parts.events.record(trx, null, {
      type: 'identity.project.created',
      resourceId: id,
      projectId: null,
    });
    return id;
  }

  async #domainId(trx: Transaction, { id, name }: MappedDomain): Promise<string | undefined> {
    const found = await this.#parts.directory.findDomain(id === undefined ? { name: name ?? '' } : { id }, trx);
    return found?.id;
  }
}

/** A provider with remote ids speaks for itself only: the attribute that names it must be one of them. */
function assertIsProvider(provider: IdentityProviderRecord, protocol: ProtocolRecord, assertion: Assertion): void {
  if (!protocol.remote_id_attribute || provider.remote_ids.length === 0) return;
  const said = assertion[protocol.remote_id_attribute] ?? [];
  if (said.length === 0) throw notAuthenticated();
  if (!said.every((id) => provider.remote_ids.includes(id))) throw notAuthorized();
}
