import type { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import type { linkSchema } from '../http/link.schema.ts';

type Link = z.infer<typeof linkSchema>;

/** Most that one page holds, as Nova's `max_limit`. */
export const MAX_LIMIT = 1000;

export type QueryValues = Record<string, string | string[] | undefined>;

export function parseLimit(value: string | undefined): number {
  if (value === undefined) return MAX_LIMIT;
  if (!/^\d{1,10}$/.test(value)) {
    throw new UserError('bad_request', `Invalid input for query parameter limit. Value: ${value.slice(0, 40)}.`, {
      field: 'limit',
    });
  }
  return Math.min(Number(value), MAX_LIMIT);
}

export function parseOffset(value: string | undefined): number {
  if (value === undefined) return 0;
  if (/^\d{1,10}$/.test(value)) return Number(value);
  throw new UserError('bad_request', `Invalid input for query parameter offset. Value: ${value.slice(0, 40)}.`, {
    field: 'offset',
  });
}

export function unknownMarker(marker: string): UserError {
  return new UserError('bad_request', `marker [${marker.slice(0, 255)}] not found`, { field: 'marker' });
}

/** The link to the next page: the same query with another marker; none after a page that is not full. */
export function nextLinks(url: string, query: QueryValues, page: { id: string }[], limit: number): Link[] | undefined {
  const last = page.at(-1);
  if (!last || page.length < limit) return undefined;
  const next = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (name === 'marker' || name === 'limit' || value === undefined) continue;
    for (const each of Array.isArray(value) ? value : [value]) next.append(name, each);
  }
  if (query.limit !== undefined) next.set('limit', String(limit));
  next.set('marker', last.id);
  return [{ rel: 'next', href: `${url}?${next}` }];
}

/** A page out of a list that is in memory, sorted already. */
export function pageOf<T extends { id: string }>(items: T[], marker: string | undefined, limit: number): T[] {
  if (marker === undefined) return items.slice(0, limit);
  const index = items.findIndex(({ id }) => id === marker);
  if (index < 0) throw unknownMarker(marker);
  return items.slice(index + 1, index + 1 + limit);
}
