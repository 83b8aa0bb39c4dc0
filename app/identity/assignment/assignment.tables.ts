import {
  flag,
  generated,
  json,
  nullable,
  type RecordOf,
  type RowOf,
  type RowsOf,
  smallTable,
  table,
  text,
} from '../../database/table.ts';
import type * as declared from './assignment.tables.ts';

export const roles = smallTable('identity_role', {
  id: text,
  /** Set on roles of one domain: they are never in a token themselves, only what they imply is. */
  domain_id: nullable(text),
  name: text,
  description: nullable(text),
  options: generated(json<{ immutable?: boolean }>()),
  /** What clients stored beside the known attributes. */
  extra: generated(json<Record<string, unknown>>()),
});
export type RoleRecord = RecordOf<typeof roles>;

/** Whoever has `prior_role_id` also has `implied_role_id`. */
export const impliedRoles = smallTable('identity_implied_role', {
  prior_role_id: text,
  implied_role_id: text,
});

/** One of `user_id` and `group_id` is set; one of `project_id` and `domain_id`, or neither: then it is the system. */
export const assignments = table('identity_assignment', {
  user_id: nullable(text),
  group_id: nullable(text),
  project_id: nullable(text),
  domain_id: nullable(text),
  role_id: text,
  /** It holds for the projects below (OS-INHERIT), not for what it was made on. */
  inherited: flag,
});
export type AssignmentRow = RowOf<typeof assignments>;

declare module '../../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
