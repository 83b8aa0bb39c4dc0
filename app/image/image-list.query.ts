import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { z } from 'zod';
import type { Condition, Narrowing, Sort } from '../resource/collection-query.ts';
import { limitOf } from './glance.resource.ts';
import { bad } from './image.schema.ts';
import type { ImageRecord } from './image.tables.ts';
import { MEMBER_STATUSES, type MemberStatus, VISIBILITIES, type Visibility } from './image.values.ts';

/** What can be sorted by, and what it is in a record. */
const SORT_KEYS = {
  name: 'name',
  status: 'status',
  container_format: 'containerFormat',
  disk_format: 'diskFormat',
  size: 'size',
  id: 'id',
  created_at: 'createdAt',
  updated_at: 'updatedAt',
} as const satisfies Record<string, keyof ImageRecord>;

/** `GET /v2/images`' query, understood. */
export interface ImageListQuery {
  limit: number;
  marker: string | null;
  sort: Sort<ImageRecord>[];
  visibility: Visibility | 'all' | null;
  memberStatus: MemberStatus | 'all';
  where: Narrowing[];
}

const texts = z.union([z.string(), z.array(z.string())]).optional();
/** For the API's description: what is not named here is the name of a property. {@link parseImageListQuery} reads it. */
export const imageListQuery = z
  .object({
    limit: z.string().optional(),
    marker: z.string().optional(),
    sort: z.string().optional(),
    sort_key: texts,
    sort_dir: texts,
    visibility: z.string().optional(),
    member_status: z.string().optional(),
    os_hidden: z.string().optional(),
    protected: texts,
    tag: texts,
  })
  .catchall(texts);

/** Attributes with several values at once, those that are compared as they are, and numbers, which have ranges. */
const LISTABLE = {
  name: 'name',
  id: 'id',
  status: 'status',
  container_format: 'containerFormat',
  disk_format: 'diskFormat',
};
const EXACT = { owner: 'owner', checksum: 'checksum', os_hash_algo: 'hashAlgorithm', os_hash_value: 'hashValue' };
const NUMBERS = { size: 'size', min_disk: 'minDisk', min_ram: 'minRam', virtual_size: 'virtualSize' };
/** As times are compared; texts take `eq` alone. */
const OPERATORS = {
  eq: sql`=`,
  neq: sql`<>`,
  lt: sql`<`,
  lte: sql`<=`,
  gt: sql`>`,
  gte: sql`>=`,
};

/** Reads the query as Glance does: what it does not know is the name of a property. */
export function parseImageListQuery(params: URLSearchParams): ImageListQuery {
  const query: ImageListQuery = {
    limit: limitOf(params.get('limit')),
    marker: params.get('marker'),
    sort: sortOf(params),
    visibility: oneOf([...VISIBILITIES, 'all'], params.get('visibility'), 'Invalid visibility value'),
    memberStatus: oneOf([...MEMBER_STATUSES, 'all'], params.get('member_status'), 'Invalid status') ?? 'accepted',
    where: [
      { attribute: 'isHidden', is: '=', value: flagOf(params.get('os_hidden') ?? 'false', 'os_hidden') },
      ...params
        .getAll('protected')
        .map((text): Condition => ({ attribute: 'isProtected', is: '=', value: flagOf(text, 'protected') })),
      ...params.getAll('tag').map((tag): Condition => ({ attribute: 'tags', is: 'has', value: tag.trim() })),
    ],
  };
  if (params.has('changes-since')) {
    throw bad('The "changes-since" filter is no longer available on v2.', 'changes-since');
  }
  const seen = new Set([
    'limit',
    'marker',
    'sort',
    'sort_key',
    'sort_dir',
    'visibility',
    'member_status',
    'os_hidden',
    'protected',
    'tag',
  ]);
  for (const name of params.keys()) {
    if (seen.has(name)) continue;
    seen.add(name);
    addFilter(query, name, params.getAll(name).at(-1) ?? '');
  }
  return query;
}

function addFilter({ where }: ImageListQuery, name: string, text: string): void {
  const [number = '', bound = 'is'] = name.split(/_(min|max)$/);
  if (isOf(LISTABLE, name)) where.push(textFilter(LISTABLE[name], name, text));
  else if (isOf(EXACT, name)) where.push({ attribute: EXACT[name], is: '=', value: text });
  else if (name === 'created_at' || name === 'updated_at') where.push(timeFilter(name, text));
  else if (isOf(NUMBERS, number)) {
    if (!/^\s*-?\d+\s*$/.test(text)) throw bad('Unable to filter on a range with a non-numeric value.', name);
    const is = bound === 'min' ? '>=' : bound === 'max' ? '<=' : '=';
    where.push({ attribute: NUMBERS[number], is, value: Number(text) });
  } else where.push({ attribute: 'properties', member: name, is: '=', value: text });
}

function isOf<Names extends object>(names: Names, name: string): name is keyof Names & string {
  return Object.hasOwn(names, name);
}

/** `in:a,b,"c,d"`, or `eq:a`, or the value itself; a colon in a value is part of it unless an operator stands before. */
function textFilter(attribute: string, name: string, text: string): Condition {
  const [operator, value] = splitOperator(text, [...Object.keys(OPERATORS), 'in']);
  if (operator === 'in') return { attribute, is: 'in', value: splitQuoted(value, name) };
  if (operator === 'eq') return { attribute, is: '=', value };
  throw bad(`Unable to filter by unknown operator '${operator}'.`, name);
}

function splitOperator(text: string, operators: readonly string[]): [string, string] {
  const colon = text.indexOf(':');
  const operator = text.slice(0, Math.max(colon, 0));
  return operators.includes(operator) ? [operator, text.slice(colon + 1)] : ['eq', text];
}

function splitQuoted(text: string, field: string): string[] {
  const values: string[] = [];
  for (let rest = text; ; ) {
    const match = /^(?:"((?:[^"\\]|\\.)*)"|([^",]*))(,|$)/s.exec(rest);
    if (!match)
      throw bad(
        `Invalid filter value ${text}. There is no comma before opening or after closing quotation mark.`,
        field,
      );
    values.push(match[1]?.replaceAll(/\\(.)/gs, '$1') ?? match[2] ?? '');
    if (match[3] === '') return values;
    rest = rest.slice(match[0].length);
  }
}

/** The API tells times to the second, so that is what they are compared by. */
function timeFilter(name: string, text: string): RawBuilder<SqlBool> {
  const [operator, time] = splitOperator(text, Object.keys(OPERATORS));
  const iso = /^\d{4}-\d\d-\d\d(?<clock>[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(?<zone>Z|[+-]\d\d:?\d\d)?)?$/.exec(time);
  const isUtc = iso?.groups?.clock !== undefined && iso.groups.zone === undefined;
  const parsed = Date.parse(isUtc ? `${time}Z` : time);
  if (!iso || Number.isNaN(parsed)) {
    throw bad(`Bad "${name}" query filter format. Use ISO 8601 DateTime notation.`, name);
  }
  const compared = isOf(OPERATORS, operator) ? OPERATORS[operator] : OPERATORS.eq;
  return sql<SqlBool>`substr(${sql.ref(name)}, 1, 19) ${compared} ${new Date(parsed).toISOString().slice(0, 19)}`;
}

/** `sort=name:asc,size` or `sort_key=name&sort_dir=asc&sort_key=size...`; newest first where nothing is said. */
function sortOf(params: URLSearchParams): ImageListQuery['sort'] {
  const combined = params.get('sort');
  let keys = params.getAll('sort_key');
  let directions = params.getAll('sort_dir');
  if (combined !== null) {
    if (keys.length + directions.length > 0) throw bad('Old and new sorting syntax cannot be combined', 'sort');
    const pairs = combined
      .trim()
      .split(',')
      .map((part) => part.split(':'));
    keys = pairs.map(([key = '']) => key);
    directions = pairs.map(([, direction]) => direction || 'desc');
  }
  if (directions.length > 1 && directions.length !== keys.length) {
    throw bad('Number of sort dirs does not match the number of sort keys', 'sort_dir');
  }
  if (keys.length === 0) keys = ['created_at'];
  const last = directionOf(directions.length === 1 ? directions[0] : undefined);
  const sort = keys.map((key, index) => ({
    attribute: sortKeyOf(key.trim()),
    direction: directionOf(directions[directions.length === 1 ? 0 : index]),
  }));
  for (const attribute of ['createdAt', 'id'] as const) {
    if (!sort.some((part) => part.attribute === attribute)) sort.push({ attribute, direction: last });
  }
  return sort;
}

function sortKeyOf(key: string): keyof ImageRecord {
  if (isOf(SORT_KEYS, key)) return SORT_KEYS[key];
  const known = Object.keys(SORT_KEYS).join(', ');
  throw bad(`Invalid sort key: ${key}. It must be one of the following: ${known}.`, 'sort_key');
}

function directionOf(text = 'desc'): 'asc' | 'desc' {
  const direction = text.trim();
  if (direction !== 'asc' && direction !== 'desc') throw bad(`Invalid sort direction: ${direction}`, 'sort_dir');
  return direction;
}

function oneOf<T extends string>(values: readonly T[], text: string | null, message: string): T | null {
  if (text === null) return null;
  const value = values.find((candidate) => candidate === text);
  if (value === undefined) throw bad(`${message}: ${text}`);
  return value;
}

function flagOf(text: string, name: string): boolean {
  const value = text.toLowerCase();
  if (value !== 'true' && value !== 'false') {
    throw bad(`Invalid value '${text}' for '${name}' filter. Valid values are 'true' or 'false'.`, name);
  }
  return value === 'true';
}
