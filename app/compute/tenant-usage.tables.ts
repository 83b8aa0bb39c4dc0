import { integer, type RecordOf, type RowsOf, table, text, time } from '../database/table.ts';
import type * as declared from './tenant-usage.tables.ts';

/** What is kept of a server for usage once its row is forgotten. */
export const pastServers = table('compute_past_server', {
  id: text,
  projectId: text,
  name: text,
  flavorName: text,
  vcpus: integer,
  memoryMib: integer,
  /** Of its flavor: root and ephemeral disk. */
  localGib: integer,
  launchedAt: time,
  terminatedAt: time,
});
export type PastServerRecord = RecordOf<typeof pastServers>;

declare module '../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
