import type { Selectable } from 'kysely';
import type { IdentityGroupTable, IdentityProjectTable, IdentityUserTable } from '../../database/directory.tables.ts';
import type { SecurityCompliance } from '../identity.settings.ts';

/** A row as it is read: flags as booleans, JSON parsed. */
type Parsed<T, Flags extends string> = Omit<Selectable<T>, Flags | 'options' | 'extra'> &
  Record<Flags, boolean> & { extra: Record<string, unknown> };

export interface ProjectOptions {
  immutable?: boolean;
}
export type ProjectRecord = Parsed<IdentityProjectTable, 'enabled' | 'is_domain'> & { options: ProjectOptions };
/** A domain is a project at the top of its tree. */
export type DomainRecord = ProjectRecord;

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
export type UserRecord = Parsed<IdentityUserTable, 'enabled' | 'password_self_service'> & { options: UserOptions };
export type GroupRecord = Parsed<IdentityGroupTable, never>;

export function toProject(row: Selectable<IdentityProjectTable>): ProjectRecord {
  const { options, extra } = row;
  return {
    ...row,
    enabled: row.enabled === 1,
    is_domain: row.is_domain === 1,
    options: JSON.parse(options),
    extra: JSON.parse(extra),
  };
}

/** `enabled` is false, too, of those who have not signed in for as many days as the settings allow. */
export function toUser(row: Selectable<IdentityUserTable>, compliance: SecurityCompliance, now: number): UserRecord {
  const options: UserOptions = JSON.parse(row.options);
  const days = compliance.disable_user_account_days_inactive;
  const isInactive =
    days !== undefined && !options.ignore_user_inactivity && daysBetween(lastActiveDay(row), dayOf(now)) >= days;
  return {
    ...row,
    enabled: row.enabled === 1 && !isInactive,
    password_self_service: row.password_self_service === 1,
    options,
    extra: JSON.parse(row.extra),
  };
}

export function toGroup(row: Selectable<IdentityGroupTable>): GroupRecord {
  return { ...row, extra: JSON.parse(row.extra) };
}

/** `YYYY-MM-DD`. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function lastActiveDay(row: { last_active_on: string | null; created_at: string }): string {
  return row.last_active_on ?? row.created_at.slice(0, 10);
}

function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}
