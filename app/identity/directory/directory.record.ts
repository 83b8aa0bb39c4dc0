import type { SecurityCompliance } from '../identity.settings.ts';
import type { UserRecord } from './directory.tables.ts';

/** `enabled` is false, too, of those who have not signed in for as many days as the settings allow. */
export function asOfNow(user: UserRecord, compliance: SecurityCompliance, now: number): UserRecord {
  const days = compliance.disable_user_account_days_inactive;
  const isInactive =
    days !== undefined && !user.options.ignore_user_inactivity && daysBetween(lastActiveDay(user), dayOf(now)) >= days;
  return isInactive ? { ...user, enabled: false } : user;
}

/** `YYYY-MM-DD`. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function lastActiveDay(user: UserRecord): string {
  return user.last_active_on ?? user.created_at.slice(0, 10);
}

function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}
