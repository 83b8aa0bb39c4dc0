import { expect, it } from 'vitest';
import { dismissWelcome, isWelcomeDismissed, wantsWelcome } from './welcome-conditions.ts';

const empty = { isDismissed: false, servers: [], images: [], projectId: 'mine' };

it('comes by itself where there is nothing yet', () => {
  expect(wantsWelcome(empty)).toBe(true);
  expect(wantsWelcome({ ...empty, images: [{ owner: 'theirs' }, { owner: null }] })).toBe(true);
});

it('stays away once there is something, or it was waved away', () => {
  expect(wantsWelcome({ ...empty, servers: [{ id: 's' }] })).toBe(false);
  expect(wantsWelcome({ ...empty, images: [{ owner: 'mine' }] })).toBe(false);
  expect(wantsWelcome({ ...empty, isDismissed: true })).toBe(false);
});

it('remembers that it was waved away', () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  expect(isWelcomeDismissed(storage)).toBe(false);
  dismissWelcome(storage);
  expect(isWelcomeDismissed(storage)).toBe(true);
});
