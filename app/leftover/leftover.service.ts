import type { Queryable, Transaction } from '../database/database.ts';
import type { LeftoverTable } from '../database/tables.ts';

/** `image-file`: in the controller's own `images/`; `cached-image`: a host's copy of an image. */
export type LeftoverKind = 'machine' | 'cached-image' | 'image-file';

export interface Leftover {
  host: string;
  kind: LeftoverKind;
  id: string;
  generation: number;
  reason: 'deleted' | 'build-failed' | 'removed-by-administrator';
}

/** Records what was taken away from a place and may still be there. Nothing else is ever removed unasked. */
export class LeftoverService {
  /** Call in the transaction that takes the thing away. */
  async add(trx: Transaction, leftover: Leftover): Promise<void> {
    const { generation, reason } = leftover;
    const since = new Date().toISOString();
    await trx
      .insertInto('leftover')
      .values({ ...leftover, since })
      .onConflict((conflict) => conflict.columns(['host', 'kind', 'id']).doUpdateSet({ generation, reason, since }))
      .execute();
  }

  /** Once the removal is confirmed, or when the thing belongs there again. */
  async remove(trx: Transaction, leftover: Pick<Leftover, 'host' | 'kind' | 'id'>): Promise<void> {
    const { host, kind, id } = leftover;
    await trx.deleteFrom('leftover').where('host', '=', host).where('kind', '=', kind).where('id', '=', id).execute();
  }

  async at(query: Queryable, host: string, kind: LeftoverKind): Promise<LeftoverTable[]> {
    return await query.selectFrom('leftover').selectAll().where('host', '=', host).where('kind', '=', kind).execute();
  }
}
