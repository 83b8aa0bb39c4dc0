import type { HostFacts } from '../contract/host.ts';
import {
  column,
  flag,
  generated,
  integer,
  json,
  nullable,
  type RowOf,
  type RowsOf,
  real,
  smallTable,
  table,
  text,
  time,
} from '../database/table.ts';
import type * as declared from './scheduler.tables.ts';

/** `memoryMib` is what a host's memory is without what it keeps for itself. */
export const hosts = smallTable(
  'scheduler_host',
  {
    id: text,
    name: text,
    state: text,
    since: time,
    lastSeenAt: nullable(time),
    facts: nullable(json<HostFacts>()),
    vcpus: integer,
    memoryMib: integer,
    diskGib: integer,
    usedVcpus: integer,
    usedMemoryMib: integer,
    usedDiskGib: integer,
    machines: integer,
    vcpuRatio: real,
    memoryRatio: real,
    diskRatio: real,
    /** Null: it takes new machines; '' where nobody said why it does not. */
    disabledReason: nullable(text),
    /** It counts as down, whatever its connection says. */
    isForcedDown: generated(column('forced_down', flag)),
    zone: generated(text),
    /** Raised by each change of the row. */
    revision: generated(integer),
  },
  'as many as there are hosts',
);

export const allocations = table('scheduler_allocation', {
  serverId: text,
  hostId: text,
  vcpus: integer,
  memoryMib: integer,
  diskGib: integer,
  /** Of servers, as compute has them. */
  groupId: nullable(text),
  /** Of what a resize holds beside what its server has: that server; `serverId` is the migration then. */
  resizedServerId: nullable(text),
});
export type AllocationRow = RowOf<typeof allocations>;

/** Rows to lock, one a group: claims of machines that must be on one host wait for each other. */
export const groups = table('scheduler_group', { id: text, revision: integer });

declare module '../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
