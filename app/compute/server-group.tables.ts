import { integer, nullable, type RecordOf, type RowsOf, table, text, textOf, time } from '../database/table.ts';
import type * as declared from './server-group.tables.ts';

/** What members of a group have to do with each other's hosts; the soft ones as far as that can be. */
export const GROUP_POLICIES = ['affinity', 'anti-affinity', 'soft-affinity', 'soft-anti-affinity'] as const;
export type GroupPolicy = (typeof GROUP_POLICIES)[number];

/** Who is in a group stands with the servers. */
export const serverGroups = table('compute_server_group', {
  id: text,
  name: text,
  projectId: text,
  userId: text,
  policy: textOf<GroupPolicy>(),
  /** Members that one host may have, of `anti-affinity`; null where nobody said so: one. */
  maxPerHost: nullable(integer),
  createdAt: time,
});
export type ServerGroupRecord = RecordOf<typeof serverGroups>;

declare module '../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
