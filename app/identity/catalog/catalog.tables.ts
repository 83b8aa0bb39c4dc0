import {
  flag,
  json,
  MADE_BY_HAND,
  nullable,
  type RecordOf,
  type RowOf,
  table,
  text,
  textOf,
} from '../../database/table.ts';

export const regions = table(
  'identity_region',
  {
    id: text,
    parent_region_id: nullable(text),
    description: nullable(text),
    extra: json<Record<string, unknown>>(),
  },
  { small: MADE_BY_HAND },
);
export type RegionRecord = RecordOf<typeof regions>;

export const services = table(
  'identity_service',
  {
    id: text,
    type: text,
    name: text,
    enabled: flag,
    extra: json<Record<string, unknown>>(),
  },
  { small: MADE_BY_HAND },
);
export type ServiceRecord = RecordOf<typeof services>;

export const endpoints = table(
  'identity_endpoint',
  {
    id: text,
    service_id: text,
    region_id: nullable(text),
    interface: textOf<'admin' | 'internal' | 'public'>(),
    /** A path for what this controller serves itself: it is shown below the origin the caller used. */
    url: text,
    enabled: flag,
    extra: json<Record<string, unknown>>(),
  },
  { small: MADE_BY_HAND },
);
export type EndpointRecord = RecordOf<typeof endpoints>;

export const endpointGroups = table(
  'identity_endpoint_group',
  {
    id: text,
    name: text,
    description: nullable(text),
    filters: json<Partial<Pick<EndpointRecord, 'service_id' | 'region_id' | 'interface' | 'enabled'>>>(),
  },
  { small: MADE_BY_HAND },
);
export type EndpointGroupRecord = RecordOf<typeof endpointGroups>;

export const projectEndpoints = table('identity_project_endpoint', {
  project_id: text,
  endpoint_id: text,
});

export const projectEndpointGroups = table('identity_project_endpoint_group', {
  project_id: text,
  endpoint_group_id: text,
});

export const policies = table(
  'identity_policy',
  {
    id: text,
    type: text,
    blob: json<unknown>(),
    extra: json<Record<string, unknown>>(),
  },
  { small: MADE_BY_HAND },
);
export type PolicyRecord = RecordOf<typeof policies>;

/** An endpoint, a service, or a service in a region. */
export const policyAssociations = table(
  'identity_policy_association',
  {
    policy_id: text,
    endpoint_id: nullable(text),
    service_id: nullable(text),
    region_id: nullable(text),
  },
  { small: MADE_BY_HAND },
);
export type PolicyAssociationRow = RowOf<typeof policyAssociations>;

declare module '../../database/tables.ts' {
  interface Tables {
    identity_region: RowOf<typeof regions>;
    identity_service: RowOf<typeof services>;
    identity_endpoint: RowOf<typeof endpoints>;
    identity_endpoint_group: RowOf<typeof endpointGroups>;
    identity_project_endpoint: RowOf<typeof projectEndpoints>;
    identity_project_endpoint_group: RowOf<typeof projectEndpointGroups>;
    identity_policy: RowOf<typeof policies>;
    identity_policy_association: PolicyAssociationRow;
  }
}
