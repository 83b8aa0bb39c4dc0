import { UserError } from '../../contract/errors.ts';
import { compilePattern } from '../../pattern/linear-pattern.ts';
import { PASSWORD, type SecurityCompliance } from '../identity.settings.ts';
import type { UserOptions, UserRecord } from './directory.tables.ts';

const DAY_MS = 86_400_000;

/** 400 where the password does not match what the settings ask of one. */
export function assertAcceptable(password: string, { password_regex, ...rules }: SecurityCompliance): void {
  if (password_regex === undefined || compilePattern(password_regex, PASSWORD).test(password)) return;
  const wanted = rules.password_regex_description ?? 'it has to match a pattern that the administrator set';
  throw new UserError('bad_request', `The password does not match the requirements: ${wanted}.`, {
    field: 'user.password',
  });
}

/** 400 where the user may not set a password of their own (now). */
export function assertMayChange(user: UserRecord, rules: SecurityCompliance, now: number): void {
  if (user.options.lock_password) {
    throw new UserError(
      'bad_request',
      'You cannot change your password at this time due to password policy disallowing password changes. Please contact your administrator to reset your password.',
    );
  }
  // What an administrator set may be changed at once.
  if (!user.password_self_service || user.password_created_at === null) return;
  const left = Date.parse(user.password_created_at) + rules.minimum_password_age * DAY_MS - now;
  if (left <= 0) return;
  throw new UserError(
    'bad_request',
    `You cannot change your password at this time due to the minimum password age. Once you change your password, it must be used for ${rules.minimum_password_age} day(s) before it can be changed. Please try again in ${Math.floor(left / DAY_MS)} day(s) or contact your administrator to reset your password.`,
  );
}

/** When a password that is set now expires, or null: in whole seconds, as Keystone's. */
export function expiryOf(
  by: 'user' | 'administrator',
  options: UserOptions,
  rules: SecurityCompliance,
  now: number,
): string | null {
  const mustChange = rules.change_password_upon_first_use && !options.ignore_change_password_upon_first_use;
  if (by === 'administrator' && mustChange) return new Date(now).toISOString();
  if (rules.password_expires_days === undefined || options.ignore_password_expiry) return null;
  const expiry = now + rules.password_expires_days * DAY_MS;
  return new Date(expiry - (expiry % 1000)).toISOString();
}

export function isExpired({ password_expires_at, options }: UserRecord, now: number): boolean {
  return password_expires_at !== null && !options.ignore_password_expiry && Date.parse(password_expires_at) <= now;
}

/** Too many wrong passwords in a row, and the last not long ago. */
export function isLocked(user: UserRecord, rules: SecurityCompliance, now: number): boolean {
  const { lockout_failure_attempts: attempts, lockout_duration: seconds } = rules;
  if (attempts === undefined || user.options.ignore_lockout_failure_attempts) return false;
  if (user.failed_count < attempts || user.failed_at === null) return false;
  return Date.parse(user.failed_at) + seconds * 1000 > now;
}
