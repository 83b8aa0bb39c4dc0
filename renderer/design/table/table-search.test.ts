import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Column } from './column.ts';
import { compareValues, facetValues, filterRows } from './table-rows.ts';
import { formatSort, formatWhere, parseSort, parseTableSearch, parseWhere } from './table-search.ts';

it('writes and reads sort keys', () => {
  expect(parseSort('name,-created')).toEqual([
    { id: 'name', desc: false },
    { id: 'created', desc: true },
  ]);
  expect(formatSort(parseSort('name,-created'))).toBe('name,-created');
  expect(formatSort([])).toBeUndefined();
  expect(parseSort('-,,')).toEqual([]);
});

it('writes and reads any filter value', () => {
  const values = fc.dictionary(
    fc.string({ minLength: 1 }).filter((name) => name !== '__proto__'),
    fc.array(fc.string({ minLength: 1, unit: 'binary' }), { minLength: 1 }),
    { minKeys: 1, noNullPrototype: true },
  );
  fc.assert(
    fc.property(values, (where) => {
      expect(parseWhere(formatWhere(where))).toEqual(where);
    }),
  );
  expect(formatWhere({ status: ['ACTIVE', 'ERROR'], none: [] })).toBe('status:ACTIVE,ERROR');
});

it('reads addresses that no one wrote', () => {
  expect(parseWhere(';;:x;a;b:%E0%A4%A;c:')).toEqual({ b: ['%E0%A4%A'] });
  expect(parseTableSearch({ q: 7, sort: '', where: 'a:b', other: 'x' })).toEqual({ where: 'a:b' });
});

const columns: Column<{ name: string; state: string; note?: string }>[] = [
  { id: 'name', header: 'Name', value: (row) => row.name, width: 10 },
  { id: 'state', header: 'State', value: (row) => row.state, width: 10 },
  { id: 'note', header: 'Note', value: (row) => row.note, width: 10, isUnsearched: true },
];
const rows = [
  { name: 'web-10', state: 'up', note: 'secret' },
  { name: 'web-9', state: 'down' },
  { name: 'db', state: 'up' },
];

it('finds rows with every word, and only the wanted values', () => {
  const names = (query: string, where = {}) => filterRows(rows, columns, query, where).map((row) => row.name);
  expect(names('WEB up')).toEqual(['web-10']);
  expect(names('secret')).toEqual([]);
  expect(names('', { state: ['down', 'gone'] })).toEqual(['web-9']);
  expect(names('', { unknown: ['x'] })).toEqual(['web-10', 'web-9', 'db']);
});

it('sorts numbers inside names and counts values', () => {
  expect(rows.map((row) => row.name).sort(compareValues)).toEqual(['db', 'web-9', 'web-10']);
  expect(compareValues(9, 10)).toBeLessThan(0);
  expect(facetValues(rows, columns[1]!)).toEqual([
    { value: 'down', count: 1 },
    { value: 'up', count: 2 },
  ]);
});
