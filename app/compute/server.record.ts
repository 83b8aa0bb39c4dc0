import type { MachineStatus, PowerState } from '../contract/machine.ts';
import type { ComputeServerTable } from '../database/tables.ts';
import type { RequestedNetworks } from './collaborators.ts';

export const VM_STATES = ['building', 'active', 'stopped', 'paused', 'suspended', 'error', 'deleted'] as const;
export type VmState = (typeof VM_STATES)[number];

/** Nova's names of what goes on with a server right now. */
export const TASK_STATES = [
  'scheduling',
  'networking',
  'spawning',
  'powering-off',
  'powering-on',
  'rebooting',
  'rebooting_hard',
  'pausing',
  'unpausing',
  'suspending',
  'resuming',
  'deleting',
] as const;
export type TaskState = (typeof TASK_STATES)[number];

/** The flavor as it was when the server was made. */
export interface EmbeddedFlavor {
  id: string;
  name: string;
  vcpus: number;
  ram: number;
  disk: number;
  ephemeral: number;
  swap: number;
  extra_specs: Record<string, string>;
}

export interface ServerFault {
  code: number;
  message: string;
  created: string;
  details?: string | undefined;
}

/** A server with its JSON columns opened and its names typed. */
export interface ServerRecord {
  id: string;
  name: string;
  description: string | null;
  projectId: string;
  userId: string;
  vmState: VmState;
  taskState: TaskState | null;
  powerState: PowerState;
  /** {@link MachineStatus}'s, of the state that is shown. */
  stateRevision: number;
  hostId: string | null;
  generation: number;
  flavor: EmbeddedFlavor;
  /** What the scheduler claims: the root disk (or the image's size), ephemeral disk and swap, GiB. */
  diskGib: number;
  imageId: string | null;
  keyName: string | null;
  publicKey: string | null;
  /** Base64, as it was sent. */
  userData: string | null;
  /** Only until the machine is built: it travels on the config drive. */
  adminPass: string | null;
  configDrive: boolean;
  hostname: string;
  metadata: Record<string, string>;
  tags: string[];
  lockedBy: 'owner' | 'admin' | null;
  lockedReason: string | null;
  fault: ServerFault | null;
  forwards: MachineStatus['forwards'];
  /** The zone asked for (2.96 shows it as pinned); empty when none was. */
  availabilityZone: string;
  diskConfig: 'MANUAL' | 'AUTO';
  accessIpv4: string;
  accessIpv6: string;
  requestedNetworks: RequestedNetworks;
  createdAt: string;
  updatedAt: string;
  launchedAt: string | null;
  terminatedAt: string | null;
  deletedAt: string | null;
}

export function toServerRow(server: ServerRecord): ComputeServerTable {
  return {
    id: server.id,
    name: server.name,
    description: server.description,
    project_id: server.projectId,
    user_id: server.userId,
    vm_state: server.vmState,
    task_state: server.taskState,
    power_state: server.powerState,
    state_revision: server.stateRevision,
    host_id: server.hostId,
    generation: server.generation,
    flavor: JSON.stringify(server.flavor),
    vcpus: server.flavor.vcpus,
    memory_mib: server.flavor.ram,
    disk_gib: server.diskGib,
    image_id: server.imageId,
    key_name: server.keyName,
    public_key: server.publicKey,
    user_data: server.userData,
    admin_pass: server.adminPass,
    config_drive: server.configDrive ? 1 : 0,
    hostname: server.hostname,
    metadata: JSON.stringify(server.metadata),
    tags: JSON.stringify(server.tags),
    locked_by: server.lockedBy,
    locked_reason: server.lockedReason,
    fault: server.fault && JSON.stringify(server.fault),
    forwards: JSON.stringify(server.forwards),
    availability_zone: server.availabilityZone,
    disk_config: server.diskConfig,
    access_ipv4: server.accessIpv4,
    access_ipv6: server.accessIpv6,
    requested_networks: JSON.stringify(server.requestedNetworks),
    created_at: server.createdAt,
    updated_at: server.updatedAt,
    launched_at: server.launchedAt,
    terminated_at: server.terminatedAt,
    deleted_at: server.deletedAt,
  };
}

export function toServerRecord(row: ComputeServerTable): ServerRecord {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    projectId: row.project_id,
    userId: row.user_id,
    vmState: row.vm_state as VmState,
    taskState: row.task_state as TaskState | null,
    powerState: row.power_state as PowerState,
    stateRevision: row.state_revision,
    hostId: row.host_id,
    generation: row.generation,
    flavor: parseFlavor(row.flavor),
    diskGib: row.disk_gib,
    imageId: row.image_id,
    keyName: row.key_name,
    publicKey: row.public_key,
    userData: row.user_data,
    adminPass: row.admin_pass,
    configDrive: row.config_drive === 1,
    hostname: row.hostname,
    metadata: row.metadata === '{}' ? {} : JSON.parse(row.metadata),
    tags: row.tags === '[]' ? [] : JSON.parse(row.tags),
    lockedBy: row.locked_by as ServerRecord['lockedBy'],
    lockedReason: row.locked_reason,
    fault: row.fault === null ? null : JSON.parse(row.fault),
    forwards: row.forwards === '[]' ? [] : JSON.parse(row.forwards),
    availabilityZone: row.availability_zone,
    diskConfig: row.disk_config as ServerRecord['diskConfig'],
    accessIpv4: row.access_ipv4,
    accessIpv6: row.access_ipv6,
    requestedNetworks: row.requested_networks === 'null' ? null : JSON.parse(row.requested_networks),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    launchedAt: row.launched_at,
    terminatedAt: row.terminated_at,
    deletedAt: row.deleted_at,
  };
}

/** Servers of one flavor hold the same text, and a page holds a thousand servers. Nobody changes a record in place. */
const flavors = new Map<string, EmbeddedFlavor>();
const KEPT_FLAVORS = 500;

function parseFlavor(text: string): EmbeddedFlavor {
  const known = flavors.get(text);
  if (known) return known;
  if (flavors.size >= KEPT_FLAVORS) flavors.clear();
  const flavor: EmbeddedFlavor = JSON.parse(text);
  flavors.set(text, flavor);
  return flavor;
}
