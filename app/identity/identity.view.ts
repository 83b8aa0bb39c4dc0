import { z } from 'zod';
import type { ApiRequest } from '../http/route.ts';
import type { Page } from './list-query.ts';

/** For answers' schemas: the links of a thing, and what stands beside a list. */
export const resourceLinks = z.object({ self: z.string() });
export const collectionLinks = {
  links: z.object({ self: z.string(), previous: z.null(), next: z.string().nullable() }),
  /** There are more than the `limit` asked for. */
  truncated: z.literal(true).optional(),
};

/** A list of `things` with its links, whole. */
export function toCollection<T>(name: string, things: T[], selfUrl: string) {
  return { [name]: things, links: { self: selfUrl, previous: null, next: null } };
}

/** A list of which the query may have asked for a part; `next` is where it goes on. */
export function toPagedCollection<T extends { id: string }>(
  name: string,
  page: Page<T>,
  view: (item: T) => unknown,
  { origin, raw }: Pick<ApiRequest<unknown, unknown>, 'origin' | 'raw'>,
) {
  const self = `${origin}${raw.url}`;
  const views = page.items.map(view);
  if (!page.isTruncated) return toCollection(name, views, self);
  const next = new URL(self);
  next.searchParams.set('marker', page.items.at(-1)?.id ?? '');
  return { [name]: views, links: { self, previous: null, next: next.href }, truncated: true };
}

/** Where a thing is found again; `origin` is the caller's. */
export function linkTo(origin: string, path: string) {
  return { self: `${origin}/identity/v3/${path}` };
}
