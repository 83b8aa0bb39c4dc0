import { expect, test } from 'vitest';
import { readStartOptions } from './start-options.ts';

test('hands the settings on and leaves what is not ours', () => {
  const argv = [
    'electron',
    '.',
    '--data-dir',
    '/data',
    '--listen=127.0.0.1:0',
    '--no-sandbox',
    '--hypervisor',
    'simulated',
  ];
  expect(readStartOptions(argv, {}, false)).toEqual({
    forController: ['--data-dir', '/data', '--listen', '127.0.0.1:0'],
    forAgent: ['--data-dir', '/data', '--hypervisor', 'simulated'],
    profileDir: '/data/desktop',
    path: null,
  });
});

test('packed, the arguments begin earlier', () => {
  expect(readStartOptions(['cumulet', 'cumulet://images'], { CUMULET_DATA_DIR: '/cloud' }, true)).toEqual({
    forController: [],
    forAgent: [],
    profileDir: '/cloud/desktop',
    path: '/images',
  });
});

test("without a data folder the profile is the platform's", () => {
  expect(readStartOptions(['electron', '.'], {}, false).profileDir).toBeNull();
});
