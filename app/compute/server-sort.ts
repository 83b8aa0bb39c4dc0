import { UserError } from '../contract/errors.ts';
import type { QueryValues } from './collection-page.ts';
import { type ServerSort, SORT_COLUMNS } from './server-list.repository.ts';

/** `sort_key` and `sort_dir`, each as often as one likes; 400 for what is none. */
export function parseSort(values: QueryValues): ServerSort[] {
  const keys = allOf(values.sort_key);
  const directions = allOf(values.sort_dir);
  const sort: ServerSort[] = [];
  keys.forEach((key, index) => {
    const direction = directions[index] ?? directions[0] ?? 'desc';
    if (direction !== 'asc' && direction !== 'desc') {
      throw new UserError('bad_request', `Unknown sort direction: ${direction.slice(0, 20)}`, { field: 'sort_dir' });
    }
    const column = Object.hasOwn(SORT_COLUMNS, key) ? SORT_COLUMNS[key] : undefined;
    if (column === undefined) {
      const message = `Invalid input for query parameter sort_key. Value: ${key.slice(0, 40)}.`;
      throw new UserError('bad_request', message, { field: 'sort_key' });
    }
    // Keys that are the same for every server here sort nothing.
    if (column !== null) sort.push({ column, direction });
  });
  return sort;
}

function allOf(value: string | string[] | undefined): string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
