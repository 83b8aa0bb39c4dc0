/** Tables of the catalogue, its filters, limits and domain configuration; see tables.ts for what the columns hold. */
type json = string;
type flag = number;

export interface CatalogTables {
  identity_region: IdentityRegionTable;
  identity_service: IdentityServiceTable;
  identity_endpoint: IdentityEndpointTable;
  identity_endpoint_group: IdentityEndpointGroupTable;
  identity_project_endpoint: IdentityProjectEndpointTable;
  identity_project_endpoint_group: IdentityProjectEndpointGroupTable;
  identity_policy: IdentityPolicyTable;
  identity_policy_association: IdentityPolicyAssociationTable;
  identity_registered_limit: IdentityRegisteredLimitTable;
  identity_limit: IdentityLimitTable;
  identity_domain_config: IdentityDomainConfigTable;
  identity_consumer: IdentityConsumerTable;
}

export interface IdentityRegionTable {
  id: string;
  parent_region_id: string | null;
  description: string | null;
  extra: json;
}
export interface IdentityServiceTable {
  id: string;
  type: string;
  name: string;
  enabled: flag;
  extra: json;
}
export interface IdentityEndpointTable {
  id: string;
  service_id: string;
  region_id: string | null;
  interface: string;
  /** A path for what this controller serves itself: it is shown below the origin the caller used. */
  url: string;
  enabled: flag;
  extra: json;
}
export interface IdentityEndpointGroupTable {
  id: string;
  name: string;
  description: string | null;
  filters: json;
}
export interface IdentityProjectEndpointTable {
  project_id: string;
  endpoint_id: string;
}
export interface IdentityProjectEndpointGroupTable {
  project_id: string;
  endpoint_group_id: string;
}
export interface IdentityPolicyTable {
  id: string;
  type: string;
  blob: json;
  extra: json;
}
/** An endpoint, a service, or a service in a region. */
export interface IdentityPolicyAssociationTable {
  policy_id: string;
  endpoint_id: string | null;
  service_id: string | null;
  region_id: string | null;
}
export interface IdentityRegisteredLimitTable {
  id: string;
  service_id: string;
  region_id: string | null;
  resource_name: string;
  default_limit: number;
  description: string | null;
}
/** One of `project_id` and `domain_id` is set. */
export interface IdentityLimitTable {
  id: string;
  registered_limit_id: string;
  project_id: string | null;
  domain_id: string | null;
  resource_limit: number;
  description: string | null;
}
/** `config` is encrypted; see identity/domain-config. */
export interface IdentityDomainConfigTable {
  domain_id: string;
  config: string;
}
export interface IdentityConsumerTable {
  id: string;
  description: string | null;
  /** Encrypted. */
  secret: string;
  extra: json;
}
