import type { Generated } from 'kysely';

/** Tables of sign-in with accounts of elsewhere; see tables.ts for what the columns hold. */
type json = string;
type flag = number;

export interface FederationTables {
  identity_provider: IdentityProviderTable;
  identity_provider_remote_id: IdentityProviderRemoteIdTable;
  identity_mapping: IdentityMappingTable;
  identity_protocol: IdentityProtocolTable;
  identity_service_provider: IdentityServiceProviderTable;
  identity_federated_user: IdentityFederatedUserTable;
  identity_id_mapping: IdentityIdMappingTable;
}

export interface IdentityProviderTable {
  id: string;
  domain_id: string;
  enabled: flag;
  description: string | null;
  /** Minutes for which group memberships by mapping hold; null: as long as the provider's people sign in. */
  authorization_ttl: number | null;
}
export interface IdentityProviderRemoteIdTable {
  remote_id: string;
  idp_id: string;
}
export interface IdentityMappingTable {
  id: string;
  rules: json;
  schema_version: string;
}
export interface IdentityProtocolTable {
  idp_id: string;
  id: string;
  /** May name a mapping that is not there (any more), as in Keystone. */
  mapping_id: string;
  remote_id_attribute: string | null;
}
export interface IdentityServiceProviderTable {
  id: string;
  enabled: flag;
  description: string | null;
  auth_url: string;
  sp_url: string;
  relay_state_prefix: string;
}
/** Who of a provider is which user. */
export interface IdentityFederatedUserTable {
  idp_id: string;
  protocol_id: string;
  unique_id: string;
  user_id: string;
  display_name: string;
  /** The user was made by the first sign-in, and goes with the provider. */
  made_user: Generated<flag>;
}
/** Users and groups that live in a directory of elsewhere (LDAP), by the id they have here. */
export interface IdentityIdMappingTable {
  public_id: string;
  domain_id: string;
  local_id: string;
  entity_type: 'user' | 'group';
  /** When it was first not found there any more. */
  missing_since: string | null;
}
