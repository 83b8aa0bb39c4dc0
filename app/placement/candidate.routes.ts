import { z } from 'zod';
import { since } from '../http/microversion.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { type CandidateQuery, candidateQuery, readCandidateQuery } from './candidate.query.ts';
import { type Candidate, searchCandidates } from './candidate.search.ts';
import { fresh } from './placement.route.ts';
import { amountsView } from './placement.schema.ts';
import { capacityOf, type Provider } from './provider.repository.ts';
import type { ProviderService } from './provider.service.ts';
import type { Vocabulary } from './vocabulary.service.ts';

const count = z.number().int();
const view = (version: number) =>
  z.strictObject({
    allocation_requests: z.array(
      z.strictObject({
        allocations:
          version >= 12
            ? z.record(z.string(), z.strictObject({ resources: amountsView }))
            : z.array(
                z.strictObject({ resource_provider: z.strictObject({ uuid: z.string() }), resources: amountsView }),
              ),
        ...since(version, 34, { mappings: z.record(z.string(), z.array(z.string())) }),
      }),
    ),
    provider_summaries: z.record(
      z.string(),
      z
        .strictObject({
          resources: z.record(z.string(), z.strictObject({ capacity: count, used: count })),
          ...since(version, 17, { traits: z.array(z.string()) }),
          ...since(version, 29, { parent_provider_uuid: z.string().nullable(), root_provider_uuid: z.string() }),
        })
        .meta({ title: 'ProviderSummary' }),
    ),
  });

/** A list until 1.11, by the providers since. */
function requestOf({ amounts, mappings }: Candidate, version: number) {
  const taken = [...amounts].map(([{ id }, of]) => [id, { resources: Object.fromEntries(of) }] as const);
  if (version < 12) {
    return { allocations: taken.map(([uuid, { resources }]) => ({ resource_provider: { uuid }, resources })) };
  }
  const mapped = [...mappings].map(([suffix, providers]) => [suffix, providers.map(({ id }) => id)]);
  return { allocations: Object.fromEntries(taken), ...(version >= 34 && { mappings: Object.fromEntries(mapped) }) };
}

/** Of all providers in the trees that candidates are of; before 1.29 of those only that are in one. */
function summariesOf(known: Iterable<Provider>, found: readonly Candidate[], query: CandidateQuery, version: number) {
  const used = new Set(found.flatMap(({ amounts }) => [...amounts.keys()]));
  const roots = new Set([...used].map(({ rootId }) => rootId));
  const asked = new Set(query.groups.flatMap(({ resources }) => [...resources.keys()]));
  const shown = [...known].filter((provider) => (version >= 29 ? roots.has(provider.rootId) : used.has(provider)));
  const summaries = shown.map(({ id, inventories, traits, parentId, rootId }) => {
    const wanted = [...inventories.values()].filter((each) => version >= 27 || asked.has(each.resourceClass));
    const resources = wanted.map((each) => [each.resourceClass, { capacity: capacityOf(each), used: each.used }]);
    const summary = {
      resources: Object.fromEntries(resources),
      ...(version >= 17 && { traits }),
      ...(version >= 29 && { parent_provider_uuid: parentId, root_provider_uuid: rootId }),
    };
    return [id, summary];
  });
  return Object.fromEntries(summaries);
}

export interface CandidateRouteParts {
  providers: ProviderService;
  vocabulary: Vocabulary;
}

/** From where what somebody wants could come (1.10). */
export function candidateRoutes({ providers, vocabulary }: CandidateRouteParts): RouteDefinition[] {
  return [
    route({
      method: 'GET',
      path: '/allocation_candidates',
      since: 10,
      rule: 'placement:allocation_candidates:list',
      query: candidateQuery,
      answer: view,
      handler: async (request) => {
        const { version } = request;
        const query = readCandidateQuery(request.query, version);
        const wishes = [query.root, ...query.groups];
        await vocabulary.requireTraits(wishes.flatMap(({ required, forbidden }) => [...required.flat(), ...forbidden]));
        await vocabulary.requireClasses(
          query.groups.flatMap(({ resources }) => [...resources.keys()]),
          'resources',
        );
        const known = await providers.repository.load();
        const found = await searchCandidates(known, query);
        return fresh(request, {
          allocation_requests: found.map((candidate) => requestOf(candidate, version)),
          provider_summaries: summariesOf(known.values(), found, query, version),
        });
      },
    }),
  ];
}
