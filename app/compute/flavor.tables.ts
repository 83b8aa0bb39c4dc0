import {
  column,
  flag,
  integer,
  json,
  nullable,
  type RecordOf,
  type RowsOf,
  real,
  smallTable,
  table,
  text,
  time,
} from '../database/table.ts';
import type * as declared from './flavor.tables.ts';

export const flavors = smallTable('compute_flavor', {
  id: text,
  name: text,
  description: nullable(text),
  vcpus: integer,
  /** MiB */
  ram: column('ram_mib', integer),
  /** GiB */
  disk: column('disk_gib', integer),
  /** GiB */
  ephemeral: column('ephemeral_gib', integer),
  /** MiB */
  swap: column('swap_mib', integer),
  rxtxFactor: real,
  isPublic: flag,
  isDisabled: column('disabled', flag),
  extraSpecs: json<Record<string, string>>(),
  createdAt: time,
});
export type FlavorRecord = RecordOf<typeof flavors>;

/** Who may use a flavor that is not public. */
export const flavorAccess = table('compute_flavor_access', { flavorId: text, projectId: text });

declare module '../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
