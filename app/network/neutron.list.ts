import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { z } from 'zod';
import { parseBoolean } from '../http/boolean-text.ts';
import {
  type CollectionQuery,
  type Condition,
  inexact,
  type ResourceTable,
  type Scope,
  type Sort,
} from '../resource/collection-query.ts';
import { badRequest } from './neutron.errors.ts';

/** Parameters of a list that filter nothing. */
const CONTROLS = new Set(['fields', 'sort_key', 'sort_dir', 'limit', 'marker', 'page_reverse']);
/** Values of one filter, and keys to sort by. */
const MOST_VALUES = 500;
const MOST_KEYS = 10;

/** A parameter may stand in a query any number of times. */
export type ListQuery = Record<string, string | string[] | undefined>;
export const listQuery = z.record(z.string(), z.union([z.string(), z.array(z.string())])) as z.ZodType<ListQuery>;

/** A filter that is no comparison of a column with the values. */
export type Filter = (values: readonly string[]) => RawBuilder<SqlBool> | Condition;

export interface ListAttributes<R> {
  readonly table: ResourceTable<R>;
  /** What is the same of all of them: it has no column. */
  readonly constants: Readonly<Record<string, unknown>>;
  readonly filters: Readonly<Record<string, Filter>>;
}

const NONE = sql<SqlBool>`1 = 0`;

export function valuesOf(query: ListQuery, name: string): string[] {
  const value = query[name];
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

/** Filters by any attribute, of which repeated ones are alternatives; what no item has is passed over, as in Neutron. */
function selectionOf<R>(query: ListQuery, of: ListAttributes<R>): Pick<CollectionQuery<R>, 'where' | 'also'> {
  const where: Condition[] = [];
  const also: RawBuilder<SqlBool>[] = [];
  for (const name of Object.keys(query)) {
    const values = valuesOf(query, name);
    if (CONTROLS.has(name) || values.length === 0) continue;
    if (values.length > MOST_VALUES)
      throw badRequest(name, `At most ${MOST_VALUES} values of ${name} can be asked for.`);
    const filter = filterFor(name, values, of);
    if (filter === null) continue;
    if ('attribute' in filter) where.push(filter);
    else also.push(filter);
  }
  return { where, also };
}

function filterFor<R>(name: string, values: readonly string[], of: ListAttributes<R>): ReturnType<Filter> | null {
  const attribute = name === 'tenant_id' ? 'project_id' : name;
  const own = Object.hasOwn(of.filters, name) ? of.filters[name] : undefined;
  if (own) return own(values);
  if (Object.hasOwn(STANDARD_FILTERS, name)) return STANDARD_FILTERS[name as keyof typeof STANDARD_FILTERS](values);
  if (Object.hasOwn(of.constants, name)) {
    return values.some((value) => equals(of.constants[name], value)) ? null : NONE;
  }
  const column = Object.hasOwn(of.table.columns, attribute) ? of.table.columns[attribute] : undefined;
  switch (column?.kind) {
    case undefined:
    case 'json':
      return null;
    case 'flag':
      return { attribute, is: 'in', value: values.map(isYes) };
    case 'integer':
      return { attribute, is: 'in', value: values.filter((value) => /^-?\d{1,9}$/.test(value)).map(Number) };
    default:
      return { attribute, is: 'in', value: values };
  }
}

function equals(actual: unknown, wanted: string): boolean {
  return typeof actual === 'boolean' ? actual === isYes(wanted) : String(actual ?? '') === wanted;
}

function isYes(text: string): boolean {
  return parseBoolean(text) === true;
}

/** `a,b` in one parameter, or the parameter twice: the same. */
const tagsIn = (values: readonly string[]) => values.flatMap((value) => value.split(',')).filter((tag) => tag !== '');
/** How a tag stands in the stored list, `["a","b"]`: behind a comma, where the bracket is one too; no tag has one. */
const tagged = (tag: string) =>
  inexact(sql`(',' || substr(${sql.ref('tags')}, 2))`, 'contains', `,${JSON.stringify(tag)}`, false);
const allOf = (values: readonly string[]) => both(tagsIn(values), sql` AND `);
const anyOf = (values: readonly string[]) => both(tagsIn(values), sql` OR `);
const not = (condition: RawBuilder<SqlBool>) => sql<SqlBool>`NOT ${condition}`;

function both(tags: readonly string[], joined: RawBuilder<unknown>): RawBuilder<SqlBool> {
  if (tags.length > MOST_VALUES) throw badRequest('tags', `At most ${MOST_VALUES} tags can be asked for.`);
  return tags.length === 0 ? sql`1 = 1` : sql`(${sql.join(tags.map(tagged), joined)})`;
}

const STANDARD_FILTERS = {
  tags: allOf,
  'tags-any': anyOf,
  'not-tags': (values: readonly string[]) => not(allOf(values)),
  'not-tags-any': (values: readonly string[]) => not(anyOf(values)),
  changed_since: ([value = '']: readonly string[]): Condition => {
    const time = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?)?$/.test(value)
      ? new Date(/Z|[+-]\d\d:?\d\d$/.test(value) ? value : `${value}${value.length > 10 ? 'Z' : ''}`)
      : undefined;
    if (time === undefined || Number.isNaN(time.getTime())) {
      throw badRequest('changed_since', `Invalid input for changed_since. ${value.slice(0, 40)} is not a time.`);
    }
    return { attribute: 'updated_at', is: '>=', value: time.toISOString() };
  },
} satisfies Record<string, Filter>;

/** The order of a list: as they were made, where nothing else is asked for. */
function orderOf<R>(query: ListQuery, table: ResourceTable<R>): Sort<R>[] {
  const keys = valuesOf(query, 'sort_key');
  const directions = valuesOf(query, 'sort_dir');
  if (keys.length > MOST_KEYS) throw badRequest('sort_key', `At most ${MOST_KEYS} sort_keys can be asked for.`);
  if (directions.length > 0 && directions.length !== keys.length) {
    throw badRequest('sort_dir', 'The number of sort_keys and sort_dirs must be same');
  }
  if (keys.length === 0) return [{ attribute: 'created_at' as keyof R & string, direction: 'asc' }];
  return keys.map((key, index) => {
    const attribute = key === 'tenant_id' ? 'project_id' : key;
    const column = Object.hasOwn(table.columns, attribute) ? table.columns[attribute] : undefined;
    if (!column || column.kind === 'json') {
      throw badRequest('sort_key', `[${key.slice(0, 40)}] is invalid attribute for sort_keys`);
    }
    const direction = directions[index] ?? 'asc';
    if (direction !== 'asc' && direction !== 'desc') {
      throw badRequest('sort_dir', `${direction.slice(0, 40)} is invalid for sort_dirs: asc or desc`);
    }
    return { attribute: attribute as keyof R & string, direction };
  });
}

/** What a list asks for; of a page one more than it has, by which {@link cutPage} sees that there are others. */
export function collectionOf<R>(query: ListQuery, of: ListAttributes<R>, scope: Scope<R> = {}): CollectionQuery<R> {
  const { limit, marker, isReverse } = pageOf(query);
  const selected = selectionOf(query, of);
  return {
    ...scope,
    ...selected,
    also: [...(scope.also ?? []), ...(selected.also ?? [])],
    sort: orderOf(query, of.table),
    isReverse,
    ...(limit !== undefined && { limit: limit + 1 }),
    ...(marker !== undefined && { marker: { id: marker, missing: noMarker } }),
  };
}

function noMarker(id: string) {
  return badRequest('marker', `The marker ${id.slice(0, 255)} could not be found.`);
}

interface Page {
  limit: number | undefined;
  marker: string | undefined;
  isReverse: boolean;
}

function pageOf(query: ListQuery): Page {
  const text = valuesOf(query, 'limit')[0];
  if (text !== undefined && !/^\d{1,9}$/.test(text)) {
    throw badRequest('limit', `Invalid input for field/attribute limit. ${text.slice(0, 40)} is not a number.`);
  }
  return {
    limit: Number(text ?? 0) || undefined,
    marker: valuesOf(query, 'marker')[0],
    isReverse: isYes(valuesOf(query, 'page_reverse')[0] ?? ''),
  };
}

/** Of what {@link collectionOf} asked for: the page, and what leads on from it. `url` is the list's own. */
export function cutPage<R extends { id: string }>(read: readonly R[], query: ListQuery, url: string) {
  const { limit, marker, isReverse } = pageOf(query);
  const isMore = limit !== undefined && read.length > limit;
  const page = !isMore ? read : isReverse ? read.slice(-limit) : read.slice(0, limit);
  const hasOthers = marker !== undefined;
  const [hasBefore, hasAfter] = isReverse ? [isMore, hasOthers] : [hasOthers, isMore];
  const link = (rel: string, id: string | undefined, backwards: boolean) => {
    const href = new URL(url);
    href.searchParams.set('marker', id ?? '');
    href.searchParams.delete('page_reverse');
    if (backwards) href.searchParams.set('page_reverse', 'True');
    return { rel, href: href.toString() };
  };
  const links =
    page.length === 0
      ? []
      : [
          ...(hasAfter ? [link('next', page.at(-1)?.id, false)] : []),
          ...(hasBefore ? [link('previous', page[0]?.id, true)] : []),
        ];
  return { page, links };
}

/** Only the fields that `fields` names, all without it. */
export function withFields(item: Record<string, unknown>, query: ListQuery): Record<string, unknown> {
  const fields = valuesOf(query, 'fields').filter((field) => field !== '');
  return fields.length === 0 ? item : Object.fromEntries(Object.entries(item).filter(([key]) => fields.includes(key)));
}

/** The collection's own address: what stands before the path in the request line does not count. */
export function urlOf(origin: string, raw: { url: string }): string {
  const { pathname, search } = new URL(raw.url, origin);
  return origin + pathname + search;
}
