import type { Database, Queryable, Transaction } from '../database/database.ts';
import { type ImageRecord, imageMembers, images, type MemberRecord } from './image.tables.ts';
import type { MemberStatus } from './image.values.ts';

const MIB = 1024 * 1024;

/** Rows of images and of the projects they are shared with. Lists: `image-list.repository.ts`. */
export class ImageRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insert(trx: Transaction, image: ImageRecord): Promise<void> {
    await trx.insertInto('image_image').values(images.toRow(image)).execute();
  }

  async find(id: string, query: Queryable = this.#database.query): Promise<ImageRecord | undefined> {
    const row = await query.selectFrom('image_image').selectAll().where('id', '=', id.toLowerCase()).executeTakeFirst();
    return row && images.toRecord(row);
  }

  async ofStatus(statuses: readonly string[], query: Queryable = this.#database.query): Promise<ImageRecord[]> {
    const rows = await query.selectFrom('image_image').selectAll().where('status', 'in', statuses).execute();
    return rows.map(images.toRecord);
  }

  async ofCatalog(): Promise<ImageRecord[]> {
    const rows = await this.#database.query
      .selectFrom('image_image')
      .selectAll()
      .where('catalog_id', 'is not', null)
      .orderBy('created_at', 'desc')
      .execute();
    return rows.map(images.toRecord);
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

  async delete(trx: Transaction, id: string): Promise<void> {
    await trx.deleteFrom('image_image').where('id', '=', id).execute();
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
    const { count } = await this.#database.query
      .selectFrom('image_image')
      .select((e) => e.fn.countAll<number>().as('count'))
      .where('owner', '=', owner)
      .where('status', 'in', ['saving', 'importing'])
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  async insertMember(trx: Transaction, member: MemberRecord): Promise<void> {
    await trx.insertInto('image_member').values(imageMembers.toRow(member)).execute();
  }

  async findMember(
    imageId: string,
    memberId: string,
    query: Queryable = this.#database.query,
  ): Promise<MemberRecord | undefined> {
    const row = await query
      .selectFrom('image_member')
      .selectAll()
      .where('image_id', '=', imageId)
      .where('member_id', '=', memberId)
      .executeTakeFirst();
    return row && imageMembers.toRecord(row);
  }

  async listMembers(imageId: string, query: Queryable = this.#database.query): Promise<MemberRecord[]> {
    const rows = await query
      .selectFrom('image_member')
      .selectAll()
      .where('image_id', '=', imageId)
      .orderBy('created_at')
      .orderBy('member_id')
      .execute();
    return rows.map(imageMembers.toRecord);
  }

  async setMemberStatus(trx: Transaction, member: MemberRecord, status: MemberStatus): Promise<MemberRecord> {
    const updatedAt = new Date().toISOString();
    await trx
      .updateTable('image_member')
      .set(imageMembers.toChanges({ status, updatedAt }))
      .where('image_id', '=', member.imageId)
      .where('member_id', '=', member.memberId)
      .execute();
    return { ...member, status, updatedAt };
  }

  async deleteMember(trx: Transaction, imageId: string, memberId: string): Promise<void> {
    await trx.deleteFrom('image_member').where('image_id', '=', imageId).where('member_id', '=', memberId).execute();
  }
  /** Of all images there are. */
  async ids(): Promise<ReadonlySet<string>> {
    const rows = await this.#database.query.selectFrom('image_image').select('id').execute();
    return new Set(rows.map(({ id }) => id));
  }
}
