import { type RowsOf, table, text, time } from '../database/table.ts';
import type * as declared from './safety-snapshot.tables.ts';

/** Images that are made of servers before something is done to them, and go by themselves. */
export const safetySnapshots = table('compute_safety_snapshot', { imageId: text, serverId: text, until: time });

declare module '../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
