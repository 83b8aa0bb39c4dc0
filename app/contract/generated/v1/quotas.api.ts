// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface LimitsDetails {
  networks: QuotaEntry;
  subnets: QuotaEntry;
  ports: QuotaEntry;
  images: QuotaEntry;
  image_size_total: QuotaEntry;
  instances: QuotaEntry;
  cores: QuotaEntry;
  ram: QuotaEntry;
  key_pairs: QuotaEntry;
  metadata_items: QuotaEntry;
  injected_files: QuotaEntry;
  injected_file_content_bytes: QuotaEntry;
  injected_file_path_bytes: QuotaEntry;
  server_groups: QuotaEntry;
  server_group_members: QuotaEntry;
  volumes: QuotaEntry;
  per_volume_gigabytes: QuotaEntry;
  snapshots: QuotaEntry;
  gigabytes: QuotaEntry;
  backups: QuotaEntry;
  backup_gigabytes: QuotaEntry;
  groups: QuotaEntry;
}

export interface QuotaEntry { limit: number; used: number; isOwn: boolean }

export interface QuotasApi {
  'GET /v1/quotas/:project_id': {
    params: { project_id: string };
    query: { user_id?: string };
    answer: { limits: LimitsDetails };
  };
  'PUT /v1/quotas/:project_id': {
    params: { project_id: string };
    query: { user_id?: string };
    body: {
      limits: {
        networks?: number;
        subnets?: number;
        ports?: number;
        images?: number;
        image_size_total?: number;
        instances?: number;
        cores?: number;
        ram?: number;
        key_pairs?: number;
        metadata_items?: number;
        injected_files?: number;
        injected_file_content_bytes?: number;
        injected_file_path_bytes?: number;
        server_groups?: number;
        server_group_members?: number;
        volumes?: number;
        per_volume_gigabytes?: number;
        snapshots?: number;
        gigabytes?: number;
        backups?: number;
        backup_gigabytes?: number;
        groups?: number;
      };
      force?: boolean;
    };
    answer: { limits: LimitsDetails };
  };
  'DELETE /v1/quotas/:project_id': {
    params: { project_id: string };
    query: { user_id?: string };
  };
}
