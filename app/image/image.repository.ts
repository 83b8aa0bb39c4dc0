import { sql } from 'kysely';
import type { Context } from '../contract/context.ts';
import type { Database, Queryable, Transaction } from '../database/database.ts';
import type { Scope } from '../resource/collection-query.ts';
import { ResourceStore } from '../resource/resource.store.ts';
import { visibleTo } from './image.access.ts';
import { bad } from './image.schema.ts';
import { type ImageRecord, images } from './image.tables.ts';
import type { ImageListQuery } from './image-list.query.ts';

const MIB = 1024 * 1024;

/** Rows of images. */
export class ImageRepository extends ResourceStore<ImageRecord> {
  readonly #database: Database;

  constructor(database: Database) {
    super({ database, table: images });
    this.#database = database;
  }

  override async find(id: string, on?: Queryable, scope?: Scope<ImageRecord>): Promise<ImageRecord | undefined> {
    return await super.find(id.toLowerCase(), on, scope);
  }

  async ofStatus(statuses: readonly string[], on?: Queryable): Promise<ImageRecord[]> {
    return await this.list({ where: [{ attribute: 'status', is: 'in', value: statuses }] }, on);
  }

  /** Newest first. */
  async ofCatalog(): Promise<ImageRecord[]> {
    const isOfCatalog = sql<boolean>`catalog_id IS NOT NULL`;
    return await this.list({ also: [isOfCatalog], sort: [{ attribute: 'createdAt', direction: 'desc' }] });
  }

  /** `GET /v2/images`. The marker may be any image that the caller sees. */
  async page(viewer: Pick<Context, 'isAdmin' | 'projectId'>, query: ImageListQuery): Promise<ImageRecord[]> {
    const { limit, marker, sort, where } = query;
    const missing = (id: string) => bad(`No image found with ID ${id}`, 'marker');
    return await this.list({
      ...visibleTo(viewer),
      where: [...where, ...listedFor(viewer, query)],
      ...{ limit, sort, ...(marker !== null && { marker: { id: marker, missing } }) },
    });
  }

  /** Writes the record as it is, if its status is still `from`; answers whether it was. */
  async save(trx: Transaction, image: ImageRecord, from: string = image.status): Promise<boolean> {
    image.updatedAt = new Date().toISOString();
    const { id, ...row } = images.toRow(image);
    const { numUpdatedRows } = await trx
      .updateTable('image_image')
      .set(row)
      .where('id', '=', id)
      .where('status', '=', from)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  /** What a project's images amount to, for its quota. */
  async usage(query: Queryable, owner: string): Promise<{ images: number; image_size_total: number }> {
    const row = await query
      .selectFrom('image_image')
      .select((e) => [e.fn.countAll<number>().as('images'), e.fn.sum<number | null>('size').as('bytes')])
      .where('owner', '=', owner)
      .executeTakeFirstOrThrow();
    return { images: Number(row.images), image_size_total: Math.ceil(Number(row.bytes ?? 0) / MIB) };
  }

  /** How many images of a project are coming in now. */
  async uploading(owner: string): Promise<number> {
    return await this.count({ is: { owner }, also: [sql<boolean>`status IN ('saving', 'importing')`] });
  }

  /** Of all images there are. */
  async ids(): Promise<ReadonlySet<string>> {
    const rows = await this.#database.query.selectFrom('image_image').select('id').execute();
    return new Set(rows.map(({ id }) => id));
  }
}

/** What is listed is less than what can be seen: community images of others appear only to those who ask for them. */
function listedFor(
  { isAdmin, projectId }: Pick<Context, 'isAdmin' | 'projectId'>,
  { visibility, memberStatus }: ImageListQuery,
) {
  const own = sql<boolean>`owner = ${projectId}`;
  const accepted = memberStatus === 'all' ? sql`1 = 1` : sql`status = ${memberStatus}`;
  const shared = sql`SELECT image_id FROM image_member WHERE member_id = ${projectId} AND ${accepted}`;
  const seen = sql<boolean>`(${own} OR visibility IN ('public', 'community')
    OR (visibility = 'shared' AND image_image.id IN (${shared})))`;
  return [
    ...(isAdmin ? [] : [seen]),
    ...(visibility === null ? [sql<boolean>`(${own} OR visibility <> 'community')`] : []),
    ...(visibility === null || visibility === 'all' ? [] : [sql<boolean>`visibility = ${visibility}`]),
  ];
}
