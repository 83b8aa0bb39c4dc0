import { integer, MADE_BY_HAND, nullable, type RecordOf, type RowOf, table, text } from '../../database/table.ts';

export const registeredLimits = table(
  'identity_registered_limit',
  {
    id: text,
    service_id: text,
    region_id: nullable(text),
    resource_name: text,
    default_limit: integer,
    description: nullable(text),
  },
  { small: MADE_BY_HAND },
);
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
  interface Tables {
    identity_registered_limit: RowOf<typeof registeredLimits>;
    identity_limit: RowOf<typeof limits>;
  }
}
