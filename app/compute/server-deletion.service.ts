import { randomUUID } from 'node:crypto';
import type { Context } from '../contract/context.ts';
import { systemContext } from '../policy/authorization.ts';
import type { ComputeSettings } from './compute.settings.ts';
import type { ServerRepository } from './server.repository.ts';
import type { ServerService } from './server.service.ts';
import type { ServerRecord } from './server.tables.ts';
import { softDelete } from './verbs/soft-delete.verb.ts';
import type { VerbService } from './verbs/verb.service.ts';

/** Deletes servers at once or, where the cloud is set up so, keeps them for a while. */
export class ServerDeletionService {
  /** How long what is deleted can be restored. */
  readonly keptSeconds: number;
  readonly #parts: { servers: ServerRepository; server: ServerService; verbs: VerbService };

  constructor(parts: {
    servers: ServerRepository;
    server: ServerService;
    verbs: VerbService;
    settings: ComputeSettings;
  }) {
    this.#parts = parts;
    this.keptSeconds = parts.settings.reclaim_instance_interval;
  }

  /** What never ran, or is on no host any more, is not kept. Asking again is fine, and changes nothing. */
  async delete(context: Context, id: string): Promise<void> {
    const { server, verbs } = this.#parts;
    const { launchedAt, vmState, taskState, powerState, hostId } = await server.get(context, id);
    const isThere =
      launchedAt !== null && powerState !== 'NOSTATE' && hostId !== null && vmState !== 'shelved_offloaded';
    const isKept = this.keptSeconds > 0 && isThere && taskState !== 'deleting';
    if (!isKept) return await server.delete(context, id, { isForced: false });
    if (taskState === 'soft-deleting' || (vmState === 'soft-delete' && taskState === null)) return;
    await verbs.order(context, id, softDelete, softDelete.asked(null));
  }

  /** Deletes for good what has been kept long enough; nothing where nothing is to be kept any more, as in Nova. */
  async reclaim(now = Date.now()): Promise<void> {
    const { servers, server } = this.#parts;
    if (this.keptSeconds === 0) return;
    const before = new Date(now - this.keptSeconds * 1000).toISOString();
    for (const { id, projectId } of await servers.softDeletedBefore(before)) {
      const context = { ...systemContext(`req-${randomUUID()}`), projectId };
      // Somebody may have asked it back since it was listed.
      const onlyWhen = ({ vmState, taskState }: ServerRecord) => vmState === 'soft-delete' && taskState === null;
      await server.delete(context, id, { isForced: false, onlyWhen });
    }
  }
}
