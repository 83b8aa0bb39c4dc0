import { integer, nullable, type RecordOf, type RowsOf, table, text, time } from '../database/table.ts';
import type * as declared from './allocation.tables.ts';

/** Whoever holds something and is no server. */
export const consumers = table('placement_consumer', {
  id: text,
  projectId: text,
  userId: text,
  /** Null: it was made before types were told. */
  type: nullable(text),
  generation: integer,
  updatedAt: time,
});
export type ConsumerRecord = RecordOf<typeof consumers>;

export const allocations = table('placement_allocation', {
  consumerId: text,
  providerId: text,
  resourceClass: text,
  used: integer,
});
export type AllocationRecord = RecordOf<typeof allocations>;

declare module '../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
