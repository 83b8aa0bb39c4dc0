import type { UserChange, UserOptions, UserView } from '../../api/user.api.ts';
import { t } from '../../i18n/i18n.ts';

export interface UserForm extends Record<string, unknown> {
  name: string;
  email: string;
  description: string;
  projectId: string | null;
  locksPassword: boolean;
  needsSecondFactor: boolean;
  ignoresExpiry: boolean;
  ignoresFirstUse: boolean;
}

export function userForm(user?: UserView): UserForm {
  const options = user?.options ?? {};
  return {
    name: user?.name ?? '',
    email: user?.email ?? '',
    description: user?.description ?? '',
    projectId: user?.default_project_id ?? null,
    locksPassword: options.lock_password ?? false,
    needsSecondFactor: options.multi_factor_auth_enabled ?? false,
    ignoresExpiry: options.ignore_password_expiry ?? false,
    ignoresFirstUse: options.ignore_change_password_upon_first_use ?? false,
  };
}

/** Ways to sign in that satisfy "a second factor", for those who have no rules of their own yet. */
const SECOND_FACTOR_RULES = [['password', 'totp']];

/** What the form changes of a user, or of nobody yet; null where nothing. */
export function changeOfUser(user: UserView | undefined, form: UserForm): UserChange | null {
  const before = userForm(user);
  const change: UserChange = {};
  if (form.name.trim() !== before.name) change.name = form.name.trim();
  if (form.email.trim() !== before.email) change.email = form.email.trim() || null;
  if (form.description.trim() !== before.description) change.description = form.description.trim();
  if (form.projectId !== before.projectId) change.default_project_id = form.projectId;
  const options: UserOptions = {};
  if (form.locksPassword !== before.locksPassword) options.lock_password = form.locksPassword;
  if (form.ignoresExpiry !== before.ignoresExpiry) options.ignore_password_expiry = form.ignoresExpiry;
  if (form.ignoresFirstUse !== before.ignoresFirstUse) {
    options.ignore_change_password_upon_first_use = form.ignoresFirstUse;
  }
  if (form.needsSecondFactor !== before.needsSecondFactor) {
    options.multi_factor_auth_enabled = form.needsSecondFactor;
    const hasRules = (user?.options?.multi_factor_auth_rules ?? []).length > 0;
    if (form.needsSecondFactor && !hasRules) options.multi_factor_auth_rules = SECOND_FACTOR_RULES;
  }
  if (Object.keys(options).length > 0) change.options = options;
  return Object.keys(change).length > 0 ? change : null;
}

const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Keystone takes any name with something to see in it, up to a length. */
export function nameProblem(name: string, longest = 255): string | null {
  if (name.trim() === '') return t('people:problem.nameMissing');
  if (UNPRINTABLE.test(name)) return t('people:problem.namePrintable');
  return name.trim().length > longest ? t('people:problem.nameLong', { longest }) : null;
}

export function emailProblem(email: string): string | null {
  return email.trim() === '' || /^[^\s@]+@[^\s@]+$/.test(email.trim()) ? null : t('people:problem.email');
}
