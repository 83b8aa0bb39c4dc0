import { expect, it } from 'vitest';
import { isLeaveKey } from './leave-key.ts';

const key = (over: Partial<Parameters<typeof isLeaveKey>[0]>) => ({
  ...{ key: '', code: '', ctrlKey: true, shiftKey: false, altKey: false, metaKey: false },
  ...over,
});

it('takes two combinations, and leaves all others to the machine', () => {
  expect(isLeaveKey(key({ key: 'F6' }))).toBe(true);
  expect(isLeaveKey(key({ code: 'KeyL', shiftKey: true }))).toBe(true);
  expect(isLeaveKey(key({ key: 'F6', ctrlKey: false }))).toBe(false);
  // Clears the screen in every shell.
  expect(isLeaveKey(key({ code: 'KeyL' }))).toBe(false);
  expect(isLeaveKey(key({ key: 'F6', altKey: true }))).toBe(false);
  expect(isLeaveKey(key({ key: 'Tab', code: 'Tab' }))).toBe(false);
});
