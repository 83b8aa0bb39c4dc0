import { z } from 'zod';
import { flag } from '../database/table.ts';
import { limitOf } from './glance.resource.ts';
import { bad } from './image.schema.ts';
import { MEMBER_STATUSES, type MemberStatus, VISIBILITIES, type Visibility } from './image.values.ts';

const SORT_KEYS = [
  'name',
  'status',
  'container_format',
  'disk_format',
  'size',
  'id',
  'created_at',
  'updated_at',
] as const;
export type SortKey = (typeof SORT_KEYS)[number];

type TextColumn =
  | 'name'
  | 'id'
  | 'status'
  | 'container_format'
  | 'disk_format'
  | 'owner'
  | 'checksum'
  | 'os_hash_algo'
  | 'os_hash_value';
type NumberColumn = 'size' | 'min_disk' | 'min_ram' | 'virtual_size' | 'protected' | 'os_hidden';
type TimeColumn = 'created_at' | 'updated_at';
type RangeOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** `GET /v2/images`' query, understood. */
export interface ImageListQuery {
  limit: number;
  marker: string | null;
  sort: { key: SortKey; direction: 'asc' | 'desc' }[];
  visibility: Visibility | 'all' | null;
  memberStatus: MemberStatus | 'all';
  equal: { column: TextColumn | NumberColumn; value: string | number }[];
  among: { column: TextColumn; values: string[] }[];
  ranges: { column: NumberColumn; operator: RangeOperator; value: number }[];
  times: { column: TimeColumn; operator: RangeOperator; value: string }[];
  tags: string[];
  properties: { name: string; value: string }[];
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

const LISTABLE: readonly TextColumn[] = ['name', 'id', 'status', 'container_format', 'disk_format'];
const EXACT: readonly TextColumn[] = ['owner', 'checksum', 'os_hash_algo', 'os_hash_value'];
const NUMBERS: readonly NumberColumn[] = ['size', 'min_disk', 'min_ram', 'virtual_size'];
const OPERATORS: Record<string, RangeOperator> = { eq: '=', neq: '!=', lt: '<', lte: '<=', gt: '>', gte: '>=' };

/** Reads the query as Glance does: what it does not know is the name of a property. */
export function parseImageListQuery(params: URLSearchParams): ImageListQuery {
  const query: ImageListQuery = {
    limit: limitOf(params.get('limit')),
    marker: params.get('marker'),
    sort: sortOf(params),
    visibility: oneOf([...VISIBILITIES, 'all'], params.get('visibility'), 'Invalid visibility value'),
    memberStatus: oneOf([...MEMBER_STATUSES, 'all'], params.get('member_status'), 'Invalid status') ?? 'accepted',
    equal: [
      { column: 'os_hidden', value: flagOf(params.get('os_hidden') ?? 'false', 'os_hidden') },
      ...params.getAll('protected').map((text) => ({ column: 'protected' as const, value: flagOf(text, 'protected') })),
    ],
    among: [],
    ranges: [],
    times: [],
    tags: params.getAll('tag').map((tag) => tag.trim()),
    properties: [],
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

function addFilter(query: ImageListQuery, name: string, text: string): void {
  const listable = LISTABLE.find((column) => column === name);
  const exact = EXACT.find((column) => column === name);
  const number = NUMBERS.find((column) => column === name.replace(/_(min|max)$/, ''));
  if (listable) {
    addTextFilter(query, listable, text);
  } else if (exact) {
    query.equal.push({ column: exact, value: text });
  } else if (name === 'created_at' || name === 'updated_at') {
    query.times.push({ column: name, ...timeOf(name, text) });
  } else if (number) {
    if (!/^\s*-?\d+\s*$/.test(text)) throw bad('Unable to filter on a range with a non-numeric value.', name);
    const operator =
      name.endsWith('_min') && name !== number ? '>=' : name.endsWith('_max') && name !== number ? '<=' : '=';
    query.ranges.push({ column: number, operator, value: Number(text) });
  } else {
    query.properties.push({ name, value: text });
  }
}

/** `in:a,b,"c,d"`, or `eq:a`, or the value itself; a colon in a value is part of it unless an operator stands before. */
function addTextFilter(query: ImageListQuery, column: TextColumn, text: string): void {
  const [operator, value] = splitOperator(text, [...Object.keys(OPERATORS), 'in']);
  if (operator === 'in') query.among.push({ column, values: splitQuoted(value, column) });
  else if (operator === 'eq') query.equal.push({ column, value });
  else throw bad(`Unable to filter by unknown operator '${operator}'.`, column);
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

function timeOf(name: string, text: string): { operator: RangeOperator; value: string } {
  const [operator, time] = splitOperator(text, Object.keys(OPERATORS));
  const iso = /^\d{4}-\d\d-\d\d(?<clock>[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(?<zone>Z|[+-]\d\d:?\d\d)?)?$/.exec(time);
  const isUtc = iso?.groups?.clock !== undefined && iso.groups.zone === undefined;
  const parsed = Date.parse(isUtc ? `${time}Z` : time);
  if (!iso || Number.isNaN(parsed)) {
    throw bad(`Bad "${name}" query filter format. Use ISO 8601 DateTime notation.`, name);
  }
  return { operator: OPERATORS[operator] ?? '=', value: new Date(parsed).toISOString() };
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
    key: sortKeyOf(key.trim()),
    direction: directionOf(directions[directions.length === 1 ? 0 : index]),
  }));
  for (const key of ['created_at', 'id'] as const) {
    if (!sort.some((part) => part.key === key)) sort.push({ key, direction: last });
  }
  return sort;
}

function sortKeyOf(text: string): SortKey {
  const key = SORT_KEYS.find((candidate) => candidate === text);
  if (!key) {
    throw bad(`Invalid sort key: ${text}. It must be one of the following: ${SORT_KEYS.join(', ')}.`, 'sort_key');
  }
  return key;
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

function flagOf(text: string, name: string): number {
  const value = text.toLowerCase();
  if (value !== 'true' && value !== 'false') {
    throw bad(`Invalid value '${text}' for '${name}' filter. Valid values are 'true' or 'false'.`, name);
  }
  return flag.write(value === 'true');
}
