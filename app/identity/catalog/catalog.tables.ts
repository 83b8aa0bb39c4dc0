import {
  flag,
  json,
  nullable,
  type RecordOf,
  type RowOf,
  type RowsOf,
  smallTable,
  table,
  text,
  textOf,
} from '../../database/table.ts';
import type * as declared from './catalog.tables.ts';

export const regions = smallTable('identity_region', {
  id: text,
  parent_region_id: nullable(text),
  description: nullable(text),
  extra: json<Record<string, unknown>>(),
});
export type RegionRecord = RecordOf<typeof regions>;

export const services = smallTable('identity_service', {
  id: text,
  type: text,
  name: text,
  enabled: flag,
  extra: json<Record<string, unknown>>(),
});
export type ServiceRecord = RecordOf<typeof services>;

export const endpoints = smallTable('identity_endpoint', {
  id: text,
  service_id: text,
  region_id: nullable(text),
  interface: textOf<'admin' | 'internal' | 'public'>(),
  /** A path for what this controller serves itself: it is shown below the origin the caller used. */
  url: text,
  enabled: flag,
  extra: json<Record<string, unknown>>(),
});
export type EndpointRecord = RecordOf<typeof endpoints>;

export const endpointGroups = smallTable('identity_endpoint_group', {
  id: text,
  name: text,
  description: nullable(text),
  filters: json<Partial<Pick<EndpointRecord, 'service_id' | 'region_id' | 'interface' | 'enabled'>>>(),
});
export type EndpointGroupRecord = RecordOf<typeof endpointGroups>;

export const projectEndpoints = table('identity_project_endpoint', {
  project_id: text,
  endpoint_id: text,
});

export const projectEndpointGroups = table('identity_project_endpoint_group', {
  project_id: text,
  endpoint_group_id: text,
});

export const policies = smallTable('identity_policy', {
  id: text,
  type: text,
  blob: json<unknown>(),
  extra: json<Record<string, unknown>>(),
});
export type PolicyRecord = RecordOf<typeof policies>;

/** An endpoint, a service, or a service in a region. */
export const policyAssociations = smallTable('identity_policy_association', {
  policy_id: text,
  endpoint_id: nullable(text),
  service_id: nullable(text),
  region_id: nullable(text),
});
export type PolicyAssociationRow = RowOf<typeof policyAssociations>;

declare module '../../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
