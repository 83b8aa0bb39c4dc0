import { isDeepStrictEqual } from 'node:util';
import type { Context } from '../contract/context.ts';
import type { Transaction } from '../database/database.ts';
import { missing } from '../resource/missing.ts';
import { badRequest, changedMeanwhile, conflict, keptByScheduler } from './placement.errors.ts';
import type { SentInventory } from './placement.schema.ts';
import { capacityOf, type Inventory, isSchedulers, type Provider } from './provider.repository.ts';
import type { ProviderService } from './provider.service.ts';
import { inventories } from './provider.tables.ts';
import type { Vocabulary } from './vocabulary.service.ts';

export type Wanted = Readonly<Record<string, SentInventory>>;

const SCHEDULERS_HINT = 'It is what the agent of the host reports, under the ratios of the scheduler.';

/** What providers have of each resource class. */
export class InventoryService {
  readonly #providers: ProviderService;
  readonly #vocabulary: Vocabulary;

  constructor(parts: { providers: ProviderService; vocabulary: Vocabulary }) {
    this.#providers = parts.providers;
    this.#vocabulary = parts.vocabulary;
  }

  async add(
    context: Context,
    id: string,
    resourceClass: string,
    sent: SentInventory,
    version: number,
  ): Promise<Provider> {
    return await this.#providers.change(context, id, sent.resource_provider_generation, async (trx, provider) => {
      if (provider.inventories.has(resourceClass)) {
        throw changedMeanwhile(`The provider ${id} has an inventory of ${resourceClass} already.`, 'resource_class');
      }
      await this.put(trx, provider, { [resourceClass]: sent }, version);
    });
  }

  async update(
    context: Context,
    id: string,
    resourceClass: string,
    sent: SentInventory,
    version: number,
  ): Promise<Provider> {
    return await this.#providers.change(context, id, sent.resource_provider_generation, async (trx, provider) => {
      if (!provider.inventories.has(resourceClass)) {
        throw badRequest(`The provider ${id} has no inventory of ${resourceClass}.`, { field: 'resource_class' });
      }
      await this.put(trx, provider, { [resourceClass]: sent }, version);
    });
  }

  /** All there is from then on. */
  async replace(
    context: Context,
    id: string,
    sent: Wanted,
    { generation, version }: { generation?: number; version: number },
  ): Promise<Provider> {
    return await this.#providers.change(context, id, generation, async (trx, provider) => {
      await this.put(trx, provider, sent, version);
      await this.remove(trx, provider, missingIn(provider, sent));
    });
  }

  async delete(context: Context, id: string, resourceClass: string): Promise<void> {
    await this.#providers.change(context, id, undefined, async (trx, provider) => {
      if (!provider.inventories.has(resourceClass)) {
        throw missing(`The provider ${id} has no inventory of ${resourceClass}.`);
      }
      await this.remove(trx, provider, [resourceClass]);
    });
  }

  /** Adds and changes, as a part of a change of the provider. */
  async put(trx: Transaction, provider: Provider, sent: Wanted, version: number): Promise<void> {
    await this.#vocabulary.requireClasses(Object.keys(sent), 'resource_class', trx);
    for (const [resourceClass, values] of Object.entries(sent)) {
      const known = provider.inventories.get(resourceClass);
      const next = toInventory(resourceClass, values, known?.used ?? 0);
      requireCapacity(provider, next, version);
      if (isSchedulers(provider, resourceClass)) {
        if (known && isDeepStrictEqual(known, next)) continue;
        throw keptByScheduler(`The inventory of ${resourceClass} of the host ${provider.name}`, SCHEDULERS_HINT);
      }
      const { used: _, ...row } = inventories.toRow({ providerId: provider.id, ...next });
      await trx
        .insertInto('placement_inventory')
        .values({ ...row, used: 0 })
        .onConflict((other) => other.columns(['provider_id', 'resource_class']).doUpdateSet(row))
        .execute();
    }
  }

  /** As {@link put}; 409 where something of one is allocated. */
  async remove(trx: Transaction, provider: Provider, classes: readonly string[]): Promise<void> {
    for (const resourceClass of classes) {
      if (isSchedulers(provider, resourceClass)) {
        const what = `The inventory of ${resourceClass} of the host ${provider.name}`;
        throw keptByScheduler(what, SCHEDULERS_HINT, 'inventoryInUse');
      }
      const row = { provider_id: provider.id, resource_class: resourceClass };
      const of = trx.deleteFrom('placement_inventory').where('provider_id', '=', row.provider_id);
      const { numDeletedRows } = await of
        .where('resource_class', '=', row.resource_class)
        .where('used', '=', 0)
        .executeTakeFirst();
      if (numDeletedRows > 0n) continue;
      const message = `The inventory of ${resourceClass} of the resource provider ${provider.id} is in use.`;
      throw conflict(message, { code: 'inventoryInUse' });
    }
  }
}

/** Classes the provider has and `wanted` has not. */
export function missingIn({ inventories: known }: Provider, wanted: Wanted): string[] {
  return [...known.keys()].filter((name) => !Object.hasOwn(wanted, name));
}

function toInventory(resourceClass: string, sent: SentInventory, used: number): Inventory {
  const { total, reserved, min_unit, max_unit, step_size, allocation_ratio } = sent;
  const units = { minUnit: min_unit, maxUnit: max_unit, stepSize: step_size };
  return { resourceClass, total, reserved, ...units, allocationRatio: allocation_ratio, used };
}

/** All of it may be reserved since 1.26. */
function requireCapacity({ id }: Provider, inventory: Inventory, version: number): void {
  const capacity = capacityOf(inventory);
  if (capacity > 0 || (capacity === 0 && version >= 26)) return;
  const why = version >= 26 ? 'more of it is reserved than there is' : 'as much of it is reserved as there is';
  const message = `Invalid inventory for ${inventory.resourceClass} on resource provider ${id}: ${why}.`;
  throw badRequest(message, { field: 'reserved' });
}
