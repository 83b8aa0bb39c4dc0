import type { Queryable, Transaction } from '../database/database.ts';
import type { LeftoverTable } from '../database/tables.ts';

/**
 * `image-file`: of an image, in the controller's own `images/`; `unclaimed-image`: in its folder for files nobody knows.
 * On hosts: machines, folders among them that are none, processes without a folder, files of the image cache, and all cached copies of an image.
 */
export type LeftoverKind =
  | 'machine'
  | 'machine-folder'
  | 'process'
  | 'cached-file'
  | 'cached-image'
  | 'image-file'
  | 'unclaimed-image';

export interface Leftover {
  /** Id of the host; empty for the controller's own files. */
  host: string;
  kind: LeftoverKind;
  id: string;
  generation: number;
  reason: 'deleted' | 'build-failed' | 'removed-by-administrator';
}

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
      .values({ ...leftover, since })
      .onConflict((conflict) => conflict.columns(['host', 'kind', 'id']).doUpdateSet({ generation, reason, since }))
      .execute();
  }

  /** Once the removal is confirmed, or when the thing belongs there again. */
  async remove(trx: Transaction, leftover: Pick<Leftover, 'host' | 'kind' | 'id'>): Promise<void> {
    const { host, kind, id } = leftover;
    await trx.deleteFrom('leftover').where('host', '=', host).where('kind', '=', kind).where('id', '=', id).execute();
  }

  async find(query: Queryable, leftover: Pick<Leftover, 'host' | 'kind' | 'id'>): Promise<LeftoverTable | undefined> {
    const { host, kind, id } = leftover;
    const all = query.selectFrom('leftover').selectAll().where('host', '=', host);
    return await all.where('kind', '=', kind).where('id', '=', id).executeTakeFirst();
  }

  /** What is still to be removed in one place, of all kinds. */
  async on(query: Queryable, host: string): Promise<LeftoverTable[]> {
    return await query.selectFrom('leftover').selectAll().where('host', '=', host).execute();
  }

  async at(query: Queryable, host: string, kind: LeftoverKind): Promise<LeftoverTable[]> {
    return await query.selectFrom('leftover').selectAll().where('host', '=', host).where('kind', '=', kind).execute();
  }
}
