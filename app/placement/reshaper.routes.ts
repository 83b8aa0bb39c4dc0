import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { holdingOf } from './allocation.routes.ts';
import { consumersBody } from './allocation.schema.ts';
import type { AllocationService } from './allocation.service.ts';
import { type InventoryService, missingIn, type Wanted } from './inventory.service.ts';
import { badRequest, eachOnce } from './placement.errors.ts';
import { dashed, filled, inventoriesBody, uuidKey } from './placement.schema.ts';
import { type ProviderService, requireGeneration } from './provider.service.ts';

const body = (version: number) =>
  z.strictObject({ inventories: filled(uuidKey, inventoriesBody), allocations: consumersBody(version, true) });

export interface ReshaperRouteParts {
  database: Database;
  providers: ProviderService;
  inventories: InventoryService;
  allocations: AllocationService;
}

/** Inventories of several providers and what is held of them, changed at once (1.30): all of it, or nothing. */
export function reshaperRoutes({
  database,
  providers,
  inventories,
  allocations,
}: ReshaperRouteParts): RouteDefinition[] {
  return [
    route({
      method: 'POST',
      path: '/reshaper',
      since: 30,
      status: 204,
      rule: 'placement:reshaper:reshape',
      body,
      handler: async ({ context, body: sent, version }) => {
        const wanted = eachOnce(
          Object.entries(sent.inventories).map(([id, of]) => [dashed(id), of] as const),
          'inventories',
        );
        const holdings = Object.entries(sent.allocations).map(([id, one]) => holdingOf(id, one));
        await database.transaction(async (trx) => {
          const known = await providers.repository.load(trx, [...wanted.keys()]);
          const changed = [...wanted].map(([id, { resource_provider_generation, inventories: of }]) => {
            const provider = known.get(id);
            if (!provider) {
              const details = { code: 'providerNotFound', field: 'inventories' } as const;
              throw badRequest(`Resource provider ${id} in inventories not found.`, details);
            }
            requireGeneration(provider, resource_provider_generation);
            return { provider, of: of as Wanted };
          });
          // What is to go is still there while allocations leave it, and what is new is there before they come.
          for (const { provider, of } of changed) await inventories.put(trx, provider, of, version);
          await allocations.write(trx, context, holdings);
          for (const { provider, of } of changed) {
            await inventories.remove(trx, provider, missingIn(provider, of));
            await providers.repository.raise(trx, provider);
            await providers.tell(trx, context, provider, 'resource_provider.update');
          }
        });
      },
    }),
  ];
}
