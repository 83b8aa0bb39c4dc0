import {
  integer,
  json,
  nullable,
  type RecordOf,
  type RowsOf,
  smallTable,
  table,
  text,
  textOf,
  time,
} from '../database/table.ts';
import type * as declared from './migration.tables.ts';
import type { EmbeddedFlavor, VmState } from './server.values.ts';

/** In Nova's words; `finished` waits to be confirmed or reverted. */
export type MigrationStatus =
  | 'pre-migrating'
  | 'migrating'
  | 'post-migrating'
  | 'finished'
  | 'confirming'
  | 'confirmed'
  | 'reverting'
  | 'reverted'
  | 'error';

/** How a server comes from one flavor to another. What is confirmed or reverted, and to what, is what stands here. */
export const migrations = table('compute_migration', {
  /** Nova's number of it; hosts, claims and clients that page know it by `uuid`. */
  id: integer,
  uuid: text,
  serverId: text,
  projectId: text,
  /** Who asked for it. */
  userId: text,
  type: textOf<'resize'>(),
  status: textOf<MigrationStatus>(),
  sourceHost: text,
  destHost: text,
  oldFlavor: json<EmbeddedFlavor>(),
  newFlavor: json<EmbeddedFlavor>(),
  /** What the scheduler counts of each. */
  oldDiskGib: integer,
  newDiskGib: integer,
  oldVmState: textOf<VmState>(),
  createdAt: time,
  updatedAt: time,
  /** Since when it waits for somebody to confirm it; null before and after. */
  finishedAt: nullable(time),
});
export type MigrationRecord = RecordOf<typeof migrations>;

/** One row: the last number given. */
export const migrationNumbers = smallTable('compute_migration_number', { last: integer }, 'it has one row');

declare module '../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
