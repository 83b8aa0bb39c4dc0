import { sql } from 'kysely';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import { systemContext } from '../policy/authorization.ts';
import type { Scope } from '../resource/collection-query.ts';
import { ResourceStore } from '../resource/resource.store.ts';
import { Resource } from '../resource/resource.ts';
import { DEFAULT_FLAVORS } from './default-flavors.ts';
import { type FlavorRecord, flavorAccess, flavors } from './flavor.tables.ts';

export type NewFlavor = Omit<FlavorRecord, 'createdAt' | 'isDisabled' | 'extraSpecs'>;

/** Those the caller may use. */
export function flavorsFor({ isAdmin, projectId }: Context): Scope<FlavorRecord> {
  if (isAdmin) return {};
  const shared = sql`SELECT flavor_id FROM compute_flavor_access WHERE project_id = ${projectId ?? ''}`;
  return { also: [sql`(is_public = 1 OR id IN (${shared}))`] };
}

/** Sizes of machines. A server keeps a copy of its flavor: changing or deleting one touches no server. */
export class FlavorService {
  readonly records: Resource<FlavorRecord>;
  readonly #database: Database;
  /** Which projects may use one that is not public. */
  readonly #access: ResourceStore<{ flavorId: string; projectId: string }>;

  constructor(parts: { database: Database; events: EventService }) {
    this.#database = parts.database;
    this.#access = new ResourceStore({ database: parts.database, table: flavorAccess, id: 'projectId' });
    const taken = (what: string, field: string) =>
      new UserError('conflict', `Flavor with ${what} already exists.`, { field });
    this.records = new Resource<FlavorRecord>(
      {
        table: flavors,
        notFound: (id) => new UserError('not_found', `Flavor ${id} could not be found.`),
        events: { created: 'flavor.create', updated: 'flavor.update', deleted: 'flavor.delete' },
        told: ({ isPublic, name }) => ({ projectId: isPublic ? '*' : null, payload: { name } }),
        unique: [
          { attributes: ['id'], taken: ({ id }) => taken(`ID ${id}`, 'flavor.id') },
          { attributes: ['name'], taken: ({ name }) => taken(`name ${name}`, 'flavor.name') },
        ],
      },
      parts,
    );
  }

  /** Makes the default flavors where there are none. */
  async bootstrap(): Promise<void> {
    if ((await this.records.list({ limit: 1 })).length > 0) return;
    for (const flavor of DEFAULT_FLAVORS) {
      const rest = { description: null, ephemeral: 0, swap: 0, rxtxFactor: 1, isPublic: true };
      await this.create(systemContext(), { ...flavor, ...rest });
    }
  }

  async find(context: Context, id: string): Promise<FlavorRecord | undefined> {
    return await this.records.find(id, undefined, flavorsFor(context));
  }

  async get(context: Context, id: string): Promise<FlavorRecord> {
    return await this.records.get(id, undefined, flavorsFor(context));
  }

  async create(context: Context, request: NewFlavor): Promise<FlavorRecord> {
    const made = { isDisabled: false, extraSpecs: {}, createdAt: new Date().toISOString() };
    return await this.records.create(context, { ...request, ...made });
  }

  async setExtraSpecs(context: Context, id: string, specs: Record<string, string>): Promise<void> {
    await this.records.update(context, id, (flavor) => ({ ...flavor, extraSpecs: { ...flavor.extraSpecs, ...specs } }));
  }

  async deleteExtraSpec(context: Context, id: string, key: string): Promise<void> {
    await this.records.update(context, id, (flavor) => {
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
    return await this.#projectsOf(id);
  }

  /** `refusePublic`: from microversion 2.7 access to a public flavor is refused instead of stored for nothing. */
  async addAccess(context: Context, id: string, projectId: string, refusePublic: boolean): Promise<string[]> {
    await this.#changeAccess(context, id, async (trx, flavor) => {
      if (flavor.isPublic && refusePublic) throw new UserError('conflict', 'Can not add access to a public flavor.');
      if (await this.#access.find(projectId, trx, { is: { flavorId: id } })) {
        throw new UserError('conflict', `Flavor access already exists for flavor ${id} and project ${projectId}.`);
      }
      await this.#access.insert(trx, { flavorId: id, projectId });
    });
    return await this.#projectsOf(id);
  }

  async removeAccess(context: Context, id: string, projectId: string): Promise<string[]> {
    const scope = { is: { flavorId: id } };
    await this.#changeAccess(context, id, async (trx) => {
      if (!(await this.#access.find(projectId, trx, scope))) {
        throw new UserError('not_found', `Flavor access not found for ${id} / ${projectId} combination.`);
      }
      await this.#access.delete(trx, projectId, scope);
    });
    return await this.#projectsOf(id);
  }

  /** A change of who may use it is one of the flavor. */
  async #changeAccess(
    context: Context,
    id: string,
    work: (trx: Transaction, flavor: FlavorRecord) => Promise<void>,
  ): Promise<void> {
    await this.#database.transaction(async (trx) => {
      const flavor = await this.records.get(id, trx);
      await work(trx, flavor);
      await this.records.tell(trx, context, flavor, 'flavor.update');
    });
  }

  async #projectsOf(flavorId: string): Promise<string[]> {
    return (await this.#access.list({ is: { flavorId } })).map(({ projectId }) => projectId);
  }
}
