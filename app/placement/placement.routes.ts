import { z } from 'zod';
import { type RouteDefinition, route, type ServiceDefinition } from '../http/route.ts';
import { type AllocationRouteParts, allocationRoutes } from './allocation.routes.ts';
import { candidateRoutes } from './candidate.routes.ts';
import { type InventoryRouteParts, inventoryRoutes } from './inventory.routes.ts';
import { fresh, PREFIX } from './placement.route.ts';
import { providerRoutes } from './provider.routes.ts';
import { providerPartRoutes } from './provider-part.routes.ts';
import { type ReshaperRouteParts, reshaperRoutes } from './reshaper.routes.ts';
import { type VocabularyRouteParts, vocabularyRoutes } from './vocabulary.routes.ts';

/** The highest microversion there is: all differences up to it are followed. */
const MAX_MICROVERSION = 39;

export interface PlacementRouteParts {
  placement: VocabularyRouteParts & InventoryRouteParts & AllocationRouteParts & ReshaperRouteParts;
}

/** What the edge registers: the Placement API. */
export function placementDefinitions({ placement }: PlacementRouteParts): ServiceDefinition[] {
  return [
    {
      ...{ name: 'placement', prefix: PREFIX, root: PREFIX, faults: 'placement', asksRightsFirst: true },
      microversions: { type: 'placement', major: 1, min: 0, max: MAX_MICROVERSION },
      routes: [
        versionRoute(),
        ...providerRoutes(placement),
        ...inventoryRoutes(placement),
        ...providerPartRoutes(placement),
        ...vocabularyRoutes(placement),
        ...allocationRoutes(placement),
        ...candidateRoutes(placement),
        ...reshaperRoutes(placement),
      ],
    },
  ];
}

const versionView = z
  .strictObject({
    id: z.string(),
    status: z.string(),
    min_version: z.string(),
    max_version: z.string(),
    links: z.array(z.strictObject({ rel: z.string(), href: z.string() })),
  })
  .meta({ title: 'PlacementVersion' });

/** The root, which is the one version too; the link is relative to it, as in Placement. */
function versionRoute(): RouteDefinition {
  return route({
    ...{ method: 'GET', path: '', rule: 'placement:versions', isPublic: true },
    answer: z.strictObject({ versions: z.array(versionView) }),
    handler: async (request) =>
      fresh(request, {
        versions: [
          {
            id: 'v1.0',
            status: 'CURRENT',
            min_version: '1.0',
            max_version: `1.${MAX_MICROVERSION}`,
            links: [{ rel: 'self', href: '' }],
          },
        ],
      }),
  });
}
