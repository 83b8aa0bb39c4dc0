import { UserError } from '../contract/errors.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { missing } from '../resource/missing.ts';
import type { InventoryService } from './inventory.service.ts';
import { type Frame, fresh, located } from './placement.route.ts';
import {
  inventoriesBody,
  inventoriesView,
  inventoryBody,
  inventoryView,
  newInventoryBody,
} from './placement.schema.ts';
import type { Inventory, Provider } from './provider.repository.ts';
import type { ProviderService } from './provider.service.ts';

const PATH = '/resource_providers/:uuid/inventories';
const ONE = `${PATH}/:resource_class`;

function recordOf({ total, reserved, minUnit, maxUnit, stepSize, allocationRatio }: Inventory) {
  const units = { min_unit: minUnit, max_unit: maxUnit, step_size: stepSize };
  return { total, reserved, ...units, allocation_ratio: allocationRatio };
}

function whole(request: Frame, { generation, inventories, updatedAt }: Provider) {
  const records = Object.fromEntries([...inventories].map(([name, inventory]) => [name, recordOf(inventory)]));
  return fresh(request, { resource_provider_generation: generation, inventories: records }, updatedAt);
}

function single(request: Frame, { id, generation, inventories, updatedAt }: Provider, resourceClass: string) {
  const inventory = inventories.get(resourceClass);
  if (!inventory) throw missing(`The provider ${id} has no inventory of ${resourceClass.slice(0, 255)}.`);
  return fresh(request, { ...recordOf(inventory), resource_provider_generation: generation }, updatedAt);
}

export interface InventoryRouteParts {
  providers: ProviderService;
  inventories: InventoryService;
}

/** What a provider has of each resource class. */
export function inventoryRoutes({ providers, inventories }: InventoryRouteParts): RouteDefinition[] {
  const { repository } = providers;
  const rule = (verb: string) => `placement:resource_providers:inventories:${verb}`;
  return [
    route({
      method: 'GET',
      path: PATH,
      rule: rule('list'),
      answer: inventoriesView,
      handler: async (request) => whole(request, await repository.get(request.params.uuid)),
    }),
    route({
      method: 'POST',
      path: PATH,
      rule: rule('create'),
      body: newInventoryBody,
      status: 201,
      answer: inventoryView,
      handler: async (request) => {
        const { context, params, body, version } = request;
        const { resource_class: resourceClass, ...sent } = body;
        const provider = await inventories.add(context, params.uuid, resourceClass, sent, version);
        located(request, `/resource_providers/${provider.id}/inventories/${resourceClass}`);
        return single(request, provider, resourceClass);
      },
    }),
    route({
      method: 'PUT',
      path: PATH,
      rule: rule('update'),
      body: inventoriesBody,
      answer: inventoriesView,
      handler: async (request) => {
        const { context, params, body, version } = request;
        const generation = body.resource_provider_generation;
        return whole(
          request,
          await inventories.replace(context, params.uuid, body.inventories, { generation, version }),
        );
      },
    }),
    route({
      method: 'DELETE',
      path: PATH,
      rule: rule('delete'),
      handler: async ({ context, params, version }) => {
        if (version < 5) {
          throw new UserError('method_not_allowed', 'All inventories at once can be deleted since 1.5.');
        }
        await inventories.replace(context, params.uuid, {}, { version });
      },
    }),
    route({
      method: 'GET',
      path: ONE,
      rule: rule('show'),
      answer: inventoryView,
      handler: async (request) => {
        const { uuid, resource_class } = request.params;
        return single(request, await repository.get(uuid), resource_class);
      },
    }),
    route({
      method: 'PUT',
      path: ONE,
      rule: rule('update'),
      body: inventoryBody,
      answer: inventoryView,
      handler: async (request) => {
        const { context, params, body, version } = request;
        const { uuid, resource_class: name } = params;
        return single(request, await inventories.update(context, uuid, name, body, version), name);
      },
    }),
    route({
      method: 'DELETE',
      path: ONE,
      rule: rule('delete'),
      handler: async ({ context, params }) => await inventories.delete(context, params.uuid, params.resource_class),
    }),
  ];
}
