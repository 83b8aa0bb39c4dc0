// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

import type { StartAfterView } from './shared.api.ts';

export interface GuestReport {
  answers: boolean;
  /** Why it does not answer; null where it does. */
  silence: 'off' | 'no-port' | 'not-installed' | 'silent' | 'nonsense' | 'no-host' | null;
  agentVersion: string | null;
  hostName: string | null;
  os: { name: string | null; version: string | null; kernel: string | null } | null;
  nics: { name: string; mac: string | null; addresses: string[] }[];
}

export interface HardwareCard {
  id: string;
  portId: string;
  mac: string;
  model: string;
  /** Where a guest finds it on its bus, as `0000:00:05.0`. */
  address: string | null;
  networkId: string;
  ipAddresses: string[];
  /** It has it from its next start on (`comes`), or until then (`leaves`); null where nothing waits. */
  pending: 'comes' | 'leaves' | null;
}

export interface HardwareDevice {
  /** `video`, `random`, `balloon`, ... */
  kind: string;
  model: string;
  /** Where a guest finds it on its bus, as `0000:00:05.0`. */
  address: string | null;
  /** It has it from its next start on (`comes`), or until then (`leaves`); null where nothing waits. */
  pending: 'comes' | 'leaves' | null;
}

export interface HardwareDisk {
  id: string;
  /** `root`, `ephemeral`, `swap`, `config-drive`, `cdrom`, `rescue`, ... */
  role: string;
  /** What the guest sees. */
  sizeBytes: number | null;
  /** What it takes on its host, without the image that it stands on. */
  usedBytes: number | null;
  bus: string;
  /** Where a guest finds it on its bus, as `0000:00:05.0`. */
  address: string | null;
  /** What it is made of; null of a blank one. */
  imageId: string | null;
  /** Of that image. */
  imageBytes: number | null;
  serial: string | null;
  /** The firmware tries the lowest first. */
  bootIndex: number | null;
  /** It has it from its next start on (`comes`), or until then (`leaves`); null where nothing waits. */
  pending: 'comes' | 'leaves' | null;
}

export interface Link { rel: string; href: string; type?: string }

export interface RebuiltServer {
  id: string;
  name: string;
  status: ServerStatus;
  tenant_id: string;
  user_id: string;
  metadata: Record<string, string>;
  hostId: string;
  image: { id: string; links: Link[] } | '';
  flavor: {
    original_name: string;
    vcpus: number;
    ram: number;
    disk: number;
    ephemeral: number;
    swap: number;
    extra_specs: Record<string, string>;
  };
  created: string;
  updated: string;
  addresses: Record<string, { version: 4 | 6; addr: string; 'OS-EXT-IPS:type': 'fixed' | 'floating'; 'OS-EXT-IPS-MAC:mac_addr': string }[]>;
  accessIPv4: string;
  accessIPv6: string;
  links: Link[];
  'OS-DCF:diskConfig': 'AUTO' | 'MANUAL';
  'OS-EXT-AZ:availability_zone': string;
  config_drive: string;
  key_name: string | null;
  'OS-SRV-USG:launched_at': string | null;
  'OS-SRV-USG:terminated_at': string | null;
  security_groups: { name: string }[];
  'OS-EXT-STS:task_state': string | null;
  'OS-EXT-STS:vm_state': string;
  'OS-EXT-STS:power_state': number;
  'os-extended-volumes:volumes_attached': { id: string; delete_on_termination: boolean }[];
  progress?: number;
  fault?: { code: number; message: string; created: string; details?: string };
  'OS-EXT-SRV-ATTR:host'?: string | null;
  'OS-EXT-SRV-ATTR:instance_name'?: string;
  'OS-EXT-SRV-ATTR:hypervisor_hostname'?: string | null;
  'OS-EXT-SRV-ATTR:hostname': string;
  'OS-EXT-SRV-ATTR:kernel_id'?: string;
  'OS-EXT-SRV-ATTR:launch_index'?: number;
  'OS-EXT-SRV-ATTR:ramdisk_id'?: string;
  'OS-EXT-SRV-ATTR:reservation_id'?: string;
  'OS-EXT-SRV-ATTR:root_device_name'?: string;
  'OS-EXT-SRV-ATTR:user_data'?: string | null;
  locked: boolean;
  host_status?: 'UP' | 'UNKNOWN' | '';
  description: string | null;
  tags: string[];
  trusted_image_certificates: string[] | null;
  server_groups?: string[];
  locked_reason: string | null;
  pinned_availability_zone: string | null;
  user_data: string | null;
  adminPass: string;
}

export interface ServerHardware {
  machineType: string;
  firmware: 'bios' | 'uefi';
  /** Of the last start; null before the first. */
  accelerator: string | null;
  vcpus: number;
  memoryMib: number;
  disks: HardwareDisk[];
  cards: HardwareCard[];
  devices: HardwareDevice[];
  /** By which it can be seen and typed to. */
  consoles: ('vnc' | 'spice' | 'serial')[];
}

export interface ServerStatistics {
  everySeconds: number;
  vcpus: number;
  memoryBytes: number;
  /** Of the last hour, oldest first. */
  points: StatisticsPoint[];
}

export type ServerStatus = 'ACTIVE' | 'BUILD' | 'DELETED' | 'ERROR' | 'HARD_REBOOT' | 'PAUSED' | 'REBOOT' | 'REBUILD' | 'RESCUE' | 'RESIZE' | 'REVERT_RESIZE' | 'SHUTOFF' | 'SOFT_DELETED' | 'SUSPENDED' | 'SHELVED' | 'SHELVED_OFFLOADED' | 'UNKNOWN' | 'VERIFY_RESIZE';

export interface StartupView {
  start: 'as-before' | 'always' | 'never' | null;
  order: number | null;
  delaySeconds: number;
  after: StartAfterView[];
  default: 'as-before' | 'always' | 'never';
}

export interface StatisticsPoint {
  /** Milliseconds since 1970. */
  at: number;
  /** Processors at work, of those it has. */
  cpu: number | null;
  /** In use in the guest, where it says so; else what it takes of its host. */
  memoryBytes: number | null;
  isGuestMemory: boolean;
  /** Bytes a second, as those below. */
  diskRead: number | null;
  diskWritten: number | null;
  received: number | null;
  sent: number | null;
}

export interface ServersApi {
  'GET /v1/servers/:id/access': {
    params: { id: string };
    answer: { forwards: { guestPort: number; hostAddress: string; hostPort: number }[]; defaultUser: string | null };
  };
  'GET /v1/servers/:id/statistics': {
    params: { id: string };
    answer: ServerStatistics;
  };
  'GET /v1/servers/:id/guest': {
    params: { id: string };
    answer: GuestReport;
  };
  'GET /v1/servers/:id/hardware': {
    params: { id: string };
    answer: ServerHardware;
  };
  'GET /v1/servers/:id/screenshot': {
    params: { id: string };
    answer: Blob;
  };
  'POST /v1/servers/:id/safely': {
    params: { id: string };
    body: {
      rebuild?: {
        imageRef: string;
        name?: string;
        adminPass?: string;
        metadata?: Record<string, string>;
        preserve_ephemeral?: boolean | string;
        'OS-DCF:diskConfig'?: 'AUTO' | 'MANUAL';
        accessIPv4?: '' | string | null;
        accessIPv6?: '' | string | null;
        description?: string | null;
        key_name?: string | null;
        user_data?: string | null;
        trusted_image_certificates?: string[] | null;
        hostname?: string;
      };
      resize?: { flavorRef: string | number; 'OS-DCF:diskConfig'?: 'AUTO' | 'MANUAL' };
      revertResize?: unknown;
    };
    answer: { output: string } | { console: { type: string; url: string } } | { server: RebuiltServer } | { adminPass: string } | { image_id: string };
  };
  'GET /v1/servers/:id/startup': {
    params: { id: string };
    answer: StartupView;
  };
  'PUT /v1/servers/:id/startup': {
    params: { id: string };
    body: {
      start?: 'as-before' | 'always' | 'never' | null;
      order?: number | null;
      delaySeconds?: number;
      after?: {
        server: string;
        healthy?: { kind: 'running' } | { kind: 'guest-agent' } | { kind: 'tcp'; port: number } | { kind: 'http'; port: number; path?: string; status?: number | null };
        timeoutSeconds?: number;
        onTimeout?: 'start' | 'stay';
      }[];
    };
    answer: StartupView;
  };
}
