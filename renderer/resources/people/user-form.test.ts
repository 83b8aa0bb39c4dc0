import { beforeAll, expect, test } from 'vitest';
import type { UserView } from '../../api/user.api.ts';
import { newPassword } from '../../design/new-password.ts';
import { startI18n } from '../../i18n/i18n.ts';
import { changeOfUser, emailProblem, nameProblem, userForm } from './user-form.ts';

beforeAll(() => startI18n('en'));

const ann: UserView = { id: 'ann', name: 'ann', domain_id: 'd', enabled: true, email: 'ann@example.org', options: {} };

test('only what was changed is sent', () => {
  const form = userForm(ann);
  expect(changeOfUser(ann, form)).toBeNull();
  expect(changeOfUser(ann, { ...form, email: ' ', locksPassword: true })).toEqual({
    email: null,
    options: { lock_password: true },
  });
});

test('a second factor comes with rules where there are none yet', () => {
  const form = { ...userForm(ann), needsSecondFactor: true };
  expect(changeOfUser(ann, form)?.options?.multi_factor_auth_rules).toEqual([['password', 'totp']]);
  const own = { ...ann, options: { multi_factor_auth_rules: [['password', 'totp', 'token']] } };
  expect(changeOfUser(own, form)?.options).toEqual({ multi_factor_auth_enabled: true });
});

test('what is wrong is said', () => {
  expect([nameProblem(' '), nameProblem('a\nb'), nameProblem('x'.repeat(65), 64), nameProblem('ann')]).toEqual([
    'Enter a name',
    'Only printable characters',
    'At most 64 characters',
    null,
  ]);
  expect([emailProblem('ann'), emailProblem(''), emailProblem('a@b')]).toEqual([
    'This is no e-mail address',
    null,
    null,
  ]);
});

test('a password that is made up has letters, digits and signs, and nothing that looks alike', () => {
  const made = Array.from({ length: 50 }, newPassword);
  for (const password of made) expect(password).toMatch(/^(?=.*\d)(?=.*[-_.+=])(?=.*[a-zA-Z])[^\s0O1lI]{20}$/);
  expect(new Set(made).size).toBe(50);
});
