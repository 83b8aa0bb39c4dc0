import { expect, test } from 'vitest';
import { findMissing, packagesOf } from './system-packages.mjs';

const allGone = () => false;

test('running needs a hypervisor, tests need more', () => {
  const forRunning = findMissing({ forTests: false, has: allGone });
  const forTests = findMissing({ forTests: true, has: allGone });
  expect(packagesOf(forRunning, 'brew')).toEqual(['qemu']);
  expect(packagesOf(forTests, 'apt')).toEqual(expect.arrayContaining(packagesOf(forRunning, 'apt')));
  expect(forTests.length).toBeGreaterThan(forRunning.length);
});

test('names only what is missing, each package once', () => {
  const missing = findMissing({ forTests: false, has: ({ program }) => program !== 'qemu-img' });
  expect(packagesOf(missing, 'apt')).toEqual(['qemu-utils']);
});

test('on a computer that has everything nothing is missing', () => {
  expect(findMissing({ forTests: true, has: () => true })).toEqual([]);
});
