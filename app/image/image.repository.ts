import type { Database, Queryable, Transaction } from '../database/database.ts';
import type { ImageImageTable, ImageMemberTable } from '../database/tables.ts';
import type { DiskFormat } from './formats/inspect.ts';
import type { ContainerFormat, ImageRecord, MemberRecord, MemberStatus, Visibility } from './image.record.ts';

const MIB = 1024 * 1024;

/** Rows of images and of the projects they are shared with. Lists: `image-list.repository.ts`. */
export class ImageRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insert(trx: Transaction, image: ImageRecord): Promise<void> {
    await trx.insertInto('image_image').values(toRow(image)).execute();
  }

  async find(id: string, query: Queryable = this.#database.query): Promise<ImageRecord | undefined> {
    const row = await query.selectFrom('image_image').selectAll().where('id', '=', id.toLowerCase()).executeTakeFirst();
    return row && fromRow(row);
  }

  async ofStatus(statuses: readonly string[], query: Queryable = this.#database.query): Promise<ImageRecord[]> {
    const rows = await query.selectFrom('image_image').selectAll().where('status', 'in', statuses).execute();
    return rows.map(fromRow);
  }

  async ofCatalog(): Promise<ImageRecord[]> {
    const rows = await this.#database.query
      .selectFrom('image_image')
      .selectAll()
      .where('catalog_id', 'is not', null)
      .orderBy('created_at', 'desc')
      .execute();
    return rows.map(fromRow);
  }

  /** Writes the record as it is, if its status is still `from`; answers whether it was. */
  async save(trx: Transaction, image: ImageRecord, from: string = image.status): Promise<boolean> {
    image.updatedAt = new Date().toISOString();
    const { id, ...row } = toRow(image);
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

  async insertMember(trx: Transaction, member: MemberRecord): Promise<void> {
    await trx
      .insertInto('image_member')
      .values({
        image_id: member.imageId,
        member_id: member.memberId,
        status: member.status,
        created_at: member.createdAt,
        updated_at: member.updatedAt,
      })
      .execute();
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
    return row && fromMemberRow(row);
  }

  async listMembers(imageId: string, query: Queryable = this.#database.query): Promise<MemberRecord[]> {
    const rows = await query
      .selectFrom('image_member')
      .selectAll()
      .where('image_id', '=', imageId)
      .orderBy('created_at')
      .orderBy('member_id')
      .execute();
    return rows.map(fromMemberRow);
  }

  async setMemberStatus(trx: Transaction, member: MemberRecord, status: MemberStatus): Promise<MemberRecord> {
    const updatedAt = new Date().toISOString();
    await trx
      .updateTable('image_member')
      .set({ status, updated_at: updatedAt })
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

function toRow(image: ImageRecord): ImageImageTable {
  return {
    id: image.id,
    name: image.name,
    status: image.status,
    visibility: image.visibility,
    owner: image.owner,
    disk_format: image.diskFormat,
    container_format: image.containerFormat,
    size: image.size,
    virtual_size: image.virtualSize,
    min_disk: image.minDisk,
    min_ram: image.minRam,
    checksum: image.checksum,
    os_hash_algo: image.hashAlgorithm,
    os_hash_value: image.hashValue,
    protected: image.isProtected ? 1 : 0,
    os_hidden: image.isHidden ? 1 : 0,
    tags: JSON.stringify(image.tags),
    properties: JSON.stringify(image.properties),
    catalog_id: image.catalogId,
    created_at: image.createdAt,
    updated_at: image.updatedAt,
  };
}

/** The closed sets in the columns are ours: only {@link toRow} writes them. */
export function fromRow(row: ImageImageTable): ImageRecord {
  return {
    id: row.id,
    name: row.name,
    status: row.status as ImageRecord['status'],
    visibility: row.visibility as Visibility,
    owner: row.owner,
    diskFormat: row.disk_format as DiskFormat | null,
    containerFormat: row.container_format as ContainerFormat | null,
    size: row.size,
    virtualSize: row.virtual_size,
    minDisk: row.min_disk,
    minRam: row.min_ram,
    checksum: row.checksum,
    hashAlgorithm: row.os_hash_algo,
    hashValue: row.os_hash_value,
    isProtected: row.protected === 1,
    isHidden: row.os_hidden === 1,
    tags: JSON.parse(row.tags),
    properties: JSON.parse(row.properties),
    catalogId: row.catalog_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function fromMemberRow(row: ImageMemberTable): MemberRecord {
  return {
    imageId: row.image_id,
    memberId: row.member_id,
    status: row.status as MemberStatus,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
