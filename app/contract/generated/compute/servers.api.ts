// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

import type { Link } from './shared.api.ts';

export interface CreatedServer {
  id: string;
  links: Link[];
  'OS-DCF:diskConfig': 'AUTO' | 'MANUAL';
  security_groups: { name: string }[];
  adminPass?: string;
}

export interface InstanceActionView {
  action: string;
  instance_uuid: string;
  request_id: string;
  user_id: string | null;
  project_id: string | null;
  start_time: string;
  message: string | null;
  updated_at: string;
  events?: {
    event: string;
    start_time: string;
    finish_time: string | null;
    result: string | null;
    traceback?: string | null;
    hostId: string;
    host?: string | null;
    details?: string | null;
  }[];
}

export interface InterfaceAttachment {
  port_id: string;
  net_id: string;
  mac_addr: string;
  port_state: 'ACTIVE' | 'DOWN';
  fixed_ips: { ip_address: string; subnet_id: string | null }[];
  tag: string | null;
}

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
  user_data: string | null;
  adminPass: string;
}

export interface RemoteConsole { protocol: string; type: string; url: string }

export type ServerStatus = 'ACTIVE' | 'BUILD' | 'DELETED' | 'ERROR' | 'HARD_REBOOT' | 'PAUSED' | 'REBOOT' | 'REBUILD' | 'RESCUE' | 'RESIZE' | 'REVERT_RESIZE' | 'SHUTOFF' | 'SOFT_DELETED' | 'SUSPENDED' | 'SHELVED' | 'SHELVED_OFFLOADED' | 'UNKNOWN' | 'VERIFY_RESIZE';

export interface ServerSummary { id: string; name: string; links: Link[] }

export interface ServerView {
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
}

export interface ServersApi {
  'GET /compute/v2.1/servers': {
    query: Record<string, string | string[]>;
    answer: { servers: ServerSummary[]; servers_links?: Link[] };
  };
  'POST /compute/v2.1/servers': {
    body: {
      server: {
        name: string;
        flavorRef: string | number;
        imageRef?: string | number | '';
        adminPass?: string;
        metadata?: Record<string, string>;
        'OS-DCF:diskConfig'?: 'AUTO' | 'MANUAL';
        accessIPv4?: '' | string | null;
        accessIPv6?: '' | string | null;
        availability_zone?: string;
        config_drive?: boolean | string | '';
        key_name?: string | null;
        min_count?: number | string;
        max_count?: number | string;
        return_reservation_id?: boolean | string;
        security_groups?: { name: string }[];
        user_data?: string | null;
        block_device_mapping?: {
          volume_id?: string | null;
          snapshot_id?: string | null;
          volume_size?: number | string | null;
          device_name?: string | null;
          delete_on_termination?: boolean | string;
          no_device?: unknown;
          connection_info?: string | null;
          virtual_name?: string;
        }[];
        block_device_mapping_v2?: {
          volume_id?: string | null;
          snapshot_id?: string | null;
          volume_size?: number | string | null;
          device_name?: string | null;
          delete_on_termination?: boolean | string;
          no_device?: unknown;
          connection_info?: string | null;
          virtual_name?: string;
          boot_index?: number | string | null;
          uuid?: string;
          image_id?: string;
          source_type?: 'volume' | 'image' | 'snapshot' | 'blank';
          destination_type?: 'local' | 'volume';
          guest_format?: string | null;
          device_type?: string | null;
          disk_bus?: string | null;
          tag?: string;
          volume_type?: string | null;
        }[];
        networks: 'none' | 'auto' | { port?: string | null; fixed_ip?: string; uuid?: string; tag?: string }[];
        description?: string | null;
        tags?: string[];
        trusted_image_certificates?: string[] | null;
        host?: string;
        hypervisor_hostname?: string;
        hostname?: string;
      };
      'os:scheduler_hints'?: {
        group?: string;
        same_host?: string | string[];
        different_host?: string | string[];
        build_near_host_ip?: string;
        cidr?: string;
        query?: unknown;
        [property: string]: unknown;
      };
      'OS-SCH-HNT:scheduler_hints'?: {
        group?: string;
        same_host?: string | string[];
        different_host?: string | string[];
        build_near_host_ip?: string;
        cidr?: string;
        query?: unknown;
        [property: string]: unknown;
      };
    };
    answer: { server: CreatedServer } | { reservation_id: string };
  };
  'GET /compute/v2.1/servers/detail': {
    query: Record<string, string | string[]>;
    answer: { servers: ServerView[]; servers_links?: Link[] };
  };
  'GET /compute/v2.1/servers/:serverId': {
    params: { serverId: string };
    answer: { server: ServerView };
  };
  'PUT /compute/v2.1/servers/:serverId': {
    params: { serverId: string };
    body: {
      server: {
        name?: string;
        'OS-DCF:diskConfig'?: 'AUTO' | 'MANUAL';
        accessIPv4?: '' | string | null;
        accessIPv6?: '' | string | null;
        description?: string | null;
        hostname?: string;
      };
    };
    answer: { server: ServerView };
  };
  'DELETE /compute/v2.1/servers/:serverId': { params: { serverId: string } };
  'POST /compute/v2.1/servers/:serverId/action': {
    params: { serverId: string };
    body: {
      'os-start'?: unknown;
      'os-stop'?: unknown;
      reboot?: { type: 'HARD' | 'Hard' | 'hard' | 'SOFT' | 'Soft' | 'soft' };
      pause?: unknown;
      unpause?: unknown;
      suspend?: unknown;
      resume?: unknown;
      shelve?: unknown;
      shelveOffload?: unknown;
      unshelve?: { availability_zone: string } | null;
      createImage?: { name: string; metadata?: Record<string, string> };
      createBackup?: { name: string; backup_type: string; rotation: number | string; metadata?: Record<string, string> };
      trigger_crash_dump?: null;
      rescue?: { adminPass?: string; rescue_image_ref?: string } | null;
      unrescue?: unknown;
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
      confirmResize?: unknown;
      revertResize?: unknown;
      restore?: unknown;
      changePassword?: { adminPass: string };
      lock?: { locked_reason?: string } | null;
      unlock?: unknown;
      'os-resetState'?: { state: 'active' | 'error' };
      injectNetworkInfo?: unknown;
      addFixedIp?: unknown;
      removeFixedIp?: unknown;
      forceDelete?: unknown;
      resetNetwork?: unknown;
      'os-getConsoleOutput'?: { length?: number | string | null } | null;
      'os-getVNCConsole'?: unknown;
      'os-getSPICEConsole'?: unknown;
      'os-getSerialConsole'?: unknown;
    };
    answer: { output: string } | { console: { type: string; url: string } } | { server: RebuiltServer } | { adminPass: string } | { image_id: string };
  };
  'POST /compute/v2.1/servers/:serverId/remote-consoles': {
    params: { serverId: string };
    body: {
      remote_console: {
        protocol: 'vnc' | 'spice' | 'rdp' | 'serial' | 'mks';
        type: 'novnc' | 'xvpvnc' | 'rdp-html5' | 'spice-html5' | 'serial' | 'webmks';
      };
    };
    answer: { remote_console: RemoteConsole };
  };
  'PUT /compute/v2.1/servers/:serverId/metadata': {
    params: { serverId: string };
    body: { metadata: Record<string, string> };
    answer: { metadata: Record<string, string> };
  };
  'PUT /compute/v2.1/servers/:serverId/tags': {
    params: { serverId: string };
    body: { tags: string[] };
    answer: { tags: string[] };
  };
  'PUT /compute/v2.1/servers/:serverId/tags/:tag': { params: { serverId: string; tag: string } };
  'GET /compute/v2.1/servers/:serverId/os-interface': {
    params: { serverId: string };
    answer: { interfaceAttachments: InterfaceAttachment[] };
  };
  'POST /compute/v2.1/servers/:serverId/os-interface': {
    params: { serverId: string };
    body: {
      interfaceAttachment?: { net_id?: string; port_id?: string | null; fixed_ips?: { ip_address: string }[]; tag?: string };
    };
    answer: { interfaceAttachment: InterfaceAttachment };
  };
  'DELETE /compute/v2.1/servers/:serverId/os-interface/:portId': { params: { serverId: string; portId: string } };
  'GET /compute/v2.1/servers/:serverId/os-instance-actions': {
    params: { serverId: string };
    query: {
      limit?: string | string[];
      marker?: string | string[];
      'changes-since'?: string | string[];
      'changes-before'?: string | string[];
    };
    answer: { instanceActions: InstanceActionView[]; links?: Link[] };
  };
  'GET /compute/v2.1/servers/:serverId/os-instance-actions/:requestId': {
    params: { serverId: string; requestId: string };
    answer: { instanceAction: InstanceActionView };
  };
}
