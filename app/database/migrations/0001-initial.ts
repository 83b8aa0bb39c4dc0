import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** The first schema. */
const STATEMENTS = `
CREATE TABLE task (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, subject_type TEXT NOT NULL, subject_id TEXT NOT NULL, subject_name TEXT,
  project_id TEXT, context TEXT NOT NULL, args TEXT NOT NULL, state TEXT NOT NULL, steps TEXT NOT NULL,
  step_index INTEGER NOT NULL, memo TEXT NOT NULL, parent_id TEXT, abort_requested INTEGER NOT NULL, error TEXT,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL, finished_at TEXT);
CREATE INDEX task_unfinished ON task (created_at) WHERE finished_at IS NULL;
CREATE INDEX task_subject ON task (subject_id, created_at);
CREATE INDEX task_project ON task (project_id, created_at);
CREATE TABLE event (
  id INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, resource_type TEXT NOT NULL, resource_id TEXT NOT NULL,
  project_id TEXT, user_id TEXT, request_id TEXT, payload TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE INDEX event_resource ON event (resource_id, id);
CREATE INDEX event_project ON event (project_id, id);
CREATE TABLE quota_limit (
  project_id TEXT NOT NULL, resource TEXT NOT NULL, hard_limit INTEGER NOT NULL, PRIMARY KEY (project_id, resource));

CREATE TABLE identity_domain (
  id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, description TEXT NOT NULL, enabled INTEGER NOT NULL);
CREATE TABLE identity_project (
  id TEXT PRIMARY KEY, domain_id TEXT NOT NULL REFERENCES identity_domain (id), parent_id TEXT, name TEXT NOT NULL,
  description TEXT NOT NULL, enabled INTEGER NOT NULL, is_domain INTEGER NOT NULL, created_at TEXT NOT NULL,
  UNIQUE (domain_id, name));
CREATE TABLE identity_user (
  id TEXT PRIMARY KEY, domain_id TEXT NOT NULL REFERENCES identity_domain (id), name TEXT NOT NULL, email TEXT,
  description TEXT NOT NULL, enabled INTEGER NOT NULL, default_project_id TEXT, password_hash TEXT,
  created_at TEXT NOT NULL, UNIQUE (domain_id, name));
CREATE TABLE identity_role (
  id TEXT PRIMARY KEY, domain_id TEXT, name TEXT NOT NULL, description TEXT NOT NULL, UNIQUE (domain_id, name));
CREATE TABLE identity_implied_role (
  prior_role_id TEXT NOT NULL REFERENCES identity_role (id) ON DELETE CASCADE,
  implied_role_id TEXT NOT NULL REFERENCES identity_role (id) ON DELETE CASCADE,
  PRIMARY KEY (prior_role_id, implied_role_id));
CREATE TABLE identity_assignment (
  actor_type TEXT NOT NULL, actor_id TEXT NOT NULL, target_type TEXT NOT NULL, target_id TEXT NOT NULL,
  role_id TEXT NOT NULL REFERENCES identity_role (id) ON DELETE CASCADE, inherited INTEGER NOT NULL,
  PRIMARY KEY (actor_type, actor_id, target_type, target_id, role_id, inherited));
CREATE INDEX identity_assignment_target ON identity_assignment (target_type, target_id);
CREATE TABLE identity_token (
  hash TEXT PRIMARY KEY, user_id TEXT NOT NULL, scope_type TEXT NOT NULL, scope_id TEXT, methods TEXT NOT NULL,
  audit_ids TEXT NOT NULL, issued_at TEXT NOT NULL, expires_at TEXT NOT NULL);
CREATE INDEX identity_token_user ON identity_token (user_id);
CREATE INDEX identity_token_expiry ON identity_token (expires_at);
CREATE TABLE identity_sign_in_code (
  hash TEXT PRIMARY KEY, user_id TEXT NOT NULL, project_id TEXT NOT NULL, expires_at TEXT NOT NULL);

CREATE TABLE compute_flavor (
  id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, description TEXT, vcpus INTEGER NOT NULL, ram_mib INTEGER NOT NULL,
  disk_gib INTEGER NOT NULL, ephemeral_gib INTEGER NOT NULL, swap_mib INTEGER NOT NULL, rxtx_factor REAL NOT NULL,
  is_public INTEGER NOT NULL, disabled INTEGER NOT NULL, extra_specs TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE compute_flavor_access (
  flavor_id TEXT NOT NULL REFERENCES compute_flavor (id) ON DELETE CASCADE, project_id TEXT NOT NULL,
  PRIMARY KEY (flavor_id, project_id));
CREATE TABLE compute_keypair (
  user_id TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, public_key TEXT NOT NULL, fingerprint TEXT NOT NULL,
  created_at TEXT NOT NULL, PRIMARY KEY (user_id, name));
CREATE TABLE compute_server (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT, project_id TEXT NOT NULL, user_id TEXT NOT NULL,
  vm_state TEXT NOT NULL, task_state TEXT, power_state TEXT NOT NULL, host_id TEXT, generation INTEGER NOT NULL,
  flavor TEXT NOT NULL, vcpus INTEGER NOT NULL, memory_mib INTEGER NOT NULL, disk_gib INTEGER NOT NULL, image_id TEXT,
  key_name TEXT, public_key TEXT, user_data TEXT, admin_pass TEXT, config_drive INTEGER NOT NULL,
  hostname TEXT NOT NULL, metadata TEXT NOT NULL, tags TEXT NOT NULL, locked_by TEXT, locked_reason TEXT, fault TEXT,
  forwards TEXT NOT NULL, availability_zone TEXT NOT NULL, disk_config TEXT NOT NULL, access_ipv4 TEXT NOT NULL,
  access_ipv6 TEXT NOT NULL, requested_networks TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
  launched_at TEXT, terminated_at TEXT, deleted_at TEXT);
CREATE INDEX compute_server_project ON compute_server (project_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX compute_server_all ON compute_server (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX compute_server_usage ON compute_server (project_id, vcpus, memory_mib) WHERE deleted_at IS NULL;
CREATE INDEX compute_server_host ON compute_server (host_id) WHERE deleted_at IS NULL;
CREATE INDEX compute_server_updated ON compute_server (updated_at);
CREATE TABLE compute_server_action (
  request_id TEXT NOT NULL, server_id TEXT NOT NULL, action TEXT NOT NULL, user_id TEXT, project_id TEXT, message TEXT,
  started_at TEXT NOT NULL, updated_at TEXT NOT NULL, PRIMARY KEY (server_id, request_id));
CREATE TABLE compute_server_action_event (
  request_id TEXT NOT NULL, server_id TEXT NOT NULL, event TEXT NOT NULL, started_at TEXT NOT NULL, finished_at TEXT,
  result TEXT, details TEXT, PRIMARY KEY (server_id, request_id, event));

CREATE TABLE scheduler_host (
  id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, state TEXT NOT NULL, since TEXT NOT NULL, last_seen_at TEXT,
  facts TEXT, vcpus INTEGER NOT NULL, memory_mib INTEGER NOT NULL, disk_gib INTEGER NOT NULL,
  used_vcpus INTEGER NOT NULL, used_memory_mib INTEGER NOT NULL, used_disk_gib INTEGER NOT NULL,
  machines INTEGER NOT NULL, vcpu_ratio REAL NOT NULL, memory_ratio REAL NOT NULL, disk_ratio REAL NOT NULL,
  disabled_reason TEXT);
CREATE TABLE scheduler_allocation (
  server_id TEXT PRIMARY KEY, host_id TEXT NOT NULL REFERENCES scheduler_host (id), vcpus INTEGER NOT NULL,
  memory_mib INTEGER NOT NULL, disk_gib INTEGER NOT NULL);
CREATE INDEX scheduler_allocation_host ON scheduler_allocation (host_id);

CREATE TABLE image_image (
  id TEXT PRIMARY KEY, name TEXT, status TEXT NOT NULL, visibility TEXT NOT NULL, owner TEXT, disk_format TEXT,
  container_format TEXT, size INTEGER, virtual_size INTEGER, min_disk INTEGER NOT NULL, min_ram INTEGER NOT NULL,
  checksum TEXT, os_hash_algo TEXT, os_hash_value TEXT, protected INTEGER NOT NULL, os_hidden INTEGER NOT NULL,
  tags TEXT NOT NULL, properties TEXT NOT NULL, catalog_id TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
CREATE INDEX image_image_created ON image_image (created_at, id);
CREATE INDEX image_image_owner ON image_image (owner);
CREATE TABLE image_member (
  image_id TEXT NOT NULL REFERENCES image_image (id) ON DELETE CASCADE, member_id TEXT NOT NULL, status TEXT NOT NULL,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL, PRIMARY KEY (image_id, member_id));

CREATE TABLE network_network (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT NOT NULL, project_id TEXT NOT NULL,
  admin_state_up INTEGER NOT NULL, shared INTEGER NOT NULL, is_default INTEGER NOT NULL, mtu INTEGER NOT NULL,
  driver TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
CREATE TABLE network_subnet (
  id TEXT PRIMARY KEY, network_id TEXT NOT NULL REFERENCES network_network (id), name TEXT NOT NULL,
  description TEXT NOT NULL, project_id TEXT NOT NULL, ip_version INTEGER NOT NULL, cidr TEXT NOT NULL,
  gateway_ip TEXT, enable_dhcp INTEGER NOT NULL, dns_nameservers TEXT NOT NULL, allocation_pools TEXT NOT NULL,
  host_routes TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
CREATE TABLE network_port (
  id TEXT PRIMARY KEY, network_id TEXT NOT NULL REFERENCES network_network (id), name TEXT NOT NULL,
  description TEXT NOT NULL, project_id TEXT NOT NULL, mac_address TEXT NOT NULL, device_id TEXT NOT NULL,
  device_owner TEXT NOT NULL, admin_state_up INTEGER NOT NULL, status TEXT NOT NULL, host_id TEXT NOT NULL,
  made_for_server INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
  UNIQUE (network_id, mac_address));
CREATE INDEX network_port_device ON network_port (device_id);
CREATE INDEX network_port_project ON network_port (project_id);
CREATE TABLE network_ip_allocation (
  subnet_id TEXT NOT NULL REFERENCES network_subnet (id), ip_address TEXT NOT NULL,
  port_id TEXT NOT NULL REFERENCES network_port (id) ON DELETE CASCADE, PRIMARY KEY (subnet_id, ip_address));
CREATE INDEX network_ip_allocation_port ON network_ip_allocation (port_id);

CREATE TABLE console_token (
  hash TEXT PRIMARY KEY, server_id TEXT NOT NULL, type TEXT NOT NULL, user_id TEXT, expires_at TEXT NOT NULL);
CREATE INDEX console_token_server ON console_token (server_id);
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
