import { z } from 'zod';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import { POWER_STATE, type PowerState } from '../contract/machine.ts';
import { flag } from '../database/table.ts';
import { parseBoolean } from '../http/boolean-text.ts';
import type { Microversion } from '../http/microversion.ts';
import { parseLimit, type QueryValues } from './collection-page.ts';
import { namePattern } from './name-pattern.ts';
import { statesOf } from './server.state.ts';
import type { ServerFilter, ServerSort } from './server-list.repository.ts';
import { placesIn } from './server-list.repository.ts';
import { parseSort } from './server-sort.ts';

export const queryValues: z.ZodType<QueryValues> = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

/** What anybody may filter by; the rest is dropped for those who are no administrators, as in Nova. */
const FOR_EVERYBODY: Record<string, Microversion> = {
  name: 1,
  display_name: 1,
  status: 1,
  image: 1,
  image_ref: 1,
  flavor: 1,
  ip: 1,
  ip6: 5,
  'changes-since': 1,
  'changes-before': 66,
  all_tenants: 1,
  reservation_id: 1,
  uuid: 1,
  tags: 26,
  'tags-any': 26,
  'not-tags': 26,
  'not-tags-any': 26,
  locked: 73,
  availability_zone: 83,
  config_drive: 83,
  key_name: 83,
  created_at: 83,
  launched_at: 83,
  terminated_at: 83,
  power_state: 83,
  task_state: 83,
  vm_state: 83,
  progress: 83,
  user_id: 83,
};
const FOR_ADMINISTRATORS = [
  'user_id',
  'project_id',
  'tenant_id',
  'launch_index',
  'kernel_id',
  'ramdisk_id',
  'hostname',
  'key_name',
  'power_state',
  'vm_state',
  'task_state',
  'host',
  'node',
  'launched_at',
  'terminated_at',
  'availability_zone',
  'description',
  'display_description',
  'locked_by',
  'root_device_name',
  'config_drive',
  'access_ip_v4',
  'access_ip_v6',
  'auto_disk_config',
  'progress',
  'soft_deleted',
  'deleted',
  'created_at',
];
const PAGING = ['limit', 'marker', 'sort_key', 'sort_dir'];

/** What policy says of the one who asks. */
export interface ListRights {
  /** `servers:allow_all_filters`: to filter by what only administrators see. */
  allFilters: boolean;
  /** The id of the host of that name. */
  hostIdOf: (name: string) => string;
  /** Zones by the ids of all hosts. */
  zones: () => ReadonlyMap<string, string>;
  /** `servers:index:get_all_tenants` or `servers:detail:get_all_tenants`; throws 403. */
  requireAllTenants: () => void;
}

export interface ServerListRequest {
  filter: ServerFilter;
  sort: ServerSort[];
  limit: number;
  marker: string | undefined;
}

/** The query of `GET /servers` and `/servers/detail` as what is to be found; 400 and 403 as Nova. */
export function parseServerList(
  context: Context,
  values: QueryValues,
  version: Microversion,
  rights: ListRights,
): ServerListRequest {
  const known = (name: string) =>
    PAGING.includes(name) || FOR_ADMINISTRATORS.includes(name) || version >= (FOR_EVERYBODY[name] ?? Infinity);
  for (const name of Object.keys(values)) {
    if (version >= 75 && !known(name)) {
      throw new UserError('bad_request', `Invalid input: unknown query parameter ${name.slice(0, 255)}.`, {
        field: name,
      });
    }
  }
  const get = (name: string): string | undefined => {
    const isAllowed = PAGING.includes(name) || rights.allFilters || version >= (FOR_EVERYBODY[name] ?? Infinity);
    return isAllowed && known(name) ? lastOf(values[name]) : undefined;
  };
  return {
    filter: parseFilter(context, get, version, rights),
    sort: parseSort(values),
    limit: parseLimit(lastOf(values.limit)),
    marker: lastOf(values.marker),
  };
}

function parseFilter(
  context: Context,
  get: (name: string) => string | undefined,
  version: Microversion,
  rights: ListRights,
): ServerFilter {
  const all = parseFlag(get('all_tenants'), 'all_tenants') ?? false;
  if (all) rights.requireAllTenants();
  // Without `all_tenants` Nova passes over a project that is asked for, also for administrators.
  const project = all && rights.allFilters ? (get('project_id') ?? get('tenant_id')) : undefined;
  const filter: ServerFilter = {
    projectId: all ? (project ?? 'all') : (context.projectId ?? ''),
    equals: {},
    patterns: [],
  };
  parseStatus(context, filter, get('status'), version);
  parseTimes(filter, get);
  for (const [parameter, member] of FLAGS) {
    const value = parseFlag(get(parameter), parameter);
    if (value !== undefined) filter[member] = value;
  }
  const name = get('name') ?? get('display_name');
  if (name !== undefined) filter.patterns.push({ column: 'name', isMatch: namePattern(name, 'name') });
  const addressName = get('ip') === undefined ? 'ip6' : 'ip';
  const address = get(addressName);
  if (address !== undefined) filter.address = namePattern(address, addressName);
  filter.flavorId = get('flavor');
  const zone = get('availability_zone');
  if (zone !== undefined) filter.places = placesIn(rights.zones(), namePattern(zone, 'availability_zone'));
  const power = get('power_state');
  if (power !== undefined) filter.equals.power_state = powerStateName(power);
  const drive = parseFlag(get('config_drive'), 'config_drive');
  if (drive !== undefined) filter.equals.config_drive = flag.write(drive);
  for (const [parameter, column] of EQUAL_COLUMNS) {
    const value = get(parameter);
    if (value !== undefined) filter.equals[column] = column === 'host_id' ? rights.hostIdOf(value) : value;
  }
  for (const [parameter, column] of PATTERN_COLUMNS) {
    const value = get(parameter);
    if (value !== undefined) filter.patterns.push({ column, isMatch: namePattern(value, parameter) });
  }
  const list = (value: string | undefined) => value?.split(',').filter(Boolean);
  filter.tags = {
    all: list(get('tags')),
    any: list(get('tags-any')),
    notAll: list(get('not-tags')),
    notAny: list(get('not-tags-any')),
  };
  return filter;
}

/** The filters of Nova's `exact_match_filter_names`; all others are regular expressions. */
const EQUAL_COLUMNS = [
  ['image', 'image_id'],
  ['image_ref', 'image_id'],
  ['uuid', 'id'],
  ['user_id', 'user_id'],
  ['host', 'host_id'],
  ['vm_state', 'vm_state'],
  ['task_state', 'task_state'],
] as const;

const FLAGS = [
  ['deleted', 'isDeleted'],
  ['soft_deleted', 'isSoftDeleted'],
  ['locked', 'isLocked'],
] as const;

const PATTERN_COLUMNS = [
  ['node', 'host_id'],
  ['hostname', 'hostname'],
  ['key_name', 'key_name'],
  ['launched_at', 'launched_at'],
  ['terminated_at', 'terminated_at'],
  ['created_at', 'created_at'],
  ['description', 'description'],
  ['display_description', 'description'],
  ['locked_by', 'locked_by'],
  ['access_ip_v4', 'access_ipv4'],
  ['access_ip_v6', 'access_ipv6'],
  ['reservation_id', 'reservation_id'],
] as const;

function parseStatus(context: Context, filter: ServerFilter, status: string | undefined, version: Microversion): void {
  if (status === undefined) return;
  const words = status.split(',').map((word) => word.trim().toUpperCase());
  filter.states = [];
  for (const word of words) {
    const states = statesOf(word);
    if (states === undefined && version >= 38) {
      throw new UserError('bad_request', `Invalid status value`, { field: 'status' });
    }
    if (word === 'DELETED') {
      if (!context.isAdmin) throw new UserError('forbidden', 'Only administrators may list deleted instances');
      filter.isDeleted = true;
    }
    if (word === 'SOFT_DELETED') filter.isSoftDeleted = true;
    filter.states.push(...(states ?? []));
  }
}

function parseTimes(filter: ServerFilter, get: (name: string) => string | undefined): void {
  const since = parseTime(get('changes-since'), 'changes-since');
  const before = parseTime(get('changes-before'), 'changes-before');
  if (since !== undefined && before !== undefined && since > before) {
    throw new UserError('bad_request', 'The value of changes-since must be less than or equal to changes-before.', {
      field: 'changes-since',
    });
  }
  filter.changesSince = since;
  filter.changesBefore = wholeSecond(before);
  // Who follows changes wants to hear of deletions as well.
  if (since !== undefined) filter.isDeleted = 'any';
}

export function parseTime(value: string | undefined, field: string): string | undefined {
  if (value === undefined) return undefined;
  const time = /^\d{4}-\d{2}-\d{2}/.test(value) ? new Date(withZone(value)) : new Date(Number.NaN);
  if (Number.isNaN(time.getTime())) {
    throw new UserError('bad_request', `Invalid input for query parameter ${field}. Value: ${value.slice(0, 40)}.`, {
      field,
    });
  }
  return time.toISOString();
}

/** Times are shown in seconds: what is shown as changed at the limit has not changed after it. */
export function wholeSecond(limit: string | undefined): string | undefined {
  return limit?.replace('.000Z', '.999Z');
}

/** A time without a zone is UTC; a `+` that was not escaped in a query arrives as a space. */
function withZone(value: string): string {
  const text = value.replace(/ (?=\d{2}:?\d{2}$)/, '+');
  return !text.includes('T') || /(Z|[+-]\d{2}:?\d{2})$/i.test(text.slice(text.indexOf('T'))) ? text : `${text}Z`;
}

function parseFlag(value: string | undefined, field: string): boolean | undefined {
  if (value === undefined) return undefined;
  // `?all_tenants` alone means yes.
  const flag = value === '' ? true : parseBoolean(value);
  if (flag === undefined) {
    throw new UserError('bad_request', `Invalid input for query parameter ${field}. Value: ${value.slice(0, 40)}.`, {
      field,
    });
  }
  return flag;
}

function powerStateName(value: string): PowerState | '' {
  const names = Object.keys(POWER_STATE) as PowerState[];
  return names.find((name) => String(POWER_STATE[name]) === value) ?? '';
}

function lastOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.at(-1) : value;
}
