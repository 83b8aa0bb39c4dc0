import { z } from 'zod';
import { type MachineSpec, type MachineStatus, machineStatusSchema, storedSpecSchema } from '../contract/machine.ts';
import type { Unclaimed } from '../contract/unclaimed.ts';
import {
  type Column,
  column,
  integer,
  json,
  nullable,
  type RecordOf,
  type RowOf,
  type RowsOf,
  smallTable,
  text,
  textOf,
  time,
} from '../database/table.ts';
import type * as declared from './unclaimed.tables.ts';

const detail = json(z.object({ spec: storedSpecSchema, status: machineStatusSchema }));
type Machine = { spec: MachineSpec; status: MachineStatus };
const machine: Column<Machine | null, string> = {
  ...detail,
  read: (stored) => (stored === '{}' ? null : detail.read(stored)),
  write: (value) => (value === null ? '{}' : detail.write(value)),
};

/** What was found and nobody knows; see app/unclaimed/. */
export const unclaimed = smallTable(
  'unclaimed',
  {
    id: text,
    /** Id of the host; empty for the controller's own files. */
    host: text,
    kind: textOf<Unclaimed['kind']>(),
    /** Id of a machine, name of a folder or file: as in `leftover.id`. */
    key: text,
    /** What people call it, and type to remove it. */
    name: text,
    bytes: nullable(integer),
    /** Of a machine; `{}` of anything else. */
    machine: column('detail', machine),
    since: time,
  },
  'what hosts have that nobody knows, until a person decides',
);
export type UnclaimedRecord = RecordOf<typeof unclaimed>;
export type UnclaimedRow = RowOf<typeof unclaimed>;

declare module '../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
