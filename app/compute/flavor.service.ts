import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { EventName } from '../contract/events.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import { systemContext } from '../policy/authorization.ts';
import { DEFAULT_FLAVORS } from './default-flavors.ts';
import type { FlavorRepository } from './flavor.repository.ts';
import type { FlavorRecord } from './flavor.tables.ts';

export type NewFlavor = Omit<FlavorRecord, 'createdAt' | 'isDisabled' | 'extraSpecs'>;

/** Sizes of machines. A server keeps a copy of its flavor: changing or deleting one touches no server. */
export class FlavorService {
  readonly #database: Database;
  readonly #repository: FlavorRepository;
  readonly #events: EventService;

  constructor(parts: { database: Database; repository: FlavorRepository; events: EventService }) {
    this.#database = parts.database;
    this.#repository = parts.repository;
    this.#events = parts.events;
  }

  /** Makes the default flavors where there are none. */
  async bootstrap(): Promise<void> {
    if ((await this.#repository.all()).length > 0) return;
    for (const flavor of DEFAULT_FLAVORS) {
      const rest = { description: null, ephemeral: 0, swap: 0, rxtxFactor: 1, isPublic: true };
      await this.create(systemContext(), { ...flavor, ...rest });
    }
  }

  /** Those the caller may use; `isPublic` is an administrator's filter, null for all there are. */
  async list(context: Context, isPublic: boolean | null = true): Promise<FlavorRecord[]> {
    const flavors = await this.#repository.all();
    if (context.isAdmin) return flavors.filter((flavor) => isPublic === null || flavor.isPublic === isPublic);
    const access = await this.#repository.accessOf(context.projectId ?? '');
    return flavors.filter((flavor) => flavor.isPublic || access.has(flavor.id));
  }

  async find(context: Context, id: string): Promise<FlavorRecord | undefined> {
    const flavor = await this.#repository.find(id);
    if (!flavor || flavor.isPublic || context.isAdmin) return flavor;
    const projects = await this.#repository.projectsOf(id);
    return projects.includes(context.projectId ?? '') ? flavor : undefined;
  }

  async get(context: Context, id: string): Promise<FlavorRecord> {
    return (await this.find(context, id)) ?? notFound(id);
  }

  async create(context: Context, request: NewFlavor): Promise<FlavorRecord> {
    return await this.#database.transaction(async (trx) => {
      if (await this.#repository.find(request.id, trx)) {
        throw new UserError('conflict', `Flavor with ID ${request.id} already exists.`, { field: 'flavor.id' });
      }
      if (await this.#repository.findByName(request.name, trx)) {
        throw new UserError('conflict', `Flavor with name ${request.name} already exists.`, { field: 'flavor.name' });
      }
      const flavor = { ...request, isDisabled: false, extraSpecs: {}, createdAt: new Date().toISOString() };
      await this.#repository.insert(trx, flavor);
      await this.#record(trx, context, flavor, 'flavor.create');
      return flavor;
    });
  }

  async describe(context: Context, id: string, description: string | null): Promise<FlavorRecord> {
    return await this.#change(context, id, (flavor) => ({ ...flavor, description }));
  }

  async delete(context: Context, id: string): Promise<void> {
    await this.#database.transaction(async (trx) => {
      const flavor = (await this.#repository.find(id, trx)) ?? notFound(id);
      await this.#repository.delete(trx, id);
      await this.#record(trx, context, flavor, 'flavor.delete');
    });
  }

  async setExtraSpecs(context: Context, id: string, specs: Record<string, string>): Promise<void> {
    await this.#change(context, id, (flavor) => ({ ...flavor, extraSpecs: { ...flavor.extraSpecs, ...specs } }));
  }

  async deleteExtraSpec(context: Context, id: string, key: string): Promise<void> {
    await this.#change(context, id, (flavor) => {
      const { [key]: gone, ...extraSpecs } = flavor.extraSpecs;
      if (gone === undefined) {
        throw new UserError('not_found', `Flavor ${id} has no extra specs with key ${key}.`);
      }
      return { ...flavor, extraSpecs };
    });
  }

  async listAccess(context: Context, id: string): Promise<string[]> {
    const flavor = await this.get(context, id);
    if (flavor.isPublic) throw new UserError('not_found', 'Access list not available for public flavors.');
    return await this.#repository.projectsOf(id);
  }

  /** `refusePublic`: from microversion 2.7 access to a public flavor is refused instead of stored for nothing. */
  async addAccess(context: Context, id: string, projectId: string, refusePublic: boolean): Promise<string[]> {
    await this.#database.transaction(async (trx) => {
      const flavor = (await this.#repository.find(id, trx)) ?? notFound(id);
      if (flavor.isPublic && refusePublic) throw new UserError('conflict', 'Can not add access to a public flavor.');
      if ((await this.#repository.projectsOf(id, trx)).includes(projectId)) {
        throw new UserError('conflict', `Flavor access already exists for flavor ${id} and project ${projectId}.`);
      }
      await this.#repository.addAccess(trx, id, projectId);
      await this.#record(trx, context, flavor, 'flavor.update');
    });
    return await this.#repository.projectsOf(id);
  }

  async removeAccess(context: Context, id: string, projectId: string): Promise<string[]> {
    await this.#database.transaction(async (trx) => {
      const flavor = (await this.#repository.find(id, trx)) ?? notFound(id);
      if (!(await this.#repository.projectsOf(id, trx)).includes(projectId)) {
        throw new UserError('not_found', `Flavor access not found for ${id} / ${projectId} combination.`);
      }
      await this.#repository.removeAccess(trx, id, projectId);
      await this.#record(trx, context, flavor, 'flavor.update');
    });
    return await this.#repository.projectsOf(id);
  }

  async #change(context: Context, id: string, change: (flavor: FlavorRecord) => FlavorRecord): Promise<FlavorRecord> {
    return await this.#database.transaction(async (trx) => {
      const flavor = (await this.#repository.update(trx, id, change)) ?? notFound(id);
      await this.#record(trx, context, flavor, 'flavor.update');
      return flavor;
    });
  }

  async #record(trx: Transaction, context: Context, flavor: FlavorRecord, type: EventName): Promise<void> {
    const projectId = flavor.isPublic ? '*' : null;
    await this.#events.record(trx, context, {
      type,
      resourceId: flavor.id,
      projectId,
      payload: { name: flavor.name },
    });
  }
}

function notFound(id: string): never {
  throw new UserError('not_found', `Flavor ${id} could not be found.`);
}
