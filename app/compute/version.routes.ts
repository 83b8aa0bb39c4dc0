import { z } from 'zod';
import { versionListSchema, versionSchema } from '../http/link.schema.ts';
import { type RouteDefinition, route } from '../http/route.ts';

/** The highest microversion whose differences all routes here follow. */
export const MAX_MICROVERSION = 96;
export const MIN_MICROVERSION = 1;

/** By the ids that Nova gives them; 2.0 is 2.1 without microversions. */
const VERSIONS = {
  'v2.0': { path: 'v2', status: 'DEPRECATED', version: '', min_version: '', updated: '2025-07-04T12:00:00Z' },
  'v2.1': {
    path: 'v2.1',
    status: 'CURRENT',
    version: `2.${MAX_MICROVERSION}`,
    min_version: `2.${MIN_MICROVERSION}`,
    updated: '2013-07-23T11:33:21Z',
  },
} as const;
type VersionId = keyof typeof VERSIONS;

function versionView(id: VersionId, origin: string) {
  const { path, ...view } = VERSIONS[id];
  return { id, ...view, links: [{ rel: 'self', href: `${origin}/compute/${path}/` }] };
}

function versionDocument(id: VersionId, origin: string) {
  const view = versionView(id, origin);
  const described = { rel: 'describedby', type: 'text/html', href: 'https://docs.openstack.org/' };
  const type = `application/vnd.openstack.compute+json;version=${id === 'v2.0' ? '2' : '2.1'}`;
  return {
    version: {
      ...view,
      links: [...view.links, described],
      'media-types': [{ base: 'application/json', type }],
    },
  };
}

const rule = 'os_compute_api:versions';
const answer = z.strictObject({ version: versionSchema });

/** `/compute`: which versions there are, where Nova answers 200; and `/compute/v2`. */
export function versionListRoutes(): RouteDefinition[] {
  return [
    route({
      method: 'GET',
      path: '/compute',
      rule,
      isPublic: true,
      answer: versionListSchema,
      handler: async ({ origin }) => ({
        versions: [versionView('v2.0', origin), versionView('v2.1', origin)],
      }),
    }),
    route({
      method: 'GET',
      path: '/compute/v2',
      rule,
      isPublic: true,
      answer,
      handler: async ({ origin }) => versionDocument('v2.0', origin),
    }),
  ];
}

/** `/compute/v2.1`: what clients read to learn the microversions. */
export function versionRoutes(): RouteDefinition[] {
  return [
    route({
      method: 'GET',
      path: '',
      rule,
      isPublic: true,
      answer,
      handler: async ({ origin }) => versionDocument('v2.1', origin),
    }),
    ...(['v2.0', 'v2.1'] as const).map((id) =>
      route({
        method: 'GET',
        path: `/versions/${id}`,
        rule,
        isPublic: true,
        answer,
        handler: async ({ origin }) => versionDocument(id, origin),
      }),
    ),
  ];
}
