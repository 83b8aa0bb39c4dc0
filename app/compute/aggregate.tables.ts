import {
  integer,
  json,
  MADE_BY_HAND,
  nullable,
  type RecordOf,
  type RowOf,
  table,
  text,
  time,
} from '../database/table.ts';

export const aggregates = table(
  'compute_aggregate',
  {
    id: integer,
    uuid: text,
    name: text,
    /** `availability_zone` says in which zone its hosts are. */
    metadata: json<Record<string, string>>(),
    createdAt: time,
    updatedAt: nullable(time),
  },
  { small: MADE_BY_HAND },
);
export type AggregateRecord = RecordOf<typeof aggregates>;

export const aggregateHosts = table(
  'compute_aggregate_host',
  { aggregateId: integer, hostId: text },
  { small: MADE_BY_HAND },
);

/** One row: the last number given. */
export const aggregateNumbers = table('compute_aggregate_number', { last: integer }, { small: 'it has one row' });

declare module '../database/tables.ts' {
  interface Tables {
    compute_aggregate: RowOf<typeof aggregates>;
    compute_aggregate_host: RowOf<typeof aggregateHosts>;
    compute_aggregate_number: RowOf<typeof aggregateNumbers>;
  }
}
