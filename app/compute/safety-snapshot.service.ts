import { SAFETY } from '../contract/safety.ts';
import type { Database } from '../database/database.ts';
import { systemContext } from '../policy/authorization.ts';
import type { LaunchImages } from './collaborators.ts';
import type { ServerRepository } from './server.repository.ts';

/** Has safety snapshots go when their time has come. */
export class SafetySnapshots {
  readonly #parts: { database: Database; servers: ServerRepository; images: LaunchImages };

  constructor(parts: { database: Database; servers: ServerRepository; images: LaunchImages }) {
    this.#parts = parts;
  }

  /** What people have taken the mark from, or protect, is theirs to keep; what a server stands on stays as long as it does. */
  async expire(now = new Date()): Promise<void> {
    const { database, servers, images } = this.#parts;
    const due = await database.query
      .selectFrom('compute_safety_snapshot')
      .select(['image_id', 'server_id'])
      .where('until', '<=', now.toISOString())
      .execute();
    for (const { image_id: imageId, server_id: serverId } of due) {
      await database.transaction(async (trx) => {
        if ((await servers.find(serverId, trx))?.imageId === imageId) return;
        const image = await images.snapshots.baseOf(trx, imageId);
        const isOurs = image?.properties[SAFETY.mark] !== undefined && !image.isProtected;
        if (isOurs) await images.snapshots.remove(trx, systemContext(), imageId);
        await trx.deleteFrom('compute_safety_snapshot').where('image_id', '=', imageId).execute();
      });
    }
  }
}
