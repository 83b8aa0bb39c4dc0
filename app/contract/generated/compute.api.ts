// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface ComputeApi {
  'GET /compute': Record<never, never>;
  'GET /compute/v2.1': Record<never, never>;
  'GET /compute/v2.1/extensions': Record<never, never>;
  'GET /compute/v2.1/extensions/:alias': { params: { alias: string } };
  'GET /compute/v2.1/os-aggregates': Record<never, never>;
  'GET /compute/v2.1/os-server-groups': Record<never, never>;
  'GET /compute/v2.1/flavors': {
    query: {
      limit?: string | string[];
      marker?: string | string[];
      is_public?: string | string[];
      minRam?: string | string[];
      minDisk?: string | string[];
      sort_key?: string | string[];
      sort_dir?: string | string[];
    };
  };
  'POST /compute/v2.1/flavors': {
    body: {
      flavor: {
        name: string;
        ram: number | string;
        vcpus: number | string;
        disk: number | string;
        id?: string | number | null;
        'OS-FLV-EXT-DATA:ephemeral'?: number | string;
        swap?: number | string;
        rxtx_factor?: number | string;
        'os-flavor-access:is_public'?: boolean | string;
        description?: string | null;
      };
    };
  };
  'GET /compute/v2.1/flavors/detail': {
    query: {
      limit?: string | string[];
      marker?: string | string[];
      is_public?: string | string[];
      minRam?: string | string[];
      minDisk?: string | string[];
      sort_key?: string | string[];
      sort_dir?: string | string[];
    };
  };
  'GET /compute/v2.1/flavors/:flavorId': { params: { flavorId: string } };
  'PUT /compute/v2.1/flavors/:flavorId': {
    params: { flavorId: string };
    body: { flavor: { description: string | null } };
  };
  'DELETE /compute/v2.1/flavors/:flavorId': { params: { flavorId: string } };
  'GET /compute/v2.1/flavors/:flavorId/os-extra_specs': { params: { flavorId: string } };
  'POST /compute/v2.1/flavors/:flavorId/os-extra_specs': {
    params: { flavorId: string };
    body: { extra_specs: Record<string, string | number> };
  };
  'GET /compute/v2.1/flavors/:flavorId/os-extra_specs/:key': { params: { flavorId: string; key: string } };
  'PUT /compute/v2.1/flavors/:flavorId/os-extra_specs/:key': {
    params: { flavorId: string; key: string };
    body: Record<string, string | number>;
  };
  'DELETE /compute/v2.1/flavors/:flavorId/os-extra_specs/:key': { params: { flavorId: string; key: string } };
  'GET /compute/v2.1/flavors/:flavorId/os-flavor-access': { params: { flavorId: string } };
  'POST /compute/v2.1/flavors/:flavorId/action': {
    params: { flavorId: string };
    body: Record<string, unknown>;
  };
  'GET /compute/v2.1/os-keypairs': {
    query: { user_id?: string | string[]; limit?: string | string[]; marker?: string | string[] };
  };
  'POST /compute/v2.1/os-keypairs': {
    body: { keypair: { name: string; public_key?: string; type?: 'ssh' | 'x509'; user_id?: string } };
  };
  'GET /compute/v2.1/os-keypairs/:name': {
    params: { name: string };
    query: { user_id?: string | string[] };
  };
  'DELETE /compute/v2.1/os-keypairs/:name': {
    params: { name: string };
    query: { user_id?: string | string[] };
  };
  'GET /compute/v2.1/servers': { query: Record<string, string | string[]> };
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
        block_device_mapping?: unknown[];
        block_device_mapping_v2?: {
          boot_index?: number | string | null;
          uuid?: string;
          image_id?: string;
          source_type?: 'volume' | 'image' | 'snapshot' | 'blank';
          destination_type?: 'local' | 'volume';
          delete_on_termination?: boolean | string;
          volume_id?: string | null;
          snapshot_id?: string | null;
          volume_size?: number | string | null;
          volume_type?: string | null;
          device_name?: string | null;
          device_type?: string | null;
          disk_bus?: string | null;
          guest_format?: string | null;
          no_device?: unknown;
          tag?: string;
        }[];
        config_drive?: boolean | string | '';
        key_name?: string | null;
        min_count?: number | string;
        max_count?: number | string;
        return_reservation_id?: boolean | string;
        security_groups?: { name: string }[];
        user_data?: string | null;
        networks: 'none' | 'auto' | { port?: string | null; fixed_ip?: string; uuid?: string; tag?: string }[];
        description?: string | null;
        tags?: string[];
        trusted_image_certificates?: string[] | null;
        host?: string;
        hypervisor_hostname?: string;
        hostname?: string;
      };
      'os:scheduler_hints'?: Record<string, unknown>;
      'OS-SCH-HNT:scheduler_hints'?: Record<string, unknown>;
    };
  };
  'GET /compute/v2.1/servers/detail': { query: Record<string, string | string[]> };
  'GET /compute/v2.1/servers/:serverId': { params: { serverId: string } };
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
  };
  'DELETE /compute/v2.1/servers/:serverId': { params: { serverId: string } };
  'POST /compute/v2.1/servers/:serverId/action': {
    params: { serverId: string };
    body: Record<string, unknown>;
  };
  'POST /compute/v2.1/servers/:serverId/remote-consoles': {
    params: { serverId: string };
    body: {
      remote_console: {
        protocol: 'vnc' | 'spice' | 'rdp' | 'serial' | 'mks';
        type: 'novnc' | 'xvpvnc' | 'rdp-html5' | 'spice-html5' | 'serial' | 'webmks';
      };
    };
  };
  'GET /compute/v2.1/servers/:serverId/metadata': { params: { serverId: string } };
  'POST /compute/v2.1/servers/:serverId/metadata': {
    params: { serverId: string };
    body: { metadata: Record<string, string> };
  };
  'PUT /compute/v2.1/servers/:serverId/metadata': {
    params: { serverId: string };
    body: { metadata: Record<string, string> };
  };
  'GET /compute/v2.1/servers/:serverId/metadata/:key': { params: { serverId: string; key: string } };
  'PUT /compute/v2.1/servers/:serverId/metadata/:key': {
    params: { serverId: string; key: string };
    body: { meta: Record<string, string> };
  };
  'DELETE /compute/v2.1/servers/:serverId/metadata/:key': { params: { serverId: string; key: string } };
  'GET /compute/v2.1/servers/:serverId/tags': { params: { serverId: string } };
  'PUT /compute/v2.1/servers/:serverId/tags': {
    params: { serverId: string };
    body: { tags: string[] };
  };
  'DELETE /compute/v2.1/servers/:serverId/tags': { params: { serverId: string } };
  'GET /compute/v2.1/servers/:serverId/tags/:tag': { params: { serverId: string; tag: string } };
  'PUT /compute/v2.1/servers/:serverId/tags/:tag': { params: { serverId: string; tag: string } };
  'DELETE /compute/v2.1/servers/:serverId/tags/:tag': { params: { serverId: string; tag: string } };
  'GET /compute/v2.1/servers/:serverId/ips': { params: { serverId: string } };
  'GET /compute/v2.1/servers/:serverId/ips/:network': { params: { serverId: string; network: string } };
  'GET /compute/v2.1/servers/:serverId/os-interface': { params: { serverId: string } };
  'GET /compute/v2.1/servers/:serverId/os-interface/:portId': { params: { serverId: string; portId: string } };
  'GET /compute/v2.1/servers/:serverId/os-volume_attachments': { params: { serverId: string } };
  'GET /compute/v2.1/servers/:serverId/os-security-groups': { params: { serverId: string } };
  'GET /compute/v2.1/servers/:serverId/topology': { params: { serverId: string } };
  'GET /compute/v2.1/servers/:serverId/os-instance-actions': {
    params: { serverId: string };
    query: {
      limit?: string | string[];
      marker?: string | string[];
      'changes-since'?: string | string[];
      'changes-before'?: string | string[];
    };
  };
  'GET /compute/v2.1/servers/:serverId/os-instance-actions/:requestId': {
    params: { serverId: string; requestId: string };
  };
  'GET /compute/v2.1/limits': { query: { tenant_id?: string | string[]; reserved?: string | string[] } };
  'GET /compute/v2.1/os-quota-sets/:projectId': {
    params: { projectId: string };
    query: { user_id?: string | string[] };
  };
  'PUT /compute/v2.1/os-quota-sets/:projectId': {
    params: { projectId: string };
    query: { user_id?: string | string[] };
    body: {
      quota_set: {
        instances?: number | string;
        cores?: number | string;
        ram?: number | string;
        metadata_items?: number | string;
        key_pairs?: number | string;
        server_groups?: number | string;
        server_group_members?: number | string;
        fixed_ips?: number | string;
        floating_ips?: number | string;
        security_groups?: number | string;
        security_group_rules?: number | string;
        injected_files?: number | string;
        injected_file_content_bytes?: number | string;
        injected_file_path_bytes?: number | string;
        force?: boolean | string;
        tenant_id?: string;
      };
    };
  };
  'DELETE /compute/v2.1/os-quota-sets/:projectId': {
    params: { projectId: string };
    query: { user_id?: string | string[] };
  };
  'GET /compute/v2.1/os-quota-sets/:projectId/defaults': { params: { projectId: string } };
  'GET /compute/v2.1/os-quota-sets/:projectId/detail': {
    params: { projectId: string };
    query: { user_id?: string | string[] };
  };
  'GET /compute/v2.1/os-quota-class-sets/:name': { params: { name: string } };
  'PUT /compute/v2.1/os-quota-class-sets/:name': {
    params: { name: string };
    body: {
      quota_class_set: {
        instances?: number | string;
        cores?: number | string;
        ram?: number | string;
        metadata_items?: number | string;
        key_pairs?: number | string;
        server_groups?: number | string;
        server_group_members?: number | string;
        fixed_ips?: number | string;
        floating_ips?: number | string;
        security_groups?: number | string;
        security_group_rules?: number | string;
        injected_files?: number | string;
        injected_file_content_bytes?: number | string;
        injected_file_path_bytes?: number | string;
      };
    };
  };
  'GET /compute/v2.1/os-hypervisors': {
    query: {
      limit?: string | string[];
      marker?: string | string[];
      hypervisor_hostname_pattern?: string | string[];
      with_servers?: boolean | string;
    };
  };
  'GET /compute/v2.1/os-hypervisors/detail': {
    query: {
      limit?: string | string[];
      marker?: string | string[];
      hypervisor_hostname_pattern?: string | string[];
      with_servers?: boolean | string;
    };
  };
  'GET /compute/v2.1/os-hypervisors/:hypervisorId': {
    params: { hypervisorId: string };
    query: { with_servers?: boolean | string };
  };
  'GET /compute/v2.1/os-services': { query: { host?: string | string[]; binary?: string | string[] } };
  'GET /compute/v2.1/os-availability-zone': Record<never, never>;
  'GET /compute/v2.1/os-availability-zone/detail': Record<never, never>;
}
