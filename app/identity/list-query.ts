import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { flag } from '../database/table.ts';
import { parseBoolean } from '../http/boolean-text.ts';
import { inexact } from '../resource/collection-query.ts';

/** Keystone's inexact filters, such as `name__icontains` (API reference, "Filtering and sorting"); `i`: in any case. */
const COMPARATORS = ['contains', 'icontains', 'startswith', 'istartswith', 'endswith', 'iendswith'] as const;
type Comparator = (typeof COMPARATORS)[number];

/** What a list is narrowed by; each name is also that of the column. */
export interface Filters {
  text: readonly string[];
  flags?: readonly string[];
}

/** A list's query as it was read: all filters that are given must hold. */
export interface ListQuery {
  [filter: string]: string | number | boolean | undefined;
  limit?: number | undefined;
  /** The id after which to go on. */
  marker?: string | undefined;
}

export interface Page<T> {
  items: T[];
  /** There are more after the last. */
  isTruncated: boolean;
}

/** As Keystone reads any text as a boolean. */
export function readsAsTrue(text: string): boolean {
  return parseBoolean(text) !== false;
}

export const flagSchema = z.string().transform(readsAsTrue);

/** As Keystone, it passes over parameters it does not know. `more` are those the conditions here do not look at. */
export function listQuerySchema({ text, flags = [] }: Filters, more: z.ZodRawShape = {}): z.ZodType<ListQuery> {
  const shape: Record<string, z.ZodType> = {
    limit: z
      .string()
      .regex(/^[1-9]\d{0,8}$/, 'It must be a whole number above 0')
      .transform(Number)
      .optional(),
    marker: z.string().optional(),
  };
  for (const name of text) {
    for (const key of [name, ...COMPARATORS.map((comparator) => `${name}__${comparator}`)]) {
      shape[key] = z.string().optional();
    }
  }
  for (const name of flags) shape[name] = flagSchema.optional();
  return z.object({ ...shape, ...more }) as unknown as z.ZodType<ListQuery>;
}

/** The query's filters and its marker, for a list that is ordered by id. */
export function conditionsOf(query: ListQuery, { text, flags = [] }: Filters): RawBuilder<SqlBool>[] {
  const conditions: RawBuilder<SqlBool>[] = [];
  for (const name of text) {
    const exact = query[name];
    if (exact !== undefined) conditions.push(sql`${sql.ref(name)} = ${exact}`);
    for (const comparator of COMPARATORS) {
      const value = query[`${name}__${comparator}`];
      if (typeof value === 'string' && value !== '') conditions.push(compare(name, comparator, value));
    }
  }
  for (const name of flags) {
    if (query[name] !== undefined) conditions.push(sql`${sql.ref(name)} = ${flag.write(Boolean(query[name]))}`);
  }
  if (query.marker !== undefined) conditions.push(sql`id > ${query.marker}`);
  return conditions;
}

/** How many rows to read so that it is known whether there are more. */
export function rowsToRead({ limit }: ListQuery): number | undefined {
  return limit === undefined ? undefined : limit + 1;
}

export function toPage<T>(rows: T[], { limit = rows.length }: ListQuery): Page<T> {
  return { items: rows.slice(0, limit), isTruncated: rows.length > limit };
}

/** As Keystone where the thing a page is to begin after is not there. */
export function markerNotFound(marker: string): UserError {
  return new UserError('not_found', `Marker ${marker} could not be found.`, { field: 'marker' });
}

function compare(name: string, comparator: Comparator, value: string): RawBuilder<SqlBool> {
  const ignoresCase = comparator.startsWith('i');
  return inexact(sql.ref(name), (ignoresCase ? comparator.slice(1) : comparator) as 'contains', value, ignoresCase);
}
