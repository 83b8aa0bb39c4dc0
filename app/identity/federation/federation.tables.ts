import {
  flag,
  generated,
  integer,
  json,
  nullable,
  type RecordOf,
  type RowsOf,
  smallTable,
  table,
  text,
  textOf,
} from '../../database/table.ts';
import type * as declared from './federation.tables.ts';
import type { Mapping } from './mapping.schema.ts';

export const identityProviders = smallTable('identity_provider', {
  id: text,
  domain_id: text,
  enabled: flag,
  description: nullable(text),
  /** Minutes for which group memberships by mapping hold; null: as long as the provider's people sign in. */
  authorization_ttl: nullable(integer),
});
export type IdentityProviderRecord = RecordOf<typeof identityProviders> & { remote_ids: string[] };

export const providerRemoteIds = smallTable('identity_provider_remote_id', {
  remote_id: text,
  idp_id: text,
});

export const mappings = smallTable('identity_mapping', {
  id: text,
  rules: json<Mapping['rules']>(),
  schema_version: textOf<Mapping['schema_version']>(),
});
export type MappingRecord = RecordOf<typeof mappings>;

export const protocols = smallTable('identity_protocol', {
  idp_id: text,
  id: text,
  /** May name a mapping that is not there (any more), as in Keystone. */
  mapping_id: text,
  remote_id_attribute: nullable(text),
});
export type ProtocolRecord = RecordOf<typeof protocols>;

export const serviceProviders = smallTable('identity_service_provider', {
  id: text,
  enabled: flag,
  description: nullable(text),
  auth_url: text,
  sp_url: text,
  relay_state_prefix: text,
});
export type ServiceProviderRecord = RecordOf<typeof serviceProviders>;

/** Who of a provider is which user. */
export const federatedUsers = table('identity_federated_user', {
  idp_id: text,
  protocol_id: text,
  unique_id: text,
  user_id: text,
  display_name: text,
  /** The user was made by the first sign-in, and goes with the provider. */
  made_user: generated(flag),
});

declare module '../../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
