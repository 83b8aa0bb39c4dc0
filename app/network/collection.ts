import { z } from 'zod';
import { UserError } from '../contract/errors.ts';

/** Neutron's way with any collection: filters by attribute (repeatable), `fields`, `sort_key`, `limit`, `marker`. */
const CONTROLS = new Set(['fields', 'sort_key', 'sort_dir', 'limit', 'marker', 'page_reverse']);

export type CollectionQuery = Record<string, string | string[] | undefined>;
export const collectionQuery = z.record(
  z.string(),
  z.union([z.string(), z.array(z.string())]),
) as z.ZodType<CollectionQuery>;

/** A parameter may stand in the query any number of times. */
export function all(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

/** Items are views; `url` is the collection's own, with its query, for the `next` link. */
export function selectFromCollection<T extends Record<string, unknown> & { id: string }>(
  items: readonly T[],
  query: CollectionQuery,
  name: string,
  url: string,
): Record<string, unknown> {
  let selected = items.filter((item) => matches(item, query));
  const directions = all(query.sort_dir);
  all(query.sort_key)
    .map((key, index) => ({ key, sign: directions[index] === 'desc' ? -1 : 1 }))
    .reverse()
    .forEach(({ key, sign }) => {
      selected.sort((a, b) => sign * String(a[key] ?? '').localeCompare(String(b[key] ?? ''), 'en', { numeric: true }));
    });
  const marker = all(query.marker)[0];
  if (marker !== undefined) {
    const at = selected.findIndex(({ id }) => id === marker);
    if (at < 0) throw new UserError('bad_request', `The marker ${marker} could not be found.`, { field: 'marker' });
    selected = selected.slice(at + 1);
  }
  const limit = readLimit(all(query.limit)[0]);
  const more = limit !== undefined && selected.length > limit;
  if (limit !== undefined) selected = selected.slice(0, limit);
  const shown = selected.map((item) => withFields(item, query));
  if (!more) return { [name]: shown };
  const href = new URL(url);
  href.searchParams.set('marker', selected.at(-1)?.id ?? '');
  return { [name]: shown, [`${name}_links`]: [{ rel: 'next', href: href.toString() }] };
}

/** Only the fields that `fields` names, all without it. */
export function withFields(item: Record<string, unknown>, query: CollectionQuery): Record<string, unknown> {
  const fields = all(query.fields).filter((field) => field !== '');
  return fields.length === 0 ? item : Object.fromEntries(Object.entries(item).filter(([key]) => fields.includes(key)));
}

function readLimit(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) {
    throw new UserError('bad_request', `Invalid input for field/attribute limit. ${text} is not a number.`, {
      field: 'limit',
    });
  }
  return Number(text) || undefined;
}

function matches(item: Record<string, unknown>, query: CollectionQuery): boolean {
  return Object.entries(query).every(([key, wanted]) => {
    if (CONTROLS.has(key)) return true;
    const values = all(wanted);
    if (key === 'fixed_ips') return values.every((value) => matchesFixedIp(item.fixed_ips, value));
    // Attributes no item has are ignored, as Neutron does with filters of extensions it does not load.
    if (!Object.hasOwn(item, key)) return true;
    return values.some((value) => equals(item[key], value));
  });
}

function equals(actual: unknown, wanted: string): boolean {
  if (typeof actual === 'boolean') return actual === /^(true|1)$/i.test(wanted);
  return String(actual ?? '') === wanted;
}

/** `ip_address=10.0.0.4` or `subnet_id=<uuid>`. */
function matchesFixedIp(actual: unknown, wanted: string): boolean {
  const [key = '', value = ''] = wanted.split('=', 2);
  return Array.isArray(actual) && actual.some((fixed: Record<string, unknown>) => fixed[key] === value);
}

/** The collection's own address: what stands before the path in the request line does not count. */
export function urlOf(origin: string, raw: { url: string }): string {
  const { pathname, search } = new URL(raw.url, origin);
  return origin + pathname + search;
}
