import { integer, nullable, type RecordOf, type RowsOf, smallTable, table, text } from '../../database/table.ts';
import type * as declared from './limit.tables.ts';

export const registeredLimits = smallTable('identity_registered_limit', {
  id: text,
  service_id: text,
  region_id: nullable(text),
  resource_name: text,
  default_limit: integer,
  description: nullable(text),
});
export type RegisteredLimitRecord = RecordOf<typeof registeredLimits>;

/** One of `project_id` and `domain_id` is set. */
export const limits = table('identity_limit', {
  id: text,
  registered_limit_id: text,
  project_id: nullable(text),
  domain_id: nullable(text),
  resource_limit: integer,
  description: nullable(text),
});
export type StoredLimit = RecordOf<typeof limits>;

declare module '../../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
