import { controllerMethods } from '../contract/controller.methods.ts';
import type { FoundThing } from '../contract/unclaimed.ts';
import type { Database } from '../database/database.ts';
import type { LeftoverService } from '../leftover/leftover.service.ts';
import type { Bus } from '../messaging/bus.ts';
import type { Finding, UnclaimedRegister } from '../unclaimed/unclaimed.register.ts';
import type { LaunchImages } from './collaborators.ts';
import type { LeftoverRemovalService } from './leftover-removal.service.ts';
import type { ServerRepository } from './server.repository.ts';

export interface FoundThingsParts {
  database: Database;
  bus: Bus;
  servers: ServerRepository;
  leftovers: LeftoverService;
  unclaimed: UnclaimedRegister;
  images: Pick<LaunchImages, 'ids'>;
  removal: Pick<LeftoverRemovalService, 'hasRemoved'>;
}

/** Takes from hosts what they found, and lists of it what nobody knows: see app/unclaimed/. */
export class FoundThingsService {
  readonly #parts: FoundThingsParts;

  constructor(parts: FoundThingsParts) {
    this.#parts = parts;
  }

  listen(): void {
    this.#parts.bus.handle(controllerMethods.hostUnclaimed, async ({ host, found }) => {
      await this.#take(host, found);
      return {};
    });
  }

  async #take(host: string, found: FoundThing[]): Promise<void> {
    const { database, servers, leftovers, unclaimed, images, removal } = this.#parts;
    const imageIds = await images.ids();
    await database.transaction(async (trx) => {
      const owned = new Set((await servers.ofHost(trx, host)).map(({ id }) => id));
      const rows = await leftovers.on(trx, host);
      const going = (kind: string) => new Set(rows.filter((row) => row.kind === kind).map(({ id }) => id));
      // What an administrator removed stays in the list until it is gone; other leftovers were never in it.
      const removed = new Set(rows.filter(({ reason }) => reason === 'removed-by-administrator').map(({ id }) => id));
      const [machines, deletedImages] = [going('machine'), going('cached-image')];
      const isKnown = ({ kind, key }: Finding): boolean => {
        if (removal.hasRemoved(host, kind, key)) return true;
        if (removed.has(key)) return false;
        const imageId = key.slice(0, 36);
        if (kind === 'cached-file') return imageIds.has(imageId) || deletedImages.has(imageId);
        // The host does not have that machine any more, though it may be a server still.
        if (kind === 'process') return machines.has(key);
        return owned.has(key) || machines.has(key);
      };
      await unclaimed.found(
        trx,
        host,
        found.map(toFinding).filter((finding) => !isKnown(finding)),
      );
    });
  }
}

function toFinding(thing: FoundThing): Finding {
  if (thing.kind === 'machine') {
    const { kind, spec, status } = thing;
    return { kind, key: spec.id, name: spec.name, bytes: null, machine: { spec, status } };
  }
  const bytes = thing.kind === 'cached-file' ? thing.bytes : null;
  return { kind: thing.kind, key: thing.name, name: thing.name, bytes, machine: null };
}
