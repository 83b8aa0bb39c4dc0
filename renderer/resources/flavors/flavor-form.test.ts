import { beforeAll, expect, it } from 'vitest';
import { startI18n } from '../../i18n/i18n.ts';
import { changeOfExtraSpecs, refusedKey } from './extra-specs.ts';
import { amountProblem, flavorNameProblem, newFlavorForm, toNewFlavor } from './flavor-form.ts';

beforeAll(() => startI18n('en'));

it('wants a name the API takes', () => {
  expect(flavorNameProblem(' ')).toBe('Enter a name');
  expect(flavorNameProblem('a\nb')).toBe('Only printable characters');
  expect(flavorNameProblem('x'.repeat(256))).not.toBeNull();
  expect(flavorNameProblem('m1.小')).toBeNull();
});

it('wants whole amounts within the API’s bounds', () => {
  expect(amountProblem('', 0)).toBeNull();
  expect(amountProblem('', 1)).toBe('A whole number from 1');
  expect(amountProblem(0, 1)).not.toBeNull();
  expect(amountProblem(0.5, 0)).not.toBeNull();
  expect(amountProblem(2 ** 31, 0)).not.toBeNull();
  expect(amountProblem(2 ** 31 - 1, 0)).toBeNull();
});

it('makes the body of the request', () => {
  expect(toNewFlavor({ ...newFlavorForm(), name: ' web ', swap: '', isPublic: false })).toEqual({
    name: 'web',
    vcpus: 1,
    ram: 1024,
    disk: 10,
    'OS-FLV-EXT-DATA:ephemeral': 0,
    swap: 0,
    'os-flavor-access:is_public': false,
  });
  expect(toNewFlavor({ ...newFlavorForm(), name: 'a', description: ' for tests ' }).description).toBe('for tests');
});

it('asks only for the extra specs that differ', () => {
  const before = { 'hw:cpu_policy': 'shared', 'quota:cpu_shares': '10' };
  expect(
    changeOfExtraSpecs(
      before,
      Object.entries(before).map(([key, value]) => ({ key, value })),
    ),
  ).toBeNull();
  expect(
    changeOfExtraSpecs(before, [
      { key: 'hw:cpu_policy', value: 'dedicated' },
      { key: ' os:monitors ', value: ' 2 ' },
      { key: '', value: '' },
    ]),
  ).toEqual({ set: { 'hw:cpu_policy': 'dedicated', 'os:monitors': '2' }, removed: ['quota:cpu_shares'] });
});

it('knows keys that would be refused', () => {
  expect(
    refusedKey([
      { key: 'hw:x', value: '' },
      { key: 'a/b', value: '' },
    ]),
  ).toBe('a/b');
  expect(refusedKey([{ key: '', value: '' }])).toBeUndefined();
});
