import { expect, it } from 'vitest';
import { rankCommands } from './rank-commands.ts';

const names = (labels: string[], query: string) =>
  rankCommands(
    labels.map((label) => ({ label })),
    query,
  ).map((command) => command.label);

it('puts what begins with the query first and keeps the order otherwise', () => {
  expect(names(['old web', 'the-web', 'cobweb', 'web-2', 'Web'], 'WEB')).toEqual([
    'web-2',
    'Web',
    'old web',
    'the-web',
    'cobweb',
  ]);
  expect(names(['go to images', 'images'], 'images go')).toEqual(['go to images']);
  expect(names(['b', 'a'], ' ')).toEqual(['b', 'a']);
  expect(names(['b'], 'x')).toEqual([]);
});
