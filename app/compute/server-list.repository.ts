import { type Expression, type ExpressionBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { Database, Queryable } from '../database/database.ts';
import { type Expressions, expressionsOf } from '../database/dialects/dialect.ts';
import type { Tables } from '../database/tables.ts';
import { filterInTurns, Stretch } from '../pattern/turns.ts';
import { unknownMarker } from './collection-page.ts';
import type { StatesOfStatus } from './server.state.ts';
import { type ServerRecord, type ServerRow, servers } from './server.tables.ts';

type Column = keyof ServerRow;
/** What Nova matches as a regular expression; other columns are compared. */
type TextColumn =
  | 'name'
  | 'hostname'
  | 'key_name'
  | 'host_id'
  | 'description'
  | 'locked_by'
  | 'access_ipv4'
  | 'access_ipv6'
  | 'reservation_id'
  | 'created_at'
  | 'launched_at'
  | 'terminated_at';

export interface ServerFilter {
  /** A project's id, or `all`. */
  projectId: string;
  /** Default false: only servers that are there. */
  isDeleted?: boolean | 'any';
  /** With those that can be restored; left out, they go with the deleted ones. */
  isSoftDeleted?: boolean;
  /** Any of these; an empty list matches nothing. */
  states?: StatesOfStatus[];
  changesSince?: string | undefined;
  changesBefore?: string | undefined;
  /** What a column's text has to be like. */
  patterns: { column: TextColumn; isMatch: (text: string) => boolean }[];
  address?: (address: string) => boolean;
  flavorId?: string | undefined;
  /** On one of these hosts or, where it is on none yet, asked for in one of these zones. */
  places?: { hostIds: readonly string[]; zones: readonly string[] };
  isLocked?: boolean;
  tags?: {
    all?: string[] | undefined;
    any?: string[] | undefined;
    notAll?: string[] | undefined;
    notAny?: string[] | undefined;
  };
  equals: Partial<Record<Column, string | number>>;
}

export interface ServerSort {
  column: Column;
  direction: 'asc' | 'desc';
}

/** Nova's sort keys; null where all servers have the same value here. */
export const SORT_COLUMNS: Record<string, Column | null> = {
  access_ip_v4: 'access_ipv4',
  access_ip_v6: 'access_ipv6',
  auto_disk_config: 'disk_config',
  availability_zone: 'availability_zone',
  config_drive: 'config_drive',
  created_at: 'created_at',
  display_description: 'description',
  display_name: 'name',
  host: 'host_id',
  hostname: 'hostname',
  image_ref: 'image_id',
  instance_type_id: 'memory_mib',
  kernel_id: null,
  key_name: 'key_name',
  launch_index: 'launch_index',
  launched_at: 'launched_at',
  locked: 'locked_by',
  locked_by: 'locked_by',
  node: 'host_id',
  power_state: 'power_state',
  progress: null,
  project_id: 'project_id',
  ramdisk_id: null,
  root_device_name: null,
  task_state: 'task_state',
  terminated_at: 'terminated_at',
  updated_at: 'updated_at',
  user_id: 'user_id',
  uuid: 'id',
  vm_state: 'vm_state',
};

/** Columns that may be null sort as empty text, so that a page can go on after one. */
const NULLABLE: readonly Column[] = [
  'description',
  'host_id',
  'image_id',
  'key_name',
  'launched_at',
  'locked_by',
  'task_state',
  'terminated_at',
];

/** Servers whose addresses are asked for at a time, as patterns are matched. */
const AT_ONCE = 500;

type Builder = ExpressionBuilder<Tables, 'compute_server'>;
type Select = SelectQueryBuilder<Tables, 'compute_server', object>;

/** Pages of servers: one query, or two where a filter is a pattern that the database cannot match. */
export class ServerListRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** `addressesOf` is asked only when addresses are filtered by. */
  async page(
    filter: ServerFilter,
    sort: readonly ServerSort[],
    page: { limit: number; marker: string | undefined },
    addressesOf: (ids: string[]) => Promise<Map<string, string[]>>,
  ): Promise<ServerRecord[]> {
    if (filter.states?.length === 0 || page.limit === 0) return [];
    const keys: ServerSort[] = [
      ...sort,
      { column: 'created_at', direction: 'desc' },
      { column: 'id', direction: 'desc' },
    ];
    let select = narrow(this.#database.query, filter);
    for (const { column, direction } of keys) select = select.orderBy((e) => comparable(e, column), direction);
    if (page.marker !== undefined) {
      const marker = await this.#marker(filter, page.marker);
      select = select.where((e) => after(e, keys, marker));
    }
    if (filter.patterns.length === 0 && !filter.address) {
      return (await select.selectAll().limit(page.limit).execute()).map(servers.toRecord);
    }
    const ids = await this.#matching(select, filter, page.limit, addressesOf);
    if (ids.length === 0) return [];
    const rows = await this.#database.query.selectFrom('compute_server').selectAll().where('id', 'in', ids).execute();
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.flatMap((id) => byId.get(id) ?? []).map(servers.toRecord);
  }

  async #matching(
    select: Select,
    filter: ServerFilter,
    limit: number,
    addressesOf: (ids: string[]) => Promise<Map<string, string[]>>,
  ): Promise<string[]> {
    const { patterns, address } = filter;
    const rows = await select.select(['id', ...patterns.map(({ column }) => column)]).execute();
    const stretch = new Stretch();
    const found: string[] = [];
    for (let at = 0; at < rows.length && found.length < limit; at += AT_ONCE) {
      let part = rows.slice(at, at + AT_ONCE);
      for (const { column, isMatch } of patterns) {
        part = await filterInTurns(part, ({ [column]: text }) => text !== null && isMatch(text), stretch);
      }
      if (address && part.length > 0) {
        const addresses = await addressesOf(part.map(({ id }) => id));
        part = await filterInTurns(part, ({ id }) => addresses.get(id)?.some(address) ?? false, stretch);
      }
      for (const { id } of part) found.push(id);
    }
    return found.slice(0, limit);
  }

  async #marker(filter: ServerFilter, id: string): Promise<ServerRow> {
    const row = await this.#database.query
      .selectFrom('compute_server')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    if (!row || (filter.projectId !== 'all' && row.project_id !== filter.projectId)) throw unknownMarker(id);
    return row;
  }
}

function narrow(query: Queryable, filter: ServerFilter): Select {
  const write = expressionsOf(query);
  let select: Select = query.selectFrom('compute_server');
  const { isDeleted = false, isSoftDeleted = isDeleted !== false } = filter;
  if (isDeleted === false) select = select.where('deleted_at', 'is', null);
  if (isDeleted === false && !isSoftDeleted) select = select.where('vm_state', '!=', 'soft-delete');
  if (isDeleted === true) {
    select = select.where((e) =>
      e.or([e('deleted_at', 'is not', null), ...(isSoftDeleted ? [e('vm_state', '=', 'soft-delete')] : [])]),
    );
  }
  if (filter.projectId !== 'all') select = select.where('project_id', '=', filter.projectId);
  if (filter.changesSince !== undefined) select = select.where('updated_at', '>=', filter.changesSince);
  if (filter.changesBefore !== undefined) select = select.where('updated_at', '<=', filter.changesBefore);
  if (filter.states) select = select.where((e) => anyState(e, filter.states ?? []));
  if (filter.flavorId !== undefined) {
    select = select.where(write.member(sql.ref('flavor'), 'id'), '=', filter.flavorId);
  }
  if (filter.places) {
    const within = (column: 'host_id' | 'availability_zone', wanted: readonly string[]) =>
      sql<SqlBool>`${sql.ref(column)} IN (SELECT w.value FROM ${write.texts(sql`${JSON.stringify(wanted)}`, 'w')})`;
    const { hostIds, zones } = filter.places;
    select = select.where((e) =>
      e.or([within('host_id', hostIds), e.and([e('host_id', 'is', null), within('availability_zone', zones)])]),
    );
  }
  if (filter.isLocked !== undefined) select = select.where('locked_by', filter.isLocked ? 'is not' : 'is', null);
  for (const [column, value] of Object.entries(filter.equals)) {
    select = select.where(sql.ref<string | number>(column), '=', value);
  }
  const { all, any, notAll, notAny } = filter.tags ?? {};
  if (all) select = select.where(taggedWith(write, all), '=', new Set(all).size);
  if (any) select = select.where(taggedWith(write, any), '>', 0);
  if (notAll) select = select.where(taggedWith(write, notAll), '<', new Set(notAll).size);
  if (notAny) select = select.where(taggedWith(write, notAny), '=', 0);
  return select;
}

/** Where servers in zones of such names are, by the zone of each host. */
export function placesIn(
  zones: ReadonlyMap<string, string>,
  isMatch: (zone: string) => boolean,
): ServerFilter['places'] {
  const matching = [...zones].filter(([, zone]) => isMatch(zone));
  return { hostIds: matching.map(([hostId]) => hostId), zones: [...new Set(matching.map(([, zone]) => zone))] };
}

/** How many of these tags a server has. */
function taggedWith(write: Expressions, tags: string[]) {
  const unique = sql`${JSON.stringify([...new Set(tags)])}`;
  return sql<number>`(SELECT count(*) FROM ${write.texts(sql.ref('compute_server.tags'), 'has')}
    WHERE has.value IN (SELECT wanted.value FROM ${write.texts(unique, 'wanted')}))`;
}

function anyState(e: Builder, states: NonNullable<ServerFilter['states']>): Expression<SqlBool> {
  return e.or(
    states.map(({ vmState, taskStates, isOther }) => {
      const isIt = e('vm_state', '=', vmState);
      if (taskStates.length === 0) return isIt;
      const isDuring = e('task_state', 'in', taskStates);
      return e.and([isIt, isOther ? e.or([e('task_state', 'is', null), e.not(isDuring)]) : isDuring]);
    }),
  );
}

function comparable(e: Builder, column: Column) {
  return NULLABLE.includes(column) ? e.fn.coalesce(e.ref(column), e.val('')) : e.ref(column);
}

/** Rows that come after `marker` in the order of `keys`. The bound on the first key lets an index find the place. */
function after(e: Builder, keys: readonly ServerSort[], marker: ServerRow): Expression<SqlBool> {
  const held = (column: Column) => marker[column] ?? '';
  const branches = keys.map(({ column, direction }, index) => {
    const equal = keys.slice(0, index).map((key) => e(comparable(e, key.column), '=', held(key.column)));
    return e.and([...equal, e(comparable(e, column), direction === 'asc' ? '>' : '<', held(column))]);
  });
  const first = keys[0];
  if (!first) return e.or(branches);
  const bound = e(comparable(e, first.column), first.direction === 'asc' ? '>=' : '<=', held(first.column));
  return e.and([bound, e.or(branches)]);
}
