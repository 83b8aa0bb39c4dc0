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
  const selected = sorted(
    items.filter((item) => matches(item, query)),
    query,
  );
  const { page, hasBefore, hasAfter } = pageOf(selected, query);
  const link = (rel: string, id: string | undefined, isReverse: boolean) => {
    const href = new URL(url);
    href.searchParams.set('marker', id ?? '');
    href.searchParams.delete('page_reverse');
    if (isReverse) href.searchParams.set('page_reverse', 'True');
    return { rel, href: href.toString() };
  };
  const links = [
    ...(hasAfter ? [link('next', page.at(-1)?.id, false)] : []),
    ...(hasBefore ? [link('previous', page[0]?.id, true)] : []),
  ];
  return {
    [name]: page.map((item) => withFields(item, query)),
    ...(links.length > 0 && { [`${name}_links`]: links }),
  };
}

function sorted<T extends Record<string, unknown>>(items: readonly T[], query: CollectionQuery): T[] {
  const keys = all(query.sort_key);
  const directions = all(query.sort_dir);
  if (directions.length > 0 && directions.length !== keys.length) {
    throw bad('sort_dir', 'The number of sort_keys and sort_dirs must be same');
  }
  const wrong = directions.find((direction) => direction !== 'asc' && direction !== 'desc');
  if (wrong !== undefined) throw bad('sort_dir', `${wrong.slice(0, 40)} is invalid for sort_dirs: asc or desc`);
  const unknown = keys.find((key) => items.some((item) => !Object.hasOwn(item, key)));
  if (unknown !== undefined) throw bad('sort_key', `[${unknown.slice(0, 40)}] is invalid attribute for sort_keys`);
  const inOrder = [...items];
  keys
    .map((key, index) => ({ key, sign: directions[index] === 'desc' ? -1 : 1 }))
    .reverse()
    .forEach(({ key, sign }) => {
      inOrder.sort((a, b) => sign * String(a[key] ?? '').localeCompare(String(b[key] ?? ''), 'en', { numeric: true }));
    });
  return inOrder;
}

/** Up to `limit` after the marker, or before it with `page_reverse`. */
function pageOf<T extends { id: string }>(items: readonly T[], query: CollectionQuery) {
  const marker = all(query.marker)[0];
  const limit = readLimit(all(query.limit)[0]) ?? Infinity;
  const isReverse = /^(true|1)$/i.test(all(query.page_reverse)[0] ?? '');
  const at = marker === undefined ? undefined : items.findIndex(({ id }) => id === marker);
  if (at !== undefined && at < 0) throw bad('marker', `The marker ${marker} could not be found.`);
  const end = isReverse ? (at ?? items.length) : Math.min(items.length, (at ?? -1) + 1 + limit);
  const start = isReverse ? Math.max(0, end - limit) : (at ?? -1) + 1;
  const page = items.slice(start, end);
  const isPart = page.length > 0 && (marker !== undefined || limit !== Infinity);
  return { page, hasBefore: isPart && start > 0, hasAfter: isPart && end < items.length };
}

function bad(field: string, message: string): UserError {
  return new UserError('bad_request', message, { field });
}

/** Only the fields that `fields` names, all without it. */
export function withFields(item: Record<string, unknown>, query: CollectionQuery): Record<string, unknown> {
  const fields = all(query.fields).filter((field) => field !== '');
  return fields.length === 0 ? item : Object.fromEntries(Object.entries(item).filter(([key]) => fields.includes(key)));
}

function readLimit(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) {
    throw bad('limit', `Invalid input for field/attribute limit. ${text} is not a number.`);
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
