import type { Context } from '../contract/context.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import { missing } from '../resource/missing.ts';
import type { AllocationRepository, Consumer } from './allocation.repository.ts';
import type { AllocationRecord } from './allocation.tables.ts';
import { badRequest, changedMeanwhile, conflict, keptByScheduler } from './placement.errors.ts';
import { capacityOf, isSchedulers, type Provider } from './provider.repository.ts';
import { type ProviderService, requireGeneration } from './provider.service.ts';
import type { Vocabulary } from './vocabulary.service.ts';

/** What a consumer is to hold from then on, of which providers; nothing: it is forgotten. */
export interface Holding {
  readonly consumerId: string;
  readonly projectId: string;
  readonly userId: string;
  /** Undefined: the client does not say, as before 1.38. */
  readonly type: string | undefined;
  /** What the client knows of it; null: that it is new. Undefined: it does not say, as before 1.28. */
  readonly generation: number | null | undefined;
  readonly of: ReadonlyMap<string, { generation?: number | undefined; resources: Readonly<Record<string, number>> }>;
}

interface Parts {
  database: Database;
  events: EventService;
  repository: AllocationRepository;
  providers: ProviderService;
  vocabulary: Vocabulary;
}

/** Who holds what: each change is one transaction, in which all of it fits or nothing is changed. */
export class AllocationService {
  readonly repository: AllocationRepository;
  readonly #database: Database;
  readonly #events: EventService;
  readonly #providers: ProviderService;
  readonly #vocabulary: Vocabulary;

  constructor(parts: Parts) {
    this.repository = parts.repository;
    this.#database = parts.database;
    this.#events = parts.events;
    this.#providers = parts.providers;
    this.#vocabulary = parts.vocabulary;
  }

  async replace(context: Context, holdings: readonly Holding[]): Promise<void> {
    await this.#database.transaction((trx) => this.write(trx, context, holdings));
  }

  async delete(context: Context, consumerId: string): Promise<void> {
    await this.#database.transaction(async (trx) => {
      const consumer = (await this.repository.consumers([consumerId], trx)).get(consumerId);
      if (!consumer) throw missing(`No allocations for consumer ${consumerId}.`);
      const { projectId, userId } = consumer;
      const nothing = { type: undefined, generation: undefined, of: new Map() };
      await this.write(trx, context, [{ consumerId, projectId, userId, ...nothing }]);
    });
  }

  /** As {@link replace}, in a transaction that does more. */
  async write(trx: Transaction, context: Context, holdings: readonly Holding[]): Promise<void> {
    if (holdings.length === 0) return;
    const ids = [...new Set(holdings.map(({ consumerId }) => consumerId))];
    if (ids.length < holdings.length) {
      throw badRequest('A consumer is there twice, in upper and in lower case.', { field: 'allocations' });
    }
    const known = await this.repository.consumers(ids, trx);
    for (const holding of holdings) requireConsumer(holding, known.get(holding.consumerId));
    const wanted = holdings.flatMap(({ of }) => [...of.values()].flatMap(({ resources }) => Object.keys(resources)));
    await this.#vocabulary.requireClasses(wanted, 'allocations', trx);
    await this.#take(trx, holdings, [...known.values()]);
    for (const holding of holdings) await this.#store(trx, context, holding, known.get(holding.consumerId));
  }

  /** Gives back what the consumers held, and takes what they are to hold: where it does not fit, it throws. */
  async #take(trx: Transaction, holdings: readonly Holding[], before: readonly Consumer[]): Promise<void> {
    const change = new Changes();
    for (const { held } of before)
      for (const { providerId, resourceClass, used } of held) change.add(providerId, resourceClass, -used);
    for (const { of } of holdings) {
      for (const [providerId, { resources }] of of) {
        for (const [name, amount] of Object.entries(resources)) change.add(providerId, name, amount);
      }
    }
    const providers = await this.#providers.repository.load(trx, [...change.providers()]);
    for (const { of } of holdings) {
      for (const [id, { generation, resources }] of of) {
        const provider = providers.get(id);
        if (!provider) {
          throw badRequest(`Allocation for resource provider ${id} that does not exist.`, { field: 'allocations' });
        }
        requireGeneration(provider, generation);
        for (const [name, amount] of Object.entries(resources)) requireUnits(provider, name, amount);
      }
    }
    for (const [providerId, name, added] of change.entries()) {
      const provider = providers.get(providerId);
      const inventory = provider?.inventories.get(name);
      if (!provider || !inventory) continue;
      const used = inventory.used + added;
      // Where there was too much already, what makes it less is fine.
      if (added > 0 && used > capacityOf(inventory))
        throw noRoom(provider, name, `${used - capacityOf(inventory)} too many`);
      await trx
        .updateTable('placement_inventory')
        .set((e) => ({ used: e('used', '+', added) }))
        .where('provider_id', '=', providerId)
        .where('resource_class', '=', name)
        .execute();
    }
    for (const provider of providers.values()) await this.#providers.repository.raise(trx, provider);
  }

  async #store(trx: Transaction, context: Context, holding: Holding, before: Consumer | undefined): Promise<void> {
    const { consumerId, projectId, userId, of } = holding;
    await this.repository.clear(trx, consumerId);
    const records: AllocationRecord[] = [...of].flatMap(([providerId, { resources }]) =>
      Object.entries(resources).map(([resourceClass, used]) => ({ consumerId, providerId, resourceClass, used })),
    );
    if (records.length === 0) {
      await this.repository.forget(trx, consumerId);
    } else {
      await this.repository.store(trx, {
        ...{ id: consumerId, projectId, userId, type: holding.type ?? before?.type ?? null },
        ...{ generation: (before?.generation ?? 0) + 1, updatedAt: new Date().toISOString() },
      });
      await this.repository.add(trx, records);
    }
    if (records.length === 0 && !before) return;
    const type = records.length === 0 ? 'allocation.delete' : 'allocation.update';
    // Any text may stand there, also the one that events use for everybody.
    const audience = projectId === '*' ? null : projectId;
    await this.#events.record(trx, context, { type, resourceId: consumerId, projectId: audience });
  }
}

/** How much more or less of each provider's classes is used. */
class Changes {
  readonly #amounts = new Map<string, Map<string, number>>();

  add(providerId: string, resourceClass: string, amount: number): void {
    const of = this.#amounts.get(providerId) ?? new Map<string, number>();
    this.#amounts.set(providerId, of);
    of.set(resourceClass, (of.get(resourceClass) ?? 0) + amount);
  }

  providers(): Iterable<string> {
    return this.#amounts.keys();
  }

  /** In the order of the providers' ids, so that two at once do not wait for each other. */
  entries(): [providerId: string, resourceClass: string, added: number][] {
    const of = [...this.#amounts].sort(([one], [other]) => (one < other ? -1 : 1));
    return of.flatMap(([id, amounts]) =>
      [...amounts].map(([name, added]) => [id, name, added] as [string, string, number]),
    );
  }
}

/** Who it is, as the client knows it. */
function requireConsumer({ consumerId, generation }: Holding, known: Consumer | undefined): void {
  if (known?.isServer) {
    const hint = 'It is what the server holds as long as it is there: change or delete the server.';
    throw keptByScheduler(`The allocation of the server ${consumerId}`, hint);
  }
  if (generation === undefined || generation === (known?.generation ?? null)) return;
  const message = `The consumer ${consumerId} is of generation ${known?.generation ?? null}, not ${generation}.`;
  throw changedMeanwhile(message, 'consumer_generation');
}

/** Whether a provider gives of that class at all, and so much at once. */
function requireUnits(provider: Provider, name: string, amount: number): void {
  if (isSchedulers(provider, name)) {
    const what = `Room on the host ${provider.name} (${name})`;
    throw keptByScheduler(what, 'It is given to servers only: launch one.');
  }
  const inventory = provider.inventories.get(name);
  if (!inventory) throw noRoom(provider, name, 'it has none');
  const { minUnit, maxUnit, stepSize } = inventory;
  if (amount < minUnit || amount > maxUnit || amount % stepSize !== 0) {
    throw noRoom(provider, name, `from ${minUnit} to ${maxUnit} at once, in steps of ${stepSize}, not ${amount}`);
  }
}

function noRoom({ id }: Provider, name: string, why: string) {
  return conflict(`Unable to allocate inventory of ${name} on resource provider ${id}: ${why}.`, {
    field: 'allocations',
  });
}
