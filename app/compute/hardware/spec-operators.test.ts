import { expect, test } from 'vitest';
import { isVersionWithin, meets } from './spec-operators.ts';

test.each([
  ['12', '>= 10', true],
  ['9', '>= 10', false],
  ['12', '= 10', true],
  ['12', '== 12', true],
  ['12', '!= 12', false],
  ['12', '<= 12', true],
  ['x', '>= 1', false],
  ['12', '>=', false],
  ['abc', 's== abc', true],
  ['abc', 's!= abc', false],
  ['abd', 's> abc', true],
  ['abc', 's< abc', false],
  ['sse aes avx', '<in> aes', true],
  ['sse, aes', '<all-in> aes sse', true],
  ['sse aes', '<all-in> aes avx', false],
  ['red', '<or> red <or> green', true],
  ['blue', '<or> red <or> green', false],
  ['true', 'true', true],
  ['true', 'True', false],
  ['constructor', 'constructor', true],
])('%j meets %j: %s', (has, wanted, expected) => {
  expect(meets(has, wanted)).toBe(expected);
});

test.each([
  ['7.2.22', '>=6.0,<8', true],
  ['7.2.22', '>7.2.22', false],
  ['7.2', '7.2.0', true],
  ['10.0', '>=9.1', true],
  ['7.2.22', '!=7.2.22', false],
  ['7.2.22', 'newest', false],
  ['', '>=1', false],
])('version %j within %j: %s', (version, bounds, expected) => {
  expect(isVersionWithin(version, bounds)).toBe(expected);
});
