import { randomUUID } from 'node:crypto';
import type { Context } from '../contract/context.ts';
import type { EventName } from '../contract/events.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import { ResourceStore } from '../resource/resource.store.ts';
import { badRequest, changedMeanwhile, conflict, keptByScheduler, noProvider } from './placement.errors.ts';
import { DISABLED, type Provider, type ProviderRepository } from './provider.repository.ts';
import { type ProviderRecord, providers } from './provider.tables.ts';
import type { Vocabulary } from './vocabulary.service.ts';

interface SentProvider {
  name: string;
  uuid?: string | undefined;
  parent_provider_uuid?: string | null | undefined;
}

export interface ProviderParts {
  database: Database;
  events: EventService;
  repository: ProviderRepository;
  vocabulary: Vocabulary;
}

/** Throws where somebody else changed the provider since the client read it; undefined: it does not say. */
export function requireGeneration({ id, generation }: Provider, sent: number | undefined): void {
  if (sent === undefined || sent === generation) return;
  const message = `The resource provider ${id} is of generation ${generation} by now, not ${sent}.`;
  throw changedMeanwhile(message, 'resource_provider_generation');
}

/** Making, changing and deleting of providers, and what they are: traits, and members of aggregates. */
export class ProviderService {
  readonly repository: ProviderRepository;
  readonly #database: Database;
  readonly #events: EventService;
  readonly #vocabulary: Vocabulary;
  readonly #own: ResourceStore<ProviderRecord>;

  constructor(parts: ProviderParts) {
    this.repository = parts.repository;
    this.#database = parts.database;
    this.#events = parts.events;
    this.#vocabulary = parts.vocabulary;
    this.#own = new ResourceStore({ database: parts.database, table: providers });
  }

  async create(context: Context, sent: SentProvider): Promise<Provider> {
    const id = sent.uuid ?? randomUUID();
    return await this.#database.transaction(async (trx) => {
      const known = await this.repository.load(trx);
      if (known.has(id)) throw taken(`uuid: ${id}`, 'uuid');
      requireFreeName(known, sent.name);
      const parent = parentOf(known, id, sent.parent_provider_uuid ?? null);
      const record: ProviderRecord = {
        ...{ id, name: sent.name, parentId: parent?.id ?? null, rootId: parent?.rootId ?? id },
        ...{ generation: 0, updatedAt: new Date().toISOString() },
      };
      await this.#own.insert(trx, record);
      const provider = await this.repository.get(id, trx);
      await this.tell(trx, context, provider, 'resource_provider.create');
      return provider;
    });
  }

  /** `mayMove`: it may get another parent, or none. */
  async update(context: Context, id: string, sent: SentProvider, mayMove: boolean): Promise<Provider> {
    return await this.#database.transaction(async (trx) => {
      const known = await this.repository.load(trx);
      const provider = known.get(id);
      if (!provider) throw noProvider(id);
      const parentId = sent.parent_provider_uuid === undefined ? provider.parentId : sent.parent_provider_uuid;
      if (sent.name === provider.name && parentId === provider.parentId) return provider;
      if (provider.hostId !== null) {
        throw keptByScheduler(`The provider of the host ${provider.name}`, 'Its agent says what the host is called.');
      }
      if (sent.name !== provider.name) requireFreeName(known, sent.name);
      if (!mayMove && provider.parentId !== null && parentId !== provider.parentId) {
        throw badRequest(`The resource provider ${id} has a parent: it may get another since 1.37.`, {
          field: 'parent_provider_uuid',
        });
      }
      const below = subtreeOf(known, id);
      if (parentId !== null && parentId !== id && below.some((each) => each.id === parentId)) {
        throw badRequest(`The resource provider ${parentId} is below ${id}: they would be a loop.`, {
          field: 'parent_provider_uuid',
        });
      }
      const rootId = parentOf(known, id, parentId)?.rootId ?? id;
      const updatedAt = new Date().toISOString();
      await this.#own.update(trx, id, (record) => ({ ...record, name: sent.name, parentId, rootId, updatedAt }));
      for (const each of below) await this.#own.update(trx, each.id, (record) => ({ ...record, rootId }));
      const changed = await this.repository.get(id, trx);
      await this.tell(trx, context, changed, 'resource_provider.update');
      return changed;
    });
  }

  async delete(context: Context, id: string): Promise<void> {
    await this.#database.transaction(async (trx) => {
      const provider = await this.repository.get(id, trx);
      if (await this.repository.hasChildren(id, trx)) {
        throw conflict(`Unable to delete resource provider ${id}: it has children.`, { code: 'isParent' });
      }
      requireUnused(provider);
      if (provider.hostId !== null) {
        const hint = 'To forget the host, delete its compute service: openstack compute service delete.';
        throw keptByScheduler(`The provider of the host ${provider.name}`, hint, 'providerInUse');
      }
      await this.#forget(trx, id);
      await this.#own.delete(trx, id);
      await this.tell(trx, context, provider, 'resource_provider.delete');
    });
  }

  /** What is kept of a host goes with it, where nothing is in use and no provider below it. */
  async forgetHost(trx: Transaction, hostId: string): Promise<void> {
    const provider = await this.repository.find(this.repository.idOfHost(hostId), trx);
    if (!provider) return;
    if (await this.repository.hasChildren(provider.id, trx)) {
      throw conflict(`The host ${provider.name} has resource providers below it.`, { hint: 'Delete them first.' });
    }
    requireUnused(provider);
    await this.#forget(trx, provider.id);
  }

  async setTraits(context: Context, id: string, sent: readonly string[], generation?: number): Promise<Provider> {
    return await this.change(context, id, generation, async (trx, provider) => {
      await this.#vocabulary.requireTraits(sent, trx);
      if (provider.hostId !== null && sent.includes(DISABLED) !== provider.traits.includes(DISABLED)) {
        const hint = 'Disable or enable its compute service: openstack compute service set.';
        throw keptByScheduler(`The trait ${DISABLED} of a host`, hint);
      }
      // As with Nova, what a host tells of itself comes back where a client leaves it out.
      const own = (trait: string) => trait !== DISABLED && !provider.told.includes(trait);
      const traits = new Set(provider.hostId === null ? sent : sent.filter(own));
      await trx.deleteFrom('placement_provider_trait').where('provider_id', '=', id).execute();
      const rows = [...traits].map((trait) => ({ provider_id: id, trait }));
      if (rows.length > 0) await trx.insertInto('placement_provider_trait').values(rows).execute();
    });
  }

  /** `raises`: others know of it by the generation, as since 1.19. */
  async setAggregates(
    context: Context,
    id: string,
    sent: readonly string[],
    { generation, raises }: { generation?: number | undefined; raises: boolean },
  ): Promise<Provider> {
    const write = async (trx: Transaction) => {
      await trx.deleteFrom('placement_provider_aggregate').where('provider_id', '=', id).execute();
      const rows = sent.map((aggregate) => ({ provider_id: id, aggregate_id: aggregate }));
      if (rows.length > 0) await trx.insertInto('placement_provider_aggregate').values(rows).execute();
    };
    return await this.change(context, id, generation, write, raises);
  }

  /** Changes what belongs to a provider as it is in the transaction; answers it as it is then. */
  async change(
    context: Context,
    id: string,
    generation: number | undefined,
    write: (trx: Transaction, provider: Provider) => Promise<void>,
    raises = true,
  ): Promise<Provider> {
    return await this.#database.transaction(async (trx) => {
      const provider = await this.repository.get(id, trx);
      requireGeneration(provider, generation);
      await write(trx, provider);
      if (raises) await this.repository.raise(trx, provider);
      await this.tell(trx, context, provider, 'resource_provider.update');
      return await this.repository.get(id, trx);
    });
  }

  async tell(trx: Transaction, context: Context, { id, name }: Provider, type: EventName): Promise<void> {
    await this.#events.record(trx, context, { type, resourceId: id, projectId: null, payload: { name } });
  }

  async #forget(trx: Transaction, id: string): Promise<void> {
    for (const table of ['placement_inventory', 'placement_provider_trait', 'placement_provider_aggregate'] as const) {
      await trx.deleteFrom(table).where('provider_id', '=', id).execute();
    }
  }
}

function taken(what: string, field: string) {
  return conflict(`Conflicting resource provider ${what} already exists.`, { code: 'duplicateName', field });
}

function requireFreeName(known: ReadonlyMap<string, Provider>, name: string): void {
  for (const provider of known.values()) if (provider.name === name) throw taken(`name: ${name}`, 'name');
}

function requireUnused({ id, inventories }: Provider): void {
  const used = [...inventories.values()].find((inventory) => inventory.used > 0);
  if (!used) return;
  throw conflict(`Unable to delete resource provider ${id}: of its ${used.resourceClass} ${used.used} are allocated.`, {
    code: 'providerInUse',
  });
}

function parentOf(known: ReadonlyMap<string, Provider>, id: string, parentId: string | null): Provider | undefined {
  if (parentId === null) return undefined;
  const parent = parentId === id ? undefined : known.get(parentId);
  if (parent) return parent;
  const why = parentId === id ? 'is the provider itself' : 'does not exist';
  throw badRequest(`The parent resource provider ${parentId} ${why}.`, { field: 'parent_provider_uuid' });
}

/** With the provider itself. */
function subtreeOf(known: ReadonlyMap<string, Provider>, id: string): Provider[] {
  const found = [known.get(id)].filter((provider) => provider !== undefined);
  for (const parent of found) {
    for (const provider of known.values()) if (provider.parentId === parent.id) found.push(provider);
  }
  return found;
}
