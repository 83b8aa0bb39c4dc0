import { expect, test } from 'vitest';
import { randomPassword } from './random-password.ts';

test('a password has a digit, a capital and a small letter, no marks and no letters that look alike', () => {
  const passwords = Array.from({ length: 500 }, () => randomPassword(12));
  for (const password of passwords) {
    expect(password).toMatch(/^(?=.*\d)(?=.*[A-Z])(?=.*[a-z])[^\W_01IOl]{12}$/);
  }
  expect(new Set(passwords).size).toBe(500);
});
