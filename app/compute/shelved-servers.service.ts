import { randomUUID } from 'node:crypto';
import { UserError } from '../contract/errors.ts';
import type { ActionRequest } from '../http/action.ts';
import { systemContext } from '../policy/authorization.ts';
import type { ComputeSettings } from './compute.settings.ts';
import type { ServerRepository } from './server.repository.ts';
import { shelveOffload } from './verbs/shelve-offload.verb.ts';
import type { VerbService } from './verbs/verb.service.ts';

/** Nobody asks, and nobody is answered. */
const NO_REQUEST = { origin: '', version: 1, enforce: () => undefined } as unknown as ActionRequest;

/** Has servers that were shelved long enough ago leave their hosts. */
export class ShelvedServersService {
  readonly #parts: { servers: ServerRepository; verbs: VerbService; settings: ComputeSettings };

  constructor(parts: { servers: ServerRepository; verbs: VerbService; settings: ComputeSettings }) {
    this.#parts = parts;
  }

  /** Those that leave at once do so as a part of being shelved. */
  async offload(now = Date.now()): Promise<void> {
    const { servers, verbs, settings } = this.#parts;
    if (settings.shelved_offload_time <= 0) return;
    const before = new Date(now - settings.shelved_offload_time * 1000).toISOString();
    for (const { id, projectId } of await servers.shelvedBefore(before)) {
      const context = { ...systemContext(`req-${randomUUID()}`), projectId };
      try {
        await verbs.begin({ ...NO_REQUEST, context, id }, shelveOffload, null);
      } catch (error) {
        // Somebody was quicker, and it is shelved no more.
        if (!(error instanceof UserError)) throw error;
      }
    }
  }
}
