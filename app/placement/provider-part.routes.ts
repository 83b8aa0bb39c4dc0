import { z } from 'zod';
import { since } from '../http/microversion.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { type Frame, fresh } from './placement.route.ts';
import { amountsView, generationField, uuidField } from './placement.schema.ts';
import type { Provider } from './provider.repository.ts';
import type { ProviderService } from './provider.service.ts';

const AGGREGATES = '/resource_providers/:uuid/aggregates';
const TRAITS = '/resource_providers/:uuid/traits';

const count = z.number().int();
const aggregatesView = (version: number) =>
  z.strictObject({ aggregates: z.array(z.string()), ...since(version, 19, { resource_provider_generation: count }) });
const aggregateList = z
  .array(uuidField)
  .refine((ids) => new Set(ids).size === ids.length, 'The same aggregate is there twice')
  .meta({ uniqueItems: true });
/** A list alone before 1.19, and nothing says which generation it is a change of. */
const aggregatesBody = (version: number) =>
  version < 19
    ? aggregateList.transform((aggregates) => ({ aggregates, resource_provider_generation: undefined }))
    : z.strictObject({ aggregates: aggregateList, resource_provider_generation: generationField });

const traitsView = z.strictObject({ traits: z.array(z.string()), resource_provider_generation: count });
const traitsBody = z.strictObject({
  traits: z.array(z.string().min(1).max(255)),
  resource_provider_generation: generationField,
});

function aggregatesOf(request: Frame, { aggregates, generation }: Provider) {
  return fresh(request, { aggregates, ...(request.version >= 19 && { resource_provider_generation: generation }) });
}

function traitsOf(request: Frame, { traits, generation, updatedAt }: Provider) {
  return fresh(request, { traits, resource_provider_generation: generation }, updatedAt);
}

/** Which aggregates a provider is in, what it is (traits), and how much of it is used. */
export function providerPartRoutes({ providers }: { providers: ProviderService }): RouteDefinition[] {
  const { repository } = providers;
  const rule = (verb: string) => `placement:resource_providers:${verb}`;
  return [
    route({
      method: 'GET',
      path: AGGREGATES,
      since: 1,
      rule: rule('aggregates:list'),
      answer: aggregatesView,
      handler: async (request) => aggregatesOf(request, await repository.get(request.params.uuid)),
    }),
    route({
      method: 'PUT',
      path: AGGREGATES,
      since: 1,
      rule: rule('aggregates:update'),
      body: aggregatesBody as (
        version: number,
      ) => z.ZodType<{ aggregates: string[]; resource_provider_generation: number | undefined }>,
      answer: aggregatesView,
      handler: async (request) => {
        const { context, params, body, version } = request;
        const how = { generation: body.resource_provider_generation, raises: version >= 19 };
        return aggregatesOf(request, await providers.setAggregates(context, params.uuid, body.aggregates, how));
      },
    }),
    route({
      method: 'GET',
      path: TRAITS,
      since: 6,
      rule: rule('traits:list'),
      answer: traitsView,
      handler: async (request) => traitsOf(request, await repository.get(request.params.uuid)),
    }),
    route({
      method: 'PUT',
      path: TRAITS,
      since: 6,
      rule: rule('traits:update'),
      body: traitsBody,
      answer: traitsView,
      handler: async (request) => {
        const { context, params, body } = request;
        const generation = body.resource_provider_generation;
        return traitsOf(request, await providers.setTraits(context, params.uuid, body.traits, generation));
      },
    }),
    route({
      method: 'DELETE',
      path: TRAITS,
      since: 6,
      rule: rule('traits:delete'),
      handler: async ({ context, params }) => {
        await providers.setTraits(context, params.uuid, []);
      },
    }),
    route({
      method: 'GET',
      path: '/resource_providers/:uuid/usages',
      rule: rule('usages'),
      answer: z.strictObject({ resource_provider_generation: count, usages: amountsView }),
      handler: async (request) => {
        const { generation, inventories } = await repository.get(request.params.uuid);
        const usages = Object.fromEntries([...inventories].map(([name, { used }]) => [name, used]));
        return fresh(request, { resource_provider_generation: generation, usages });
      },
    }),
  ];
}
