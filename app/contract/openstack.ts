/**
 * Bodies of the OpenStack APIs as the controller answers them and the dashboard reads them (microversions as the
 * dashboard asks: compute {@link DASHBOARD_COMPUTE_VERSION}). Source: docs of the Compute, Image, Network and
 * Identity API references. Request schemas live with each service's routes.
 */
export const DASHBOARD_COMPUTE_VERSION = '2.90';

export type ServerStatus =
  | 'ACTIVE'
  | 'BUILD'
  | 'DELETED'
  | 'ERROR'
  | 'HARD_REBOOT'
  | 'PAUSED'
  | 'REBOOT'
  | 'SHUTOFF'
  | 'SUSPENDED'
  | 'UNKNOWN';

export interface ServerView {
  id: string;
  name: string;
  description: string | null;
  status: ServerStatus;
  tenant_id: string;
  user_id: string;
  created: string;
  updated: string;
  metadata: Record<string, string>;
  hostId: string;
  host_status?: string;
  /** From 2.47 the flavor is embedded; `original_name` names it. */
  flavor: {
    original_name: string;
    vcpus: number;
    ram: number;
    disk: number;
    ephemeral: number;
    swap: number;
    extra_specs?: Record<string, string>;
  };
  /** Empty string when booted from a volume. */
  image: { id: string; links: Link[] } | '';
  addresses: Record<
    string,
    { addr: string; version: 4 | 6; 'OS-EXT-IPS:type': 'fixed' | 'floating'; 'OS-EXT-IPS-MAC:mac_addr': string }[]
  >;
  accessIPv4: string;
  accessIPv6: string;
  key_name: string | null;
  config_drive: string;
  progress?: number;
  locked: boolean;
  tags: string[];
  fault?: { code: number; message: string; created: string; details?: string };
  links: Link[];
  security_groups?: { name: string }[];
  'OS-EXT-STS:task_state': string | null;
  'OS-EXT-STS:vm_state': string;
  'OS-EXT-STS:power_state': number;
  'OS-EXT-AZ:availability_zone': string;
  'OS-DCF:diskConfig': 'MANUAL' | 'AUTO';
  'OS-SRV-USG:launched_at': string | null;
  'OS-SRV-USG:terminated_at': string | null;
  'os-extended-volumes:volumes_attached': { id: string; delete_on_termination: boolean }[];
  /** Administrators only. */
  'OS-EXT-SRV-ATTR:host'?: string | null;
  'OS-EXT-SRV-ATTR:instance_name'?: string;
  'OS-EXT-SRV-ATTR:hypervisor_hostname'?: string | null;
}

export interface Link {
  rel: string;
  href: string;
}

export interface FlavorView {
  id: string;
  name: string;
  description: string | null;
  vcpus: number;
  /** MiB */
  ram: number;
  /** GiB */
  disk: number;
  'OS-FLV-EXT-DATA:ephemeral': number;
  /** MiB; '' in old microversions when 0 */
  swap: number | '';
  rxtx_factor: number;
  'os-flavor-access:is_public': boolean;
  'OS-FLV-DISABLED:disabled': boolean;
  extra_specs?: Record<string, string>;
  links: Link[];
}

export interface KeypairView {
  name: string;
  type: 'ssh' | 'x509';
  fingerprint: string;
  public_key: string;
  /** Only in the answer to the request that generated it (before 2.92). */
  private_key?: string;
  user_id?: string;
  created_at?: string;
}

export interface InstanceActionView {
  action: string;
  instance_uuid: string;
  request_id: string;
  user_id: string;
  project_id: string;
  start_time: string;
  updated_at: string;
  message: string | null;
  events?: {
    event: string;
    start_time: string;
    finish_time: string | null;
    result: string | null;
    traceback: string | null;
  }[];
}

export type ImageStatus =
  | 'queued'
  | 'saving'
  | 'uploading'
  | 'importing'
  | 'active'
  | 'killed'
  | 'deleted'
  | 'pending_delete'
  | 'deactivated';

export interface ImageView {
  id: string;
  name: string | null;
  status: ImageStatus;
  visibility: 'public' | 'private' | 'shared' | 'community';
  owner: string | null;
  disk_format: string | null;
  container_format: string | null;
  size: number | null;
  virtual_size: number | null;
  min_disk: number;
  min_ram: number;
  checksum: string | null;
  os_hash_algo: string | null;
  os_hash_value: string | null;
  protected: boolean;
  os_hidden: boolean;
  tags: string[];
  created_at: string;
  updated_at: string;
  self: string;
  file: string;
  schema: string;
  /** Further properties stand beside these, as strings. */
  [property: string]: unknown;
}

export interface NetworkView {
  id: string;
  name: string;
  status: 'ACTIVE' | 'DOWN' | 'BUILD' | 'ERROR';
  admin_state_up: boolean;
  shared: boolean;
  'router:external': boolean;
  project_id: string;
  tenant_id: string;
  subnets: string[];
  mtu: number;
  description: string;
  [property: string]: unknown;
}

export interface PortView {
  id: string;
  name: string;
  network_id: string;
  mac_address: string;
  fixed_ips: { subnet_id: string; ip_address: string }[];
  device_id: string;
  device_owner: string;
  status: 'ACTIVE' | 'DOWN' | 'BUILD' | 'ERROR';
  [property: string]: unknown;
}

export interface TokenBody {
  token: {
    methods: string[];
    user: { id: string; name: string; domain: { id: string; name: string }; password_expires_at: string | null };
    project?: { id: string; name: string; domain: { id: string; name: string } };
    roles?: { id: string; name: string }[];
    catalog?: CatalogService[];
    expires_at: string;
    issued_at: string;
    audit_ids: string[];
  };
}
export interface CatalogService {
  id: string;
  type: string;
  name: string;
  endpoints: {
    id: string;
    interface: 'public' | 'internal' | 'admin';
    region: string;
    region_id: string;
    url: string;
  }[];
}
