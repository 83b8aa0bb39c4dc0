import { versionListSchema } from '../http/link.schema.ts';
import { type RouteDefinition, route, type ServiceDefinition } from '../http/route.ts';
import { PREFIX } from './cinder.resource.ts';
import { type DefaultTypes, defaultTypeRoutes } from './default-type.resource.ts';
import { type GroupTypes, groupTypeRoutes } from './group-type.resource.ts';
import { qosSpecsRoutes } from './qos-specs.resource.ts';
import type { QosSpecsService } from './qos-specs.service.ts';
import { type VolumeFactParts, volumeFactRoutes } from './volume-facts.routes.ts';
import { volumeQuotaRoutes } from './volume-quota.routes.ts';
import { volumeTypeRoutes } from './volume-type.resource.ts';
import type { VolumeTypeService } from './volume-type.service.ts';

/** The highest microversion whose differences all routes here follow. */
const MAX_MICROVERSION = 70;

export interface VolumeRouteParts extends VolumeFactParts {
  volumes: {
    types: VolumeTypeService;
    defaults: DefaultTypes;
    qosSpecs: QosSpecsService;
    groupTypes: GroupTypes;
  };
}

/** What the edge registers: the list of versions, and version 3 of the Block Storage API as far as there is one. */
export function volumeDefinitions(parts: VolumeRouteParts): ServiceDefinition[] {
  const { quota, volumes } = parts;
  const service = { type: 'block-storage', faults: 'nova', requestIdHeader: 'x-compute-request-id' } as const;
  return [
    { name: 'volume-versions', prefix: '', root: '/volume', ...service, routes: [versionRoute('/volume', 300)] },
    {
      ...{ name: 'volume', prefix: PREFIX, root: PREFIX, ...service },
      takesProjectId: true,
      microversions: { type: 'volume', major: 3, min: 0, max: MAX_MICROVERSION },
      routes: [
        versionRoute('', 200),
        ...volumeFactRoutes(parts),
        ...volumeTypeRoutes(volumes),
        ...defaultTypeRoutes(volumes),
        ...qosSpecsRoutes(volumes),
        ...groupTypeRoutes(volumes),
        ...volumeQuotaRoutes({ quota, ...volumes }),
      ],
    },
  ];
}

/** What clients read to learn the microversions; above the versions it is one of several, as Cinder has it. */
function versionRoute(path: string, status: 200 | 300): RouteDefinition {
  return route({
    ...{ method: 'GET', path, rule: 'volume:versions', isPublic: true, status, answer: versionListSchema },
    handler: async ({ origin }) => ({
      versions: [
        {
          id: 'v3.0',
          status: 'CURRENT',
          version: `3.${MAX_MICROVERSION}`,
          min_version: '3.0',
          updated: '2023-08-31T00:00:00Z',
          links: [
            { rel: 'describedby', type: 'text/html', href: 'https://docs.openstack.org/' },
            { rel: 'self', href: `${origin}${PREFIX}/` },
          ],
          'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.volume+json;version=3' }],
        },
      ],
    }),
  });
}
