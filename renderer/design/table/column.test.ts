import { expect, test } from 'vitest';
import { type Column, fittingColumns } from './column.ts';

const column = (id: string, width: Column<never>['width'], more: Partial<Column<never>> = {}): Column<never> => ({
  id,
  header: id,
  value: () => id,
  width,
  ...more,
});

const COLUMNS = [
  column('name', { min: 200, share: 1 }, { isFixed: true }),
  column('state', 100),
  column('image', 100, { givesWay: 1 }),
  column('host', { min: 100, share: 1 }),
  column('age', 100),
];

const fitting = (width: number, kept: string[] = []) =>
  fittingColumns(COLUMNS, width, { hasSelection: true, hasMenu: true, kept: new Set(kept) })
    .map(({ id }) => id)
    .join(' ');

test('a table as wide as it needs shows every column', () => {
  expect(fitting(672)).toBe('name state image host age');
});

test('in a narrower one columns go by rank, then from the end, and the name stays', () => {
  expect(fitting(671)).toBe('name state host age');
  expect(fitting(571)).toBe('name state host');
  expect(fitting(400)).toBe('name state');
  expect(fitting(10)).toBe('name');
});

test('a column that a person chose stays', () => {
  expect(fitting(571, ['image', 'age'])).toBe('name image age');
});
