import {
  column,
  flag,
  integer,
  json,
  nullable,
  type RecordOf,
  type RowsOf,
  table,
  text,
  textOf,
  time,
} from '../database/table.ts';
import type { DiskFormat } from './formats/inspect.ts';
import type * as declared from './image.tables.ts';
import type { ContainerFormat, ImageStatus, MemberStatus, Visibility } from './image.values.ts';

export const images = table('image_image', {
  id: text,
  name: nullable(text),
  status: textOf<ImageStatus>(),
  visibility: textOf<Visibility>(),
  /** Project; null for images made without one. */
  owner: nullable(text),
  diskFormat: nullable(textOf<DiskFormat>()),
  containerFormat: nullable(textOf<ContainerFormat>()),
  /** Bytes of the file; null until there is data, as the next. */
  size: nullable(integer),
  /** Bytes a guest sees. */
  virtualSize: nullable(integer),
  /** GiB */
  minDisk: integer,
  /** MiB */
  minRam: integer,
  /** MD5, hex. */
  checksum: nullable(text),
  hashAlgorithm: column('os_hash_algo', nullable(text)),
  hashValue: column('os_hash_value', nullable(text)),
  isProtected: column('protected', flag),
  isHidden: column('os_hidden', flag),
  tags: json<string[]>(),
  properties: json<Record<string, string>>(),
  /** Entry of the image catalogue it came from. */
  catalogId: nullable(text),
  createdAt: time,
  updatedAt: time,
});
export type ImageRecord = RecordOf<typeof images>;

/** The projects an image is shared with. */
export const imageMembers = table('image_member', {
  imageId: text,
  memberId: text,
  status: textOf<MemberStatus>(),
  createdAt: time,
  updatedAt: time,
});
export type MemberRecord = RecordOf<typeof imageMembers>;

declare module '../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
