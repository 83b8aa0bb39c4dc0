// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface ImageMember {
  member_id: string;
  image_id: string;
  status: 'pending' | 'accepted' | 'rejected';
  created_at: string;
  updated_at: string;
  schema: string;
}

export type ImageStatus = 'queued' | 'saving' | 'uploading' | 'importing' | 'active' | 'killed' | 'deleted' | 'pending_delete' | 'deactivated';

export interface ImageView {
  id: string;
  name: string | null;
  status: ImageStatus;
  visibility: 'public' | 'private' | 'shared' | 'community';
  owner: string | null;
  disk_format: 'ami' | 'ari' | 'aki' | 'vhd' | 'vhdx' | 'vmdk' | 'raw' | 'qcow2' | 'vdi' | 'iso' | null;
  container_format: 'ami' | 'ari' | 'aki' | 'bare' | 'ovf' | 'ova' | 'docker' | 'compressed' | null;
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
  [property: string]: unknown;
}

export interface ImagesApi {
  'POST /image/v2/images': {
    body: {
      name?: string | null;
      visibility?: 'public' | 'private' | 'shared' | 'community';
      owner?: string | null;
      disk_format?: 'ami' | 'ari' | 'aki' | 'vhd' | 'vhdx' | 'vmdk' | 'raw' | 'qcow2' | 'vdi' | 'iso' | null;
      container_format?: 'ami' | 'ari' | 'aki' | 'bare' | 'ovf' | 'ova' | 'docker' | 'compressed' | null;
      min_disk?: number;
      min_ram?: number;
      protected?: boolean;
      os_hidden?: boolean;
      tags?: string[];
      id?: string;
      [property: string]: unknown;
    };
    answer: ImageView;
  };
  'GET /image/v2/images': {
    query: {
      limit?: string;
      marker?: string;
      sort?: string;
      sort_key?: string | string[];
      sort_dir?: string | string[];
      visibility?: string;
      member_status?: string;
      os_hidden?: string;
      protected?: string | string[];
      tag?: string | string[];
      [property: string]: unknown;
    };
    answer: { images: ImageView[]; first: string; next?: string; schema: string };
  };
  'GET /image/v2/images/:id': {
    params: { id: string };
    answer: ImageView;
  };
  'PATCH /image/v2/images/:id': {
    params: { id: string };
    body: ({ op: 'add' | 'remove' | 'replace'; path: string; value?: unknown } | { add: string; value?: unknown } | { remove: string; value?: unknown } | { replace: string; value?: unknown })[];
    answer: ImageView;
  };
  'DELETE /image/v2/images/:id': { params: { id: string } };
  'POST /image/v2/images/:id/actions/deactivate': { params: { id: string } };
  'POST /image/v2/images/:id/actions/reactivate': { params: { id: string } };
  'POST /image/v2/images/:id/members': {
    params: { id: string };
    body: { member: string; [property: string]: unknown };
    answer: ImageMember;
  };
  'GET /image/v2/images/:id/members': {
    params: { id: string };
    answer: { members: ImageMember[]; schema: string };
  };
  'DELETE /image/v2/images/:id/members/:memberId': { params: { id: string; memberId: string } };
}
