import { Readable } from 'node:stream';
import type { ApiRequest } from '../http/route.ts';
import { mapInTurns } from '../pattern/turns.ts';
import type { Page } from './keystone.query.ts';

/** A list of `things` with its links, whole. */
export function toCollection<T>(name: string, things: T[], selfUrl: string) {
  return { [name]: things, links: { self: selfUrl, previous: null, next: null } };
}

/** A list of which the query may have asked for a part; `next` is where it goes on. */
export async function toPagedCollection<T extends { id: string }>(
  name: string,
  page: Page<T>,
  view: (item: T) => unknown,
  { origin, raw }: Pick<ApiRequest<unknown, unknown>, 'origin' | 'raw'>,
) {
  const self = `${origin}${raw.url}`;
  const views = await mapInTurns(page.items, view);
  if (!page.isTruncated) return toCollection(name, views, self);
  const next = new URL(self);
  next.searchParams.set('marker', page.items.at(-1)?.id ?? '');
  return { [name]: views, links: { self, previous: null, next: next.href }, truncated: true };
}

/** A list longer than this leaves as it is made, part by part, and is never whole in memory. */
const LONG = 1000;

/** A list whose rows come in parts. */
export async function sendCollection<T>(
  name: string,
  parts: AsyncGenerator<T[]>,
  view: (row: T) => unknown,
  { selfUrl, reply }: { selfUrl: string } & Pick<ApiRequest<unknown, unknown>, 'reply'>,
) {
  const begun: T[] = [];
  let part = await parts.next();
  for (; !part.done && begun.length <= LONG; part = await parts.next()) begun.push(...part.value);
  if (part.done) return toCollection(name, begun.map(view), selfUrl);
  const text = collectionText(name, joined([begun, part.value], parts), view, selfUrl);
  return reply.type('application/json').send(Readable.from(text));
}

async function* joined<T>(first: T[][], rest: AsyncGenerator<T[]>): AsyncGenerator<T[]> {
  yield* first;
  yield* rest;
}

/** The same JSON as of {@link toCollection}. */
async function* collectionText<T>(
  name: string,
  parts: AsyncGenerator<T[]>,
  view: (row: T) => unknown,
  selfUrl: string,
): AsyncGenerator<string> {
  const empty = JSON.stringify(toCollection(name, [], selfUrl));
  const middle = empty.indexOf('[') + 1;
  let before = empty.slice(0, middle);
  for await (const part of parts) {
    if (part.length === 0) continue;
    yield before + JSON.stringify(part.map(view)).slice(1, -1);
    before = ',';
  }
  yield empty.slice(middle);
}

/** Where a thing is found again; `origin` is the caller's. */
export function linkTo(origin: string, path: string) {
  return { self: `${origin}/identity/v3/${path}` };
}
