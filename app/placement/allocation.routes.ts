import { z } from 'zod';
import { since } from '../http/microversion.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import {
  allocationBody,
  consumersBody,
  consumerView,
  providerAllocationsView,
  type SentConsumer,
} from './allocation.schema.ts';
import type { AllocationService, Holding } from './allocation.service.ts';
import { badRequest, eachOnce } from './placement.errors.ts';
import { fresh } from './placement.route.ts';
import { dashed, isUuid } from './placement.schema.ts';
import type { ProviderService } from './provider.service.ts';

/** Project and user of consumers that were made before 1.8. */
const NOBODY = '00000000-0000-0000-0000-000000000000';
/** As the type of consumers that have none is told. */
const UNKNOWN = 'unknown';

/** What was sent of a consumer, in whatever shape a microversion has it. */
export function holdingOf(consumerId: string, sent: SentConsumer): Holding {
  const { allocations, project_id = NOBODY, user_id = NOBODY, consumer_generation, consumer_type } = sent;
  const of = Array.isArray(allocations)
    ? allocations.map(({ resource_provider, resources }) => [resource_provider.uuid, { resources }] as const)
    : Object.entries(allocations).map(([id, amounts]) => [dashed(id), amounts] as const);
  return {
    ...{ consumerId: dashed(consumerId), projectId: project_id, userId: user_id },
    ...{ type: consumer_type, generation: consumer_generation, of: eachOnce(of, 'allocations') },
  };
}

const CONSUMER = '/allocations/:consumer_uuid';

export interface AllocationRouteParts {
  providers: ProviderService;
  allocations: AllocationService;
}

/** Who holds what: by consumer, by provider, and the sums of a project. */
export function allocationRoutes({ providers, allocations }: AllocationRouteParts): RouteDefinition[] {
  const { repository } = allocations;
  const rule = (verb: string) => `placement:allocations:${verb}`;
  return [
    route({
      method: 'GET',
      path: CONSUMER,
      rule: rule('list'),
      answer: consumerView,
      handler: async (request) => {
        const { params, version } = request;
        const consumer = (await repository.consumers([params.consumer_uuid])).get(params.consumer_uuid);
        if (!consumer || consumer.held.length === 0) return fresh(request, { allocations: {} });
        const { projectId, userId, generation, type, held, updatedAt } = consumer;
        const known = await providers.repository.load(undefined, [
          ...new Set(held.map(({ providerId }) => providerId)),
        ]);
        const of = Map.groupBy(held, ({ providerId }) => providerId);
        const body = {
          allocations: Object.fromEntries(
            [...known.values()].map((provider) => [
              provider.id,
              {
                generation: provider.generation,
                resources: Object.fromEntries(
                  (of.get(provider.id) ?? []).map((each) => [each.resourceClass, each.used]),
                ),
              },
            ]),
          ),
          ...(version >= 12 && { project_id: projectId, user_id: userId }),
          ...(version >= 28 && { consumer_generation: generation }),
          ...(version >= 38 && { consumer_type: type ?? UNKNOWN }),
        };
        return fresh(request, body, updatedAt);
      },
    }),
    route({
      method: 'PUT',
      path: CONSUMER,
      rule: rule('update'),
      body: allocationBody,
      handler: async ({ context, params, body }) => {
        const id = params.consumer_uuid;
        if (!isUuid(id)) {
          throw badRequest(`Malformed consumer_uuid: ${id.slice(0, 100)}.`, { field: 'consumer_uuid' });
        }
        await allocations.replace(context, [holdingOf(id, body)]);
      },
    }),
    route({
      method: 'DELETE',
      path: CONSUMER,
      rule: rule('delete'),
      handler: async ({ context, params }) => await allocations.delete(context, params.consumer_uuid),
    }),
    route({
      method: 'POST',
      path: '/allocations',
      since: 13,
      status: 204,
      rule: rule('manage'),
      body: (version) => consumersBody(version),
      handler: async ({ context, body }) => {
        await allocations.replace(
          context,
          Object.entries(body).map(([id, sent]) => holdingOf(id, sent)),
        );
      },
    }),
    route({
      method: 'GET',
      path: '/resource_providers/:uuid/allocations',
      rule: 'placement:resource_providers:allocations:list',
      answer: providerAllocationsView,
      handler: async (request) => {
        const { id, hostId, generation } = await providers.repository.get(request.params.uuid);
        const held = await repository.ofProvider(id, hostId);
        const shown = held.map((each) => [
          each.consumerId,
          { resources: each.resources, ...(request.version >= 28 && { consumer_generation: each.generation }) },
        ]);
        const changedAt = held
          .flatMap(({ updatedAt }) => updatedAt ?? [])
          .sort()
          .at(-1);
        const body = { resource_provider_generation: generation, allocations: Object.fromEntries(shown) };
        return fresh(request, body, changedAt);
      },
    }),
    route({
      method: 'GET',
      path: '/usages',
      since: 9,
      rule: 'placement:usages',
      target: async ({ query }) => ({ project_id: query.project_id }),
      query: usagesQuery,
      answer: (version) => z.strictObject({ usages: version >= 38 ? z.record(z.string(), amounts) : amounts }),
      handler: async (request) => {
        const { query, version } = request;
        const asked = query.consumer_type;
        const usages = await repository.usages(query.project_id, query.user_id);
        if (version < 38) return fresh(request, { usages: sumOf([...usages.values()]) });
        const named = [...usages].map(([type, usage]) => [type ?? UNKNOWN, usage] as const);
        const wanted = named.filter(([type]) => asked === undefined || asked === 'all' || type === asked);
        const byType = Map.groupBy(wanted, ([type]) => (asked === 'all' ? asked : type));
        const shown = [...byType].map(([type, of]) => {
          const all = of.map(([, usage]) => usage);
          const consumers = all.reduce((sum, { consumers: each }) => sum + each, 0);
          return [type, { consumer_count: consumers, ...sumOf(all) }];
        });
        return fresh(request, { usages: Object.fromEntries(shown) });
      },
    }),
  ];
}

const owner = z.string().min(1).max(255);
const amounts = z.record(z.string(), z.number().int());
const typeAsked = z
  .string()
  .regex(/^(?:[A-Z0-9_]+|all|unknown)$/, 'A type of consumers, all or unknown')
  .max(255);
const usagesQuery = (version: number) =>
  z.strictObject({
    project_id: owner,
    user_id: owner.optional(),
    ...since(version, 38, { consumer_type: typeAsked.optional() }),
  });

function sumOf(usages: readonly { resources: ReadonlyMap<string, number> }[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { resources } of usages) for (const [name, used] of resources) sums[name] = (sums[name] ?? 0) + used;
  return sums;
}
