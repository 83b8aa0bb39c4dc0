import { integer, type RecordOf, type RowOf, table, text, time } from '../database/table.ts';

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
  interface Tables {
    compute_past_server: RowOf<typeof pastServers>;
  }
}
