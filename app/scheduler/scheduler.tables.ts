import type { HostFacts } from '../contract/host.ts';
import { generated, integer, json, nullable, type RowOf, real, table, text, time } from '../database/table.ts';

export const hosts = table(
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
    disabledReason: nullable(text),
    /** Raised by each change of the row. */
    revision: generated(integer),
  },
  { small: 'as many as there are hosts' },
);

export const allocations = table('scheduler_allocation', {
  serverId: text,
  hostId: text,
  vcpus: integer,
  memoryMib: integer,
  diskGib: integer,
});
export type AllocationRow = RowOf<typeof allocations>;

declare module '../database/tables.ts' {
  interface Tables {
    scheduler_host: RowOf<typeof hosts>;
    scheduler_allocation: AllocationRow;
  }
}
