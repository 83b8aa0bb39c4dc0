import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { IdentityChange } from '../../contract/events.ts';
import type { Database, Transaction } from '../../database/database.ts';
import type { EventService } from '../../events/event.service.ts';
import type { DirectoryRepository } from '../directory/directory.repository.ts';
import { notFound } from '../identity.errors.ts';
import { newIdentityId } from '../identity-id.ts';
import { KeptReads } from '../kept-reads.ts';
import type { TokenService } from '../token/token.service.ts';
import type { FederationFilter, FederationRepository } from './federation.repository.ts';
import type { NewIdentityProvider, ServiceProviderChange } from './federation.schema.ts';
import type {
  IdentityProviderRecord,
  MappingRecord,
  ProtocolRecord,
  ServiceProviderRecord,
} from './federation.tables.ts';
import type { Mapping } from './mapping.schema.ts';
import type { OidcSettings } from './oidc.settings.ts';

const MAX_ID = 64;
/** Keystone's default, `[saml] relay_state_prefix`. */
const RELAY_STATE_PREFIX = 'ss:mem:';

/** Keystone's OS-FEDERATION: who may vouch for people, how, and who they are here (docs.openstack.org/api-ref/identity/v3-ext). */
export class FederationService {
  readonly #database: Database;
  readonly #rows: FederationRepository;
  readonly #directory: DirectoryRepository;
  readonly #events: EventService;
  readonly #tokens: TokenService;
  /** They stand in every token. */
  readonly #enabledServiceProviders = new KeptReads<Pick<ServiceProviderRecord, 'id' | 'auth_url' | 'sp_url'>[]>();

  constructor(parts: {
    database: Database;
    rows: FederationRepository;
    directory: DirectoryRepository;
    events: EventService;
    tokens: TokenService;
  }) {
    this.#database = parts.database;
    this.#rows = parts.rows;
    this.#directory = parts.directory;
    this.#events = parts.events;
    this.#tokens = parts.tokens;
  }

  /** What a configured provider needs is made where it is missing; what is there belongs to the administrators. */
  async ensure(settings: OidcSettings, protocolId: string): Promise<void> {
    const { id, name, issuer, domain_id, authorization_ttl, mapping } = settings;
    if (!(await this.#rows.findMapping(id))) await this.createMapping(null, id, mapping);
    if (!(await this.#rows.findProvider(id))) {
      const description = name ?? null;
      const provider = { enabled: true, description, remote_ids: [issuer], domain_id, authorization_ttl };
      await this.createProvider(null, id, provider);
    }
    if (await this.#rows.findProtocol(id, protocolId)) return;
    await this.createProtocol(null, id, protocolId, { mapping_id: id, remote_id_attribute: 'iss' });
  }

  async listProviders(filter: FederationFilter): Promise<IdentityProviderRecord[]> {
    return await this.#rows.listProviders(filter);
  }

  async getProvider(id: string): Promise<IdentityProviderRecord> {
    const found = await this.#rows.findProvider(id);
    if (!found) throw notFound('Identity Provider', id);
    return found;
  }

  /** Without a `domain_id` the provider gets a domain of its own, for its people to be in. */
  async createProvider(
    context: Context | null,
    id: string,
    given: NewIdentityProvider,
  ): Promise<IdentityProviderRecord> {
    assertId(id);
    return await this.#change(context, 'identity_provider', 'created', id, async (trx) => {
      if (await this.#rows.findProvider(id, trx)) throw duplicate('identity_provider', `Duplicate entry: ${id}`);
      await this.#assertRemoteIdsFree(trx, id, given.remote_ids ?? []);
      if (given.domain_id && !(await this.#directory.findDomain({ id: given.domain_id }, trx))) {
        throw notFound('domain', given.domain_id);
      }
      const record: IdentityProviderRecord = {
        id,
        domain_id: given.domain_id ?? (await this.#makeDomain(trx, id)),
        enabled: given.enabled ?? false,
        description: given.description ?? null,
        authorization_ttl: given.authorization_ttl ?? null,
        remote_ids: given.remote_ids ?? [],
      };
      await this.#rows.writeProvider(trx, record);
      return record;
    });
  }

  /** Disabling a provider ends the tokens of who came by it. */
  async updateProvider(
    context: Context,
    id: string,
    change: Omit<NewIdentityProvider, 'domain_id'>,
  ): Promise<IdentityProviderRecord> {
    return await this.#change(context, 'identity_provider', 'updated', id, async (trx) => {
      const found = await this.#rows.findProvider(id, trx);
      if (!found) throw notFound('Identity Provider', id);
      await this.#assertRemoteIdsFree(trx, id, change.remote_ids ?? []);
      const record: IdentityProviderRecord = {
        ...found,
        enabled: change.enabled ?? found.enabled,
        description: change.description === undefined ? found.description : change.description,
        authorization_ttl: change.authorization_ttl === undefined ? found.authorization_ttl : change.authorization_ttl,
        remote_ids: change.remote_ids === undefined ? found.remote_ids : (change.remote_ids ?? []),
      };
      await this.#rows.writeProvider(trx, record);
      if (found.enabled && !record.enabled) await this.#rows.endTokens(trx, id);
      return record;
    });
  }

  async deleteProvider(context: Context, id: string): Promise<void> {
    await this.#change(context, 'identity_provider', 'deleted', id, async (trx) => {
      if (!(await this.#rows.findProvider(id, trx))) throw notFound('Identity Provider', id);
      await this.#rows.deleteProvider(trx, id);
    });
  }

  async listProtocols(idpId: string): Promise<ProtocolRecord[]> {
    return await this.#rows.listProtocols(idpId);
  }

  async getProtocol(idpId: string, id: string): Promise<ProtocolRecord> {
    const found = await this.#rows.findProtocol(idpId, id);
    if (!found) throw noProtocol(idpId, id);
    return found;
  }

  async createProtocol(
    context: Context | null,
    idpId: string,
    id: string,
    given: { mapping_id: string; remote_id_attribute?: string | null | undefined },
  ): Promise<ProtocolRecord> {
    assertId(id);
    return await this.#change(context, 'protocol', 'created', id, async (trx) => {
      await this.#assertMapping(trx, given.mapping_id);
      if (!(await this.#rows.findProvider(idpId, trx))) throw notFound('Identity Provider', idpId);
      if (await this.#rows.findProtocol(idpId, id, trx)) {
        throw duplicate('federation_protocol', `Duplicate entry found with ID ${id}`);
      }
      const { mapping_id, remote_id_attribute = null } = given;
      const record = { idp_id: idpId, id, mapping_id, remote_id_attribute };
      await this.#rows.writeProtocol(trx, record);
      return record;
    });
  }

  async updateProtocol(
    context: Context,
    idpId: string,
    id: string,
    change: { mapping_id: string; remote_id_attribute?: string | undefined },
  ): Promise<ProtocolRecord> {
    return await this.#change(context, 'protocol', 'updated', id, async (trx) => {
      await this.#assertMapping(trx, change.mapping_id);
      const found = await this.#rows.findProtocol(idpId, id, trx);
      if (!found) throw noProtocol(idpId, id);
      const remote_id_attribute = change.remote_id_attribute ?? found.remote_id_attribute;
      const record = { ...found, mapping_id: change.mapping_id, remote_id_attribute };
      await this.#rows.writeProtocol(trx, record);
      return record;
    });
  }

  async deleteProtocol(context: Context, idpId: string, id: string): Promise<void> {
    await this.#change(context, 'protocol', 'deleted', id, async (trx) => {
      if (!(await this.#rows.findProtocol(idpId, id, trx))) throw noProtocol(idpId, id);
      await this.#rows.deleteProtocol(trx, idpId, id);
    });
  }

  async listMappings(): Promise<MappingRecord[]> {
    return await this.#rows.listMappings();
  }

  async getMapping(id: string): Promise<MappingRecord> {
    const found = await this.#rows.findMapping(id);
    if (!found) throw notFound('mapping', id);
    return found;
  }

  async createMapping(context: Context | null, id: string, mapping: Mapping): Promise<MappingRecord> {
    assertId(id);
    return await this.#change(context, 'mapping', 'created', id, async (trx) => {
      if (await this.#rows.findMapping(id, trx)) throw duplicate('mapping', `Duplicate entry found with ID ${id}`);
      await this.#rows.writeMapping(trx, { id, ...mapping });
      return { id, ...mapping };
    });
  }

  async updateMapping(context: Context, id: string, mapping: Mapping): Promise<MappingRecord> {
    return await this.#change(context, 'mapping', 'updated', id, async (trx) => {
      if (!(await this.#rows.findMapping(id, trx))) throw notFound('mapping', id);
      await this.#rows.writeMapping(trx, { id, ...mapping });
      return { id, ...mapping };
    });
  }

  async deleteMapping(context: Context, id: string): Promise<void> {
    await this.#change(context, 'mapping', 'deleted', id, async (trx) => {
      if (!(await this.#rows.findMapping(id, trx))) throw notFound('mapping', id);
      await this.#rows.deleteMapping(trx, id);
    });
  }

  async listServiceProviders(filter: FederationFilter): Promise<ServiceProviderRecord[]> {
    return await this.#rows.listServiceProviders(filter);
  }

  /** As tokens name them. */
  async enabledServiceProviders(): Promise<Pick<ServiceProviderRecord, 'id' | 'auth_url' | 'sp_url'>[]> {
    return await this.#enabledServiceProviders.of('', async () => {
      const enabled = await this.#rows.listServiceProviders({ enabled: true });
      return enabled.map(({ id, auth_url, sp_url }) => ({ id, auth_url, sp_url }));
    });
  }

  async getServiceProvider(id: string): Promise<ServiceProviderRecord> {
    const found = (await this.#rows.listServiceProviders({ id }))[0];
    if (!found) throw notFound('Service Provider', id);
    return found;
  }

  async createServiceProvider(
    context: Context,
    id: string,
    given: ServiceProviderChange & { auth_url: string; sp_url: string },
  ): Promise<ServiceProviderRecord> {
    assertId(id);
    return await this.#change(context, 'service_provider', 'created', id, async (trx) => {
      if ((await this.#rows.listServiceProviders({ id }, trx)).length > 0) {
        throw duplicate('service_provider', `Duplicate entry found with ID ${id}`);
      }
      const record: ServiceProviderRecord = {
        id,
        auth_url: given.auth_url,
        sp_url: given.sp_url,
        enabled: given.enabled ?? false,
        description: given.description ?? null,
        relay_state_prefix: given.relay_state_prefix ?? RELAY_STATE_PREFIX,
      };
      await this.#rows.writeServiceProvider(trx, record);
      return record;
    });
  }

  async updateServiceProvider(
    context: Context,
    id: string,
    change: ServiceProviderChange,
  ): Promise<ServiceProviderRecord> {
    return await this.#change(context, 'service_provider', 'updated', id, async (trx) => {
      const found = (await this.#rows.listServiceProviders({ id }, trx))[0];
      if (!found) throw notFound('Service Provider', id);
      const record: ServiceProviderRecord = {
        id,
        auth_url: change.auth_url ?? found.auth_url,
        sp_url: change.sp_url ?? found.sp_url,
        enabled: change.enabled ?? found.enabled,
        description: change.description === undefined ? found.description : change.description,
        relay_state_prefix: change.relay_state_prefix ?? found.relay_state_prefix,
      };
      await this.#rows.writeServiceProvider(trx, record);
      return record;
    });
  }

  async deleteServiceProvider(context: Context, id: string): Promise<void> {
    await this.#change(context, 'service_provider', 'deleted', id, async (trx) => {
      if ((await this.#rows.listServiceProviders({ id }, trx)).length === 0) throw notFound('Service Provider', id);
      await this.#rows.deleteServiceProvider(trx, id);
    });
  }

  /** One decision with its event; whatever it changes, no cached token is believed after it. */
  async #change<T>(
    context: Context | null,
    thing: 'identity_provider' | 'protocol' | 'mapping' | 'service_provider',
    what: IdentityChange,
    id: string,
    work: (trx: Transaction) => Promise<T>,
  ): Promise<T> {
    return await this.#database.transaction(async (trx) => {
      const result = await work(trx);
      await this.#events.record(trx, context, {
        type: `identity.${thing}.${what}`,
        resourceId: id,
        projectId: null,
      });
      this.#database.afterCommit(trx, () => {
        this.#tokens.changed();
        this.#enabledServiceProviders.forget();
      });
      return result;
    });
  }

  async #makeDomain(trx: Transaction, idpId: string): Promise<string> {
    const id = newIdentityId();
    await trx
      .insertInto('identity_project')
      .values({
        id,
        domain_id: null,
        parent_id: null,
        name: id,
        description: `Auto generated federated domain for Identity Provider: ${idpId}`,
        enabled: 1,
        is_domain: 1,
        created_at: new Date().toISOString(),
      })
      .execute();
    return id;
  }

  async #assertRemoteIdsFree(trx: Transaction, idpId: string, remoteIds: readonly string[]): Promise<void> {
    const taken = await this.#rows.findRemoteIdTaken(trx, idpId, remoteIds);
    if (taken !== undefined) throw duplicate('identity_provider', `Duplicate remote ID: ${taken}`);
  }

  async #assertMapping(trx: Transaction, id: string): Promise<void> {
    if (await this.#rows.findMapping(id, trx)) return;
    throw new UserError('bad_request', `Invalid mapping id: ${id}`, { field: 'protocol.mapping_id' });
  }
}

export function noProtocol(idpId: string, id: string): UserError {
  return new UserError('not_found', `Could not find federated protocol ${id} for Identity Provider: ${idpId}.`);
}

function duplicate(thing: string, details: string): UserError {
  return new UserError('conflict', `Conflict occurred attempting to store ${thing} - ${details}.`);
}

function assertId(id: string): void {
  if (id.length <= MAX_ID) return;
  throw new UserError('bad_request', `The id is longer than ${MAX_ID} characters.`, { field: 'id' });
}
