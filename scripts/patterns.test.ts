import { expect, test } from 'vitest';
import { findPatterns, problemOf } from './patterns.ts';

test('finds the patterns of a module, and where one is made of a text', () => {
  const { literals, made } = findPatterns(
    'a.ts',
    [
      'const WORD = /\\w+/g;',
      'export const words = (text: string, name: string) => [',
      '  text.matchAll(WORD), text.match(/x/i), ',
      '  text.match(name),',
      '  new RegExp(name),',
      '  server.search(name, 1), text.replace(name, "") ];',
    ].join('\n'),
  );
  expect(literals.map(({ source, flags, line }) => [source, flags, line])).toEqual([
    ['\\w+', 'g', 1],
    ['x', 'i', 3],
  ]);
  expect(made.sort()).toEqual([4, 5]);
});

test('time that grows faster than the text is a problem', async () => {
  expect(await problemOf('^(a+)+$', '')).toContain('exponential');
  expect(await problemOf('-+$', '')).toContain('polynomial');
  expect(await problemOf('(?<!-)-+$', '')).toBeUndefined();
});
