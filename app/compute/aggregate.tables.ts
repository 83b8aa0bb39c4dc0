import { integer, json, nullable, type RecordOf, type RowsOf, smallTable, text, time } from '../database/table.ts';
import type * as declared from './aggregate.tables.ts';

export const aggregates = smallTable('compute_aggregate', {
  id: integer,
  uuid: text,
  name: text,
  /** `availability_zone` says in which zone its hosts are. */
  metadata: json<Record<string, string>>(),
  createdAt: time,
  updatedAt: nullable(time),
});
export type AggregateRecord = RecordOf<typeof aggregates>;

export const aggregateHosts = smallTable('compute_aggregate_host', { aggregateId: integer, hostId: text });

/** One row: the last number given. */
export const aggregateNumbers = smallTable('compute_aggregate_number', { last: integer }, 'it has one row');

declare module '../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
