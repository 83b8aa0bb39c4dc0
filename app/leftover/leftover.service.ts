import { change, type Queryable, type Transaction } from '../database/database.ts';
import { type LeftoverRecord, leftovers } from './leftover.tables.ts';

export type Leftover = Omit<LeftoverRecord, 'since'>;
export type LeftoverKind = Leftover['kind'];

/** The file of an image that is deleted. */
export function imageFileLeftover(id: string): Leftover {
  return { host: '', kind: 'image-file', id, generation: 0, reason: 'deleted' };
}

/** Records what was taken away from a place and may still be there. Nothing else is ever removed unasked. */
export class LeftoverService {
  /** Call in the transaction that takes the thing away. */
  async add(trx: Transaction, leftover: Leftover): Promise<void> {
    const { generation, reason } = leftover;
    const since = new Date().toISOString();
    await trx
      .insertInto('leftover')
      .values(leftovers.toRow({ ...leftover, since }))
      .onConflict((conflict) => conflict.columns(['host', 'kind', 'id']).doUpdateSet({ generation, reason, since }))
      .execute();
  }

  /** Once the removal is confirmed, or when the thing belongs there again. */
  async remove(trx: Transaction, leftover: Pick<Leftover, 'host' | 'kind' | 'id'>): Promise<void> {
    const { host, kind, id } = leftover;
    const row = trx.deleteFrom('leftover').where('host', '=', host).where('kind', '=', kind).where('id', '=', id);
    await change(trx, row);
  }

  async find(query: Queryable, leftover: Pick<Leftover, 'host' | 'kind' | 'id'>): Promise<LeftoverRecord | undefined> {
    const { host, kind, id } = leftover;
    const all = query.selectFrom('leftover').selectAll().where('host', '=', host);
    const row = await all.where('kind', '=', kind).where('id', '=', id).executeTakeFirst();
    return row && leftovers.toRecord(row);
  }

  /** What is still to be removed in one place, of all kinds. */
  async on(query: Queryable, host: string): Promise<LeftoverRecord[]> {
    const rows = await query.selectFrom('leftover').selectAll().where('host', '=', host).execute();
    return rows.map(leftovers.toRecord);
  }

  async at(query: Queryable, host: string, kind: LeftoverKind): Promise<LeftoverRecord[]> {
    const all = query.selectFrom('leftover').selectAll().where('host', '=', host);
    return (await all.where('kind', '=', kind).execute()).map(leftovers.toRecord);
  }
}
