import type { Generated } from 'kysely';
import type { AssignmentTables } from './assignment.tables.ts';
import type { AuditTables } from './audit.tables.ts';
import type { CatalogTables } from './catalog.tables.ts';
import type { CredentialTables } from './credential.tables.ts';
import type { DirectoryTables } from './directory.tables.ts';
import type { FederationTables } from './federation.tables.ts';
import type { TaskTables } from './task.tables.ts';

/**
 * Every table, one interface each, grouped by the service that owns it: no other service queries it. Times are ISO
 * text in UTC with milliseconds; `json` columns hold JSON text; `flag` columns hold 0 or 1.
 */
type json = string;
type flag = number;

export interface Tables
  extends DirectoryTables,
    AssignmentTables,
    CredentialTables,
    CatalogTables,
    FederationTables,
    AuditTables,
    TaskTables {
  event: EventTable;
  quota_limit: QuotaLimitTable;
  quota_user_limit: QuotaUserLimitTable;
  compute_flavor: ComputeFlavorTable;
  compute_flavor_access: ComputeFlavorAccessTable;
  compute_keypair: ComputeKeypairTable;
  compute_server: ComputeServerTable;
  compute_server_action: ComputeServerActionTable;
  compute_server_action_event: ComputeServerActionEventTable;
  leftover: LeftoverTable;
  unclaimed: UnclaimedTable;
  scheduler_host: SchedulerHostTable;
  scheduler_allocation: SchedulerAllocationTable;
  image_image: ImageImageTable;
  image_member: ImageMemberTable;
  network_network: NetworkNetworkTable;
  network_subnet: NetworkSubnetTable;
  network_port: NetworkPortTable;
  network_ip_allocation: NetworkIpAllocationTable;
  console_token: ConsoleTokenTable;
}

export interface EventTable {
  id: Generated<number>;
  type: string;
  resource_type: string;
  resource_id: string;
  project_id: string | null;
  user_id: string | null;
  request_id: string | null;
  payload: json;
  created_at: string;
}

/** `project_id` is `default` for the limit of projects that have none of their own. */
export interface QuotaLimitTable {
  project_id: string;
  resource: string;
  hard_limit: number;
}
/** What one user may use of a project's quota. */
export interface QuotaUserLimitTable extends QuotaLimitTable {
  user_id: string;
}

/** What is still to be removed from a place; see app/leftover/. */
export interface LeftoverTable {
  /** Id of the host; empty for the controller's own files. */
  host: string;
  kind: string;
  id: string;
  /** Of a machine: the number of the order that removes it. What the host knows of a later order is kept. */
  generation: number;
  reason: string;
  since: string;
}

/** What was found and nobody knows; see app/unclaimed/. */
export interface UnclaimedTable {
  id: string;
  /** Id of the host; empty for the controller's own files. */
  host: string;
  kind: string;
  /** Id of a machine, name of a folder or file: as in `leftover.id`. */
  key: string;
  /** What people call it, and type to remove it. */
  name: string;
  bytes: number | null;
  /** Of a machine: its specification and status. */
  detail: json;
  since: string;
}

export interface ComputeFlavorTable {
  id: string;
  name: string;
  description: string | null;
  vcpus: number;
  ram_mib: number;
  disk_gib: number;
  ephemeral_gib: number;
  swap_mib: number;
  rxtx_factor: number;
  is_public: flag;
  disabled: flag;
  extra_specs: json;
  created_at: string;
}
export interface ComputeFlavorAccessTable {
  flavor_id: string;
  project_id: string;
}
export interface ComputeKeypairTable {
  user_id: string;
  name: string;
  type: 'ssh' | 'x509';
  public_key: string;
  fingerprint: string;
  created_at: string;
}
export interface ComputeServerTable {
  id: string;
  name: string;
  description: string | null;
  project_id: string;
  user_id: string;
  /** Nova's: building, active, stopped, paused, suspended, error, deleted. */
  vm_state: string;
  /** Nova's: scheduling, networking, spawning, powering-off, ...; null when nothing goes on. */
  task_state: string | null;
  /** Name of {@link import('../contract/machine.ts').PowerState}. */
  power_state: string;
  /** Of the machine's state that vm_state, power_state and forwards show; see contract/machine.ts. */
  state_revision: number;
  host_id: string | null;
  /** Raised with every order to the host; see contract/agent.methods.ts. */
  generation: number;
  /** The flavor as it was when used: {id,name,vcpus,ram,disk,ephemeral,swap,extra_specs}. */
  flavor: json;
  vcpus: number;
  memory_mib: number;
  disk_gib: number;
  image_id: string | null;
  key_name: string | null;
  public_key: string | null;
  user_data: string | null;
  admin_pass: string | null;
  config_drive: flag;
  hostname: string;
  metadata: json;
  tags: json;
  locked_by: string | null;
  locked_reason: string | null;
  /** {code, message, details, created} or null. */
  fault: json | null;
  /** {@link import('../contract/machine.ts').MachineStatus}'s forwards. */
  forwards: json;
  availability_zone: string;
  disk_config: string;
  access_ipv4: string;
  access_ipv6: string;
  /** Requested networks as given, kept for the build: [{uuid?,port?,fixed_ip?,tag?}] or 'auto' or 'none'. */
  requested_networks: json;
  created_at: string;
  updated_at: string;
  launched_at: string | null;
  terminated_at: string | null;
  deleted_at: string | null;
}
export interface ComputeServerActionTable {
  request_id: string;
  server_id: string;
  action: string;
  user_id: string | null;
  project_id: string | null;
  message: string | null;
  started_at: string;
  updated_at: string;
}
export interface ComputeServerActionEventTable {
  request_id: string;
  server_id: string;
  event: string;
  started_at: string;
  finished_at: string | null;
  result: string | null;
  details: string | null;
}

export interface SchedulerHostTable {
  id: string;
  name: string;
  state: string;
  since: string;
  last_seen_at: string | null;
  facts: json | null;
  vcpus: number;
  memory_mib: number;
  disk_gib: number;
  used_vcpus: number;
  used_memory_mib: number;
  used_disk_gib: number;
  machines: number;
  vcpu_ratio: number;
  memory_ratio: number;
  disk_ratio: number;
  disabled_reason: string | null;
  /** Raised by each change of the row. */
  revision: Generated<number>;
}
export interface SchedulerAllocationTable {
  server_id: string;
  host_id: string;
  vcpus: number;
  memory_mib: number;
  disk_gib: number;
}

export interface ImageImageTable {
  id: string;
  name: string | null;
  status: string;
  visibility: string;
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
  protected: flag;
  os_hidden: flag;
  tags: json;
  properties: json;
  /** Entry of the image catalogue it came from. */
  catalog_id: string | null;
  created_at: string;
  updated_at: string;
}
export interface ImageMemberTable {
  image_id: string;
  member_id: string;
  status: string;
  created_at: string;
  updated_at: string;
}

export interface NetworkNetworkTable {
  id: string;
  name: string;
  description: string;
  project_id: string;
  admin_state_up: flag;
  shared: flag;
  is_default: flag;
  mtu: number;
  driver: string;
  created_at: string;
  updated_at: string;
}
export interface NetworkSubnetTable {
  id: string;
  network_id: string;
  name: string;
  description: string;
  project_id: string;
  ip_version: 4 | 6;
  cidr: string;
  gateway_ip: string | null;
  enable_dhcp: flag;
  dns_nameservers: json;
  allocation_pools: json;
  host_routes: json;
  created_at: string;
  updated_at: string;
}
export interface NetworkPortTable {
  id: string;
  network_id: string;
  name: string;
  description: string;
  project_id: string;
  mac_address: string;
  device_id: string;
  device_owner: string;
  admin_state_up: flag;
  status: string;
  /** The host it is plugged on, '' when on none (`binding:host_id`). */
  host_id: string;
  /** Ports Cumulet made for a server go with the server; those people made stay. */
  made_for_server: flag;
  created_at: string;
  updated_at: string;
}
export interface NetworkIpAllocationTable {
  subnet_id: string;
  ip_address: string;
  port_id: string;
}

export interface ConsoleTokenTable {
  hash: string;
  server_id: string;
  type: string;
  user_id: string | null;
  /** Hash of the sign-in token it was asked for with: it ends with that. */
  session: string | null;
  expires_at: string;
}
