import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { parseBoolean } from '../http/boolean-text.ts';
import type { Condition, ResourceTable } from '../resource/collection-query.ts';

export type Sent = Readonly<Record<string, unknown>>;

/** Keystone's inexact filters, such as `name__icontains` (API reference, "Filtering and sorting"); `i`: in any case. */
const COMPARATORS = ['contains', 'icontains', 'startswith', 'istartswith', 'endswith', 'iendswith'] as const;

/** A list's query of which a part may be asked for. */
export interface PageQuery {
  readonly [filter: string]: unknown;
  readonly limit?: number | undefined;
  /** The id after which to go on. */
  readonly marker?: string | undefined;
}

export interface Page<T> {
  items: T[];
  /** There are more after the last. */
  isTruncated: boolean;
}

/** As Keystone, a list passes over parameters it does not know. */
export function filterSchema(filters: readonly string[]): z.ZodType<Sent> {
  return z.looseObject(Object.fromEntries(filters.map((name) => [name, z.string().optional()])));
}

/** The same of a list that has pages. Of `filters` those of `text` are inexact as well; `more` its service looks at. */
export function pageSchema(
  { text, flags = [] }: { readonly text: readonly string[]; readonly flags?: readonly string[] },
  more: z.ZodRawShape = {},
): z.ZodType<PageQuery> {
  const inexact = text.flatMap((name) => COMPARATORS.map((comparator) => `${name}__${comparator}`));
  const limit = z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'It must be a whole number above 0')
    .transform(Number)
    .optional();
  const filters = [...text, ...inexact, ...flags].map((name) => [name, z.string().optional()]);
  const shape = { limit, marker: z.string().optional(), ...Object.fromEntries(filters), ...more };
  return z.object(shape) as unknown as z.ZodType<PageQuery>;
}

/** The filters there are, and any attribute inexactly; `extra`: unknown ones are stored. Comparators nobody knows are passed over. */
export function conditionsOf(
  { columns }: Pick<ResourceTable<never>, 'columns'>,
  filters: readonly string[],
  query: Sent,
): Condition[] {
  return Object.entries(query).flatMap(([key, value]): Condition[] => {
    if (typeof value !== 'string') return [];
    if (filters.includes(key)) {
      return [{ attribute: key, is: '=', value: columns[key]?.kind === 'flag' ? readsAsTrue(value) : value }];
    }
    const border = key.indexOf('__', 1);
    const [, i, is] = /^(i?)(contains|startswith|endswith)$/.exec(key.slice(border + 2)) ?? [];
    if (border < 0 || !is) return [];
    const attribute = key.slice(0, border);
    const how = { is: is as 'contains', value, ignoresCase: i === 'i' };
    if (attribute !== 'extra' && Object.hasOwn(columns, attribute)) return [{ attribute, ...how }];
    // What is nowhere stored has no value that could fit.
    if (!Object.hasOwn(columns, 'extra')) return [{ attribute: 'id', is: 'in', value: [] }];
    return [{ attribute: 'extra', member: attribute, ...how }];
  });
}

/** As Keystone where the thing a page is to begin after is not there. */
export function markerNotFound(marker: string): UserError {
  return new UserError('not_found', `Marker ${marker} could not be found.`, { field: 'marker' });
}

/** As Keystone reads any text as a boolean. */
function readsAsTrue(text: string): boolean {
  return parseBoolean(text) !== false;
}
