import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { Database } from '../database/database.ts';
import { type Expressions, expressionsOf } from '../database/dialects/dialect.ts';
import type { Tables } from '../database/tables.ts';
import { type ImageRecord, images } from './image.tables.ts';
import type { ImageListQuery, SortKey } from './image-list.query.ts';

/** Who lists: sees all (`all`), or what is theirs, public, community or shared with `project`. */
export type ListViewer = { all: true; project: string | null } | { all: false; project: string | null };

type Builder = ExpressionBuilder<Tables, 'image_image'>;

/** `GET /v2/images` as one query. */
export class ImageListRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async list(viewer: ListViewer, list: ImageListQuery, marker: ImageRecord | undefined): Promise<ImageRecord[]> {
    const write = expressionsOf(this.#database.query);
    let select = this.#database.query
      .selectFrom('image_image')
      .selectAll()
      .limit(list.limit)
      .where((e) => e.and([visible(e, viewer, list), ...conditions(e, list, write)]));
    if (marker) select = select.where((e) => after(e, list, marker));
    for (const { key, direction } of list.sort) select = select.orderBy(ordered(key), direction);
    return (await select.execute()).map(images.toRecord);
  }
}

/** Sorting and paging must see the same value, so nothing is NULL in either. */
function ordered(key: SortKey) {
  return key === 'size'
    ? sql<number>`coalesce(${sql.ref('image_image.size')}, 0)`
    : sql<string>`coalesce(${sql.ref(`image_image.${key}`)}, '')`;
}

function sortValue(image: ImageRecord, key: SortKey): string | number {
  const values: Record<SortKey, string | number | null> = {
    name: image.name,
    status: image.status,
    container_format: image.containerFormat,
    disk_format: image.diskFormat,
    size: image.size,
    id: image.id,
    created_at: image.createdAt,
    updated_at: image.updatedAt,
  };
  return values[key] ?? (key === 'size' ? 0 : '');
}

/** (k1 > m1) or (k1 = m1 and k2 > m2) or ...: what comes behind the marker. */
function after(e: Builder, { sort }: ImageListQuery, marker: ImageRecord): Expression<SqlBool> {
  return e.or(
    sort.map(({ key, direction }, index) =>
      e.and([
        ...sort.slice(0, index).map((earlier) => e(ordered(earlier.key), '=', sortValue(marker, earlier.key))),
        e(ordered(key), direction === 'asc' ? '>' : '<', sortValue(marker, key)),
      ]),
    ),
  );
}

function visible(e: Builder, viewer: ListViewer, list: ImageListQuery): Expression<SqlBool> {
  const { project } = viewer;
  const own = project === null ? e.lit(false) : e('owner', '=', project);
  const parts: Expression<SqlBool>[] = [];
  if (!viewer.all) {
    const shared = sharedWith(e, project ?? '', list.memberStatus);
    parts.push(e.or([own, e('visibility', 'in', ['public', 'community']), shared]));
  }
  // Community images of others appear only to those who ask for them.
  if (list.visibility === null) parts.push(e.or([own, e('visibility', '!=', 'community')]));
  else if (list.visibility !== 'all') parts.push(e('visibility', '=', list.visibility));
  return e.and(parts);
}

function sharedWith(e: Builder, project: string, status: ImageListQuery['memberStatus']): Expression<SqlBool> {
  let shared = e.selectFrom('image_member').select('image_id').where('member_id', '=', project);
  if (status !== 'all') shared = shared.where('image_member.status', '=', status);
  return e.and([e('visibility', '=', 'shared'), e('image_image.id', 'in', shared)]);
}

function conditions(e: Builder, list: ImageListQuery, write: Expressions): Expression<SqlBool>[] {
  const equal = list.equal.map(({ column, value }) => e(column, '=', value));
  const among = list.among.map(({ column, values }) => e(column, 'in', values));
  const ranges = list.ranges.map(({ column, operator, value }) => e(column, operator, value));
  // The API tells times to the second, so that is what they are compared by.
  const times = list.times.map(({ column, operator, value }) =>
    e(sql<string>`substr(${sql.ref(`image_image.${column}`)}, 1, 19)`, operator, value.slice(0, 19)),
  );
  const tags = list.tags.map(
    (tag) =>
      sql<SqlBool>`exists (select 1 from ${write.texts(sql.ref('image_image.tags'), 'has')} where has.value = ${tag})`,
  );
  const properties = list.properties.map(
    ({ name, value }) =>
      sql<SqlBool>`exists (select 1 from ${write.members(sql.ref('image_image.properties'), 'has')}
        where has.key = ${name} and has.value = ${value})`,
  );
  return [...equal, ...among, ...ranges, ...times, ...tags, ...properties];
}
