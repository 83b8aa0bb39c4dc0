import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { EventName } from '../contract/events.ts';
import type { Adopted, StaleDatabase, Unclaimed, UnclaimedList } from '../contract/unclaimed.ts';
import type { Database, Queryable, Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import type { Leftover, LeftoverService } from '../leftover/leftover.service.ts';
import { leftoverKindOf, type UnclaimedRegister, type UnclaimedThing } from './unclaimed.register.ts';

/** Makes a thing somebody's. What takes long is done first; what it answers then is part of the one transaction. */
export interface Adopter {
  adopt(
    context: Context,
    thing: UnclaimedThing,
    projectId: string,
  ): Promise<(trx: Transaction, now: UnclaimedThing) => Promise<Adopted>>;
}

export interface UnclaimedParts {
  database: Database;
  events: EventService;
  register: UnclaimedRegister;
  leftovers: LeftoverService;
  generation: { stale: StaleDatabase | null };
  machines: Adopter;
  images: Adopter & { remove(name: string): Promise<void> };
  /** Has hosts remove what is recorded so. */
  removal: { removeOne(context: Context, leftover: Leftover): void };
  projects: { hasProject(id: string, query: Queryable): Promise<boolean> };
  hosts: { nameOf(hostId: string): string };
}

const IMAGE_NAME = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What nobody knows, as administrators see it: listed, adopted, removed. Nothing of it goes by itself. */
export class UnclaimedService {
  readonly #parts: UnclaimedParts;

  constructor(parts: UnclaimedParts) {
    this.#parts = parts;
  }

  async list({ limit, marker }: { limit: number; marker?: string | undefined }): Promise<UnclaimedList> {
    const { database, register, generation } = this.#parts;
    if (marker !== undefined && !(await register.find(database.query, marker))) {
      throw new UserError('bad_request', 'The marker is not in the list any more.', { field: 'marker' });
    }
    const found = await register.list({ limit: limit + 1, marker });
    const page = found.slice(0, limit);
    return {
      unclaimed: page.map((thing) => this.#view(thing)),
      next: found.length > limit ? (page.at(-1)?.id ?? null) : null,
      count: await register.count(),
      staleDatabase: generation.stale,
    };
  }

  async adopt(context: Context, id: string, projectId: string): Promise<Adopted> {
    const { database, register, projects } = this.#parts;
    if (!(await projects.hasProject(projectId, database.query))) {
      throw new UserError('bad_request', `There is no project ${projectId}.`, { field: 'projectId' });
    }
    const found = await register.find(database.query, id);
    if (!found) throw notFound(id);
    const store = await this.#adopterOf(found).adopt(context, found, projectId);
    return await database.transaction(async (trx) => {
      const thing = await register.find(trx, id);
      if (!thing) throw notFound(id);
      if (thing.isGoing) throw new UserError('conflict', `${thing.name} is being removed.`);
      const adopted = await store(trx, thing);
      await register.forget(trx, thing);
      await this.#record(trx, context, thing, 'unclaimed.adopt', { adopted_as: adopted.resource.id });
      return adopted;
    });
  }

  /** `name` says again what is meant. It goes at once, or as soon as its host is there. */
  async remove(context: Context, id: string, name: string): Promise<void> {
    const { database, register, leftovers, images, removal } = this.#parts;
    const leftover = await database.transaction(async (trx) => {
      const thing = await register.find(trx, id);
      if (!thing) throw notFound(id);
      if (thing.name !== name) {
        throw new UserError('bad_request', `It is called ${thing.name}, and not ${name}.`, {
          field: 'name',
          hint: 'Type its name exactly as the list shows it.',
        });
      }
      const row: Leftover = {
        host: thing.host,
        kind: leftoverKindOf(thing.kind),
        id: thing.key,
        // Of a machine: the number of the order, above that of its last.
        generation: (thing.machine?.status.generation ?? 0) + 1,
        reason: 'removed-by-administrator',
      };
      await leftovers.add(trx, row);
      await this.#record(trx, context, thing, 'unclaimed.delete');
      return row;
    });
    if (leftover.host === '') void images.remove(leftover.id);
    else removal.removeOne(context, leftover);
  }

  #adopterOf(thing: UnclaimedThing): Adopter {
    if (canAdopt(thing)) return thing.kind === 'machine' ? this.#parts.machines : this.#parts.images;
    throw new UserError('conflict', `Nothing describes what ${thing.name} is, so it cannot be adopted.`, {
      hint: 'Look at it on its host, and remove it here when nobody needs it.',
    });
  }

  async #record(
    trx: Transaction,
    context: Context,
    thing: UnclaimedThing,
    type: EventName,
    payload: Record<string, unknown> = {},
  ): Promise<void> {
    await this.#parts.events.record(trx, context, {
      type,
      resourceId: thing.id,
      projectId: null,
      payload: { display_name: thing.name, kind: thing.kind, ...payload },
    });
  }

  #view(thing: UnclaimedThing): Unclaimed {
    const { id, kind, name, host, bytes, since, isGoing, machine } = thing;
    return {
      id,
      kind,
      name,
      host: host === '' ? null : { id: host, name: this.#parts.hosts.nameOf(host) },
      bytes,
      since,
      isGoing,
      canAdopt: !isGoing && canAdopt(thing),
      machine: machine && {
        id: machine.spec.id,
        powerState: machine.status.powerState,
        vcpus: machine.spec.vcpus,
        memoryMib: machine.spec.memoryMib,
        diskGib: machine.spec.rootDiskGib,
        addresses: machine.spec.ports.flatMap(({ fixedIps }) => fixedIps.map(({ ipAddress }) => ipAddress)),
      },
    };
  }
}

/** Our own record describes a machine, and a whole image has its id as its name. */
function canAdopt({ kind, key }: UnclaimedThing): boolean {
  return kind === 'machine' || (kind === 'image-file' && IMAGE_NAME.test(key));
}

function notFound(id: string): UserError {
  return new UserError('not_found', `Nothing unclaimed has the id ${id}.`, {
    hint: 'Somebody may have adopted or removed it meanwhile.',
  });
}
