import { expect, test } from 'vitest';
import { checkDisk, checkMemory } from './preflight.ts';

test.each([
  [100, 'failed'],
  [1000, 'warning'],
  [8000, 'ok'],
])('%i MiB of free memory: %s', (memoryFreeMib, state) => {
  const check = checkMemory({ memoryFreeMib, memoryMib: 16_000 });
  expect(check).toMatchObject({ id: 'memory', state, fact: `${memoryFreeMib} MiB free of 16000 MiB` });
  expect(check.hint === null).toBe(state === 'ok');
});

test.each([
  [0, 'failed'],
  [5, 'warning'],
  [80, 'ok'],
])('%i GiB of free disk: %s', (diskFreeGib, state) => {
  const check = checkDisk({ diskFreeGib, diskGib: 100 }, '/data/agent');
  expect(check).toMatchObject({ id: 'disk', state, fact: `${diskFreeGib} GiB free of 100 GiB` });
  if (state === 'ok') expect(check.hint).toBeNull();
  else expect(check.hint).toContain('/data/agent');
});
