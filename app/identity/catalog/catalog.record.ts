type Extra = Record<string, unknown>;
type EndpointInterface = 'admin' | 'internal' | 'public';

/** Rows as they are read, JSON and flags parsed. */
export interface RegionRecord {
  id: string;
  parent_region_id: string | null;
  description: string | null;
  extra: Extra;
}
export interface ServiceRecord {
  id: string;
  type: string;
  name: string;
  enabled: boolean;
  extra: Extra;
}
export interface EndpointRecord {
  id: string;
  service_id: string;
  region_id: string | null;
  interface: EndpointInterface;
  url: string;
  enabled: boolean;
  extra: Extra;
}
export interface EndpointGroupRecord {
  id: string;
  name: string;
  description: string | null;
  filters: Partial<Pick<EndpointRecord, 'service_id' | 'region_id' | 'interface' | 'enabled'>>;
}
export interface PolicyRecord {
  id: string;
  type: string;
  blob: unknown;
  extra: Extra;
}
