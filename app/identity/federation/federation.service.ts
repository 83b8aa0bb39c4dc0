import { UserError } from '../../contract/errors.ts';
import type { Queryable } from '../../database/database.ts';
import { systemContext } from '../../policy/authorization.ts';
import type { ResourceParts } from '../../resource/resource.ts';
import type { DirectoryRepository } from '../directory/directory.repository.ts';
import { notFound } from '../identity.errors.ts';
import { KeptReads } from '../kept-reads.ts';
import { KeystoneResource } from '../keystone.resource.ts';
import type { TokenService } from '../token/token.service.ts';
import { duplicate, noProtocol } from './federation.errors.ts';
import {
  type MappingRecord,
  mappings,
  type ProtocolRecord,
  protocols,
  type ServiceProviderRecord,
  serviceProviders,
} from './federation.tables.ts';
import { IdentityProviderService } from './identity-provider.service.ts';
import type { OidcSettings } from './oidc.settings.ts';
import { deletePeopleOf } from './provider-people.ts';

/** Keystone's default, `[saml] relay_state_prefix`. */
const RELAY_STATE_PREFIX = 'ss:mem:';

/** Keystone's OS-FEDERATION: who may vouch for people, how, and who they are here (docs.openstack.org/api-ref/identity/v3-ext). */
export class FederationService {
  readonly providers: IdentityProviderService;
  readonly protocols: KeystoneResource<ProtocolRecord>;
  readonly mappings: KeystoneResource<MappingRecord>;
  readonly serviceProviders: KeystoneResource<ServiceProviderRecord>;
  /** They stand in every token. */
  readonly #enabledServiceProviders = new KeptReads<Pick<ServiceProviderRecord, 'id' | 'auth_url' | 'sp_url'>[]>();

  constructor(parts: ResourceParts & { directory: DirectoryRepository; tokens: TokenService }) {
    /** Whatever changes, no cached token is believed after it. */
    const changed = () => {
      parts.tokens.changed();
      this.#enabledServiceProviders.forget();
    };
    const taken = (thing: string) => (record: { id: string }) =>
      duplicate(thing, `Duplicate entry found with ID ${record.id}`);
    this.providers = new IdentityProviderService({ ...parts, changed });
    this.mappings = new KeystoneResource<MappingRecord>(
      {
        table: mappings,
        thing: 'mapping',
        defaults: { rules: [], schema_version: '1.0' },
        filters: [],
        unique: [{ attributes: ['id'], taken: taken('mapping') }],
        changed,
      },
      parts,
    );
    this.protocols = new KeystoneResource<ProtocolRecord>(
      {
        table: protocols,
        thing: 'protocol',
        notFound: (id, { is }) => noProtocol(is?.idp_id ?? '', id),
        defaults: { idp_id: '', mapping_id: '', remote_id_attribute: null },
        filters: [],
        unique: [{ attributes: ['idp_id', 'id'], taken: taken('federation_protocol') }],
        check: async (trx, { idp_id, mapping_id }) => {
          if (!(await this.mappings.find(mapping_id, trx))) {
            throw new UserError('bad_request', `Invalid mapping id: ${mapping_id}`, { field: 'protocol.mapping_id' });
          }
          if (!(await this.providers.find(idp_id, trx))) throw notFound('Identity Provider', idp_id);
        },
        deleting: (trx, { idp_id, id }) => deletePeopleOf(trx, idp_id, id),
        changed,
      },
      parts,
    );
    this.serviceProviders = new KeystoneResource<ServiceProviderRecord>(
      {
        table: serviceProviders,
        thing: 'service_provider',
        title: 'Service Provider',
        defaults: {
          ...{ enabled: false, description: null, auth_url: '', sp_url: '' },
          relay_state_prefix: RELAY_STATE_PREFIX,
        },
        filters: ['id', 'enabled'],
        unique: [{ attributes: ['id'], taken: taken('service_provider') }],
        refine: (sent) => ({ ...sent, relay_state_prefix: sent.relay_state_prefix ?? undefined }),
        changed,
      },
      parts,
    );
  }

  async findProtocol(idp_id: string, id: string, on?: Queryable): Promise<ProtocolRecord | undefined> {
    return await this.protocols.find(id, on, { is: { idp_id } });
  }

  /** As tokens name them. */
  async enabledServiceProviders(): Promise<Pick<ServiceProviderRecord, 'id' | 'auth_url' | 'sp_url'>[]> {
    return await this.#enabledServiceProviders.of('', async () => {
      const enabled = await this.serviceProviders.list({ is: { enabled: true } });
      return enabled.map(({ id, auth_url, sp_url }) => ({ id, auth_url, sp_url }));
    });
  }

  /** What a configured provider needs is made where it is missing; what is there belongs to the administrators. */
  async ensure(settings: OidcSettings, protocolId: string): Promise<void> {
    const { id, name, issuer, domain_id, authorization_ttl, mapping } = settings;
    const context = systemContext();
    if (!(await this.mappings.find(id))) await this.mappings.make(context, { ...mapping }, id);
    if (!(await this.providers.find(id))) {
      const description = name ?? null;
      const provider = { enabled: true, description, remote_ids: [issuer], domain_id, authorization_ttl };
      await this.providers.make(context, id, provider);
    }
    if (await this.findProtocol(id, protocolId)) return;
    const protocol = { mapping_id: id, remote_id_attribute: 'iss' };
    await this.protocols.make(context, protocol, protocolId, { idp_id: id });
  }
}
