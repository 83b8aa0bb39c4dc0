import { z } from 'zod';
import { versionListSchema, versionSchema } from '../http/link.schema.ts';
import { type RouteDefinition, route } from '../http/route.ts';

/** The highest microversion whose differences all routes here follow. */
export const MAX_MICROVERSION = 96;
export const MIN_MICROVERSION = 1;

function versionView(origin: string) {
  return {
    id: 'v2.1',
    status: 'CURRENT',
    version: `2.${MAX_MICROVERSION}`,
    min_version: `2.${MIN_MICROVERSION}`,
    updated: '2013-07-23T11:33:21Z',
    links: [{ rel: 'self', href: `${origin}/compute/v2.1/` }],
  };
}

/** `/compute`: which versions there are. Nova answers 200 at the root. */
export function versionListRoutes(): RouteDefinition[] {
  return [
    route({
      method: 'GET',
      path: '/compute',
      rule: 'os_compute_api:versions',
      isPublic: true,
      answer: versionListSchema,
      handler: async ({ origin }) => ({ versions: [versionView(origin)] }),
    }),
  ];
}

/** `/compute/v2.1`: what clients read to learn the microversions. */
export function versionRoutes(): RouteDefinition[] {
  const type = 'application/vnd.openstack.compute+json;version=2.1';
  return [
    route({
      method: 'GET',
      path: '',
      rule: 'os_compute_api:versions',
      isPublic: true,
      answer: z.strictObject({ version: versionSchema }),
      handler: async ({ origin }) => {
        const view = versionView(origin);
        const described = { rel: 'describedby', type: 'text/html', href: 'https://docs.openstack.org/' };
        return {
          version: {
            ...view,
            links: [...view.links, described],
            'media-types': [{ base: 'application/json', type }],
          },
        };
      },
    }),
  ];
}
