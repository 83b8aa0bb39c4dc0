import { expect, test } from 'vitest';
import { textTable } from './text-table.ts';

test('columns are as wide as their widest cell, and control characters are not passed on', () => {
  expect(
    textTable([
      ['NAME', 'HOST'],
      ['web\u001b[2J', 'a'],
      ['b', 'long name'],
    ]),
  ).toBe('NAME     HOST\nweb?[2J  a\nb        long name');
});
