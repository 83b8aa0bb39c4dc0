import { expect, it } from 'vitest';
import { fileName } from '../design/download.ts';
import { findInLines } from './terminal-search.ts';

it('finds every place whatever its case, also in lines that were wrapped', () => {
  const lines = [
    { row: 0, text: 'Error: none' },
    // Three rows of ten columns.
    { row: 1, text: '0123456789012345error890123456' },
  ];
  expect(findInLines(lines, 'ERROR', 10)).toEqual([
    { row: 0, column: 0 },
    { row: 2, column: 6 },
  ]);
  expect(findInLines(lines, '', 10)).toEqual([]);
  expect(findInLines(lines, 'nothing', 10)).toEqual([]);
});

it('does not count overlapping places twice', () => {
  expect(findInLines([{ row: 3, text: 'aaaa' }], 'aa', 80)).toHaveLength(2);
});

it('makes file names that every system takes', () => {
  expect(fileName('web/../1: "a"<b>|*?')).toBe('web-..-1- -a-b-');
  expect(fileName('..hidden')).toBe('hidden');
  expect(fileName('...')).toBe('cumulet');
  expect(fileName('虚拟机')).toBe('虚拟机');
});
