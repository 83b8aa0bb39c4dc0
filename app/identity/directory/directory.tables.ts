import {
  flag,
  generated,
  integer,
  json,
  nullable,
  type RecordOf,
  type RowOf,
  type RowsOf,
  table,
  text,
  time,
} from '../../database/table.ts';
import type * as declared from './directory.tables.ts';

export interface ProjectOptions {
  immutable?: boolean;
}

/** A domain is a row with `is_domain`, no domain and no parent; a project at the top has its domain as parent. */
export const projects = table('identity_project', {
  id: text,
  domain_id: nullable(text),
  parent_id: nullable(text),
  name: text,
  description: nullable(text),
  enabled: flag,
  is_domain: flag,
  options: generated(json<ProjectOptions>()),
  /** What clients stored beside the known attributes. */
  extra: generated(json<Record<string, unknown>>()),
  created_at: time,
});
export type ProjectRecord = RecordOf<typeof projects>;
/** A domain is a project at the top of its tree. */
export type DomainRecord = ProjectRecord;

export const projectTags = table('identity_project_tag', {
  project_id: text,
  name: text,
});

/** Keystone's user options (API reference, "Create user", `options`). */
export interface UserOptions {
  ignore_change_password_upon_first_use?: boolean;
  ignore_password_expiry?: boolean;
  ignore_lockout_failure_attempts?: boolean;
  ignore_user_inactivity?: boolean;
  lock_password?: boolean;
  multi_factor_auth_enabled?: boolean;
  multi_factor_auth_rules?: string[][];
}

export const users = table('identity_user', {
  id: text,
  domain_id: text,
  name: text,
  enabled: flag,
  /** May name a project that is not there (any more), as in Keystone. */
  default_project_id: nullable(text),
  /** scrypt with its parameters, as `password-hash.ts` writes it; null for accounts without a password. */
  password_hash: nullable(text),
  password_created_at: nullable(time),
  password_expires_at: nullable(time),
  /** The user set it, not an administrator. */
  password_self_service: generated(flag),
  /** Wrong passwords in a row, and the time of the last. */
  failed_count: generated(integer),
  failed_at: nullable(time),
  /** Day of the last sign-in, `YYYY-MM-DD`. */
  last_active_on: nullable(text),
  options: generated(json<UserOptions>()),
  /** What clients stored beside the known attributes, such as email and description. */
  extra: generated(json<Record<string, unknown>>()),
  created_at: time,
});
export type UserRecord = RecordOf<typeof users>;
export type UserRow = RowOf<typeof users>;

/** Passwords a user had before, as long as they may not be used again. */
export const passwordHistory = table('identity_password_history', {
  user_id: text,
  password_hash: text,
  created_at: time,
  /** Of a user's: tells apart what was written in the same millisecond. */
  place: integer,
});

export const groups = table('identity_group', {
  id: text,
  domain_id: text,
  name: text,
  description: nullable(text),
  extra: generated(json<Record<string, unknown>>()),
  created_at: time,
});
export type GroupRecord = RecordOf<typeof groups>;

/** `idp_id` and `expires_at` are of those whom an identity provider's mapping put in, for as long as it says so. */
export const groupMembers = table('identity_group_member', {
  group_id: text,
  user_id: text,
  idp_id: nullable(text),
  expires_at: nullable(time),
});

declare module '../../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
