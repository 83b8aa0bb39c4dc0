import type { Column } from './column.ts';
import type { Where } from './table-search.ts';

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** Numbers as numbers, texts as people sort them (`vm-9` before `vm-10`); nothing goes last. */
export function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return collator.compare(String(a ?? ''), String(b ?? ''));
}

/** Rows in which every word of `query` is found and every filter holds. */
export function filterRows<T>(rows: readonly T[], columns: readonly Column<T>[], query: string, where: Where): T[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const searched = columns.filter((column) => !column.isUnsearched);
  const filters = columns.flatMap((column) => {
    const values = where[column.id];
    return values && values.length > 0 ? [{ column, values: new Set(values) }] : [];
  });
  if (words.length === 0 && filters.length === 0) return rows as T[];
  return rows.filter((row) => {
    if (!filters.every(({ column, values }) => valuesOf(row, column).some((value) => values.has(value)))) return false;
    if (words.length === 0) return true;
    const text = searched
      .map((column) => column.value(row) ?? '')
      .join('\n')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** What of a row a filter goes by; one that has none of several has the empty one. */
function valuesOf<T>(row: T, { value, filter }: Column<T>): readonly string[] {
  const several = filter?.values?.(row) ?? [];
  return several.length > 0 ? several : [filter?.values ? '' : String(value(row) ?? '')];
}

/** The values a filter offers, with how many rows have each. */
export function facetValues<T>(rows: readonly T[], column: Column<T>): { value: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    for (const value of valuesOf(row, column)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => compareValues(a.value, b.value));
}
