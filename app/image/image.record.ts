import type { DiskFormat } from './formats/inspect.ts';

export const IMAGE_STATUSES = [
  'queued',
  'saving',
  'uploading',
  'importing',
  'active',
  'killed',
  'deleted',
  'pending_delete',
  'deactivated',
] as const;
export type ImageStatus = (typeof IMAGE_STATUSES)[number];

export const VISIBILITIES = ['public', 'private', 'shared', 'community'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

export const CONTAINER_FORMATS = ['ami', 'ari', 'aki', 'bare', 'ovf', 'ova', 'docker', 'compressed'] as const;
export type ContainerFormat = (typeof CONTAINER_FORMATS)[number];

export const MEMBER_STATUSES = ['pending', 'accepted', 'rejected'] as const;
export type MemberStatus = (typeof MEMBER_STATUSES)[number];

export interface ImageRecord {
  id: string;
  name: string | null;
  status: ImageStatus;
  visibility: Visibility;
  /** Project; null for images made without one. */
  owner: string | null;
  diskFormat: DiskFormat | null;
  containerFormat: ContainerFormat | null;
  /** Bytes of the file and bytes a guest sees; null until there is data. */
  size: number | null;
  virtualSize: number | null;
  /** GiB */
  minDisk: number;
  /** MiB */
  minRam: number;
  /** MD5, hex. */
  checksum: string | null;
  hashAlgorithm: string | null;
  hashValue: string | null;
  isProtected: boolean;
  isHidden: boolean;
  tags: string[];
  properties: Record<string, string>;
  /** Entry of the image catalogue it came from. */
  catalogId: string | null;
  createdAt: string;
  updatedAt: string;
}

export interface MemberRecord {
  imageId: string;
  memberId: string;
  status: MemberStatus;
  createdAt: string;
  updatedAt: string;
}
