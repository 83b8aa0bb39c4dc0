import { versionListSchema } from '../http/link.schema.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { missing } from '../resource/missing.ts';
import type { ImageService } from './image.service.ts';
import {
  importInfoAnswer,
  schemaAnswer,
  storesAnswer,
  storesDetailAnswer,
  usageAnswer,
} from './image-answer.schema.ts';
import { IMAGE_SCHEMAS } from './image-schemas.view.ts';
import { STORE } from './image-store.ts';
import { METADEF_SCHEMAS } from './metadef/metadef-schemas.view.ts';

/** What Glance tells of itself: versions, schemas, stores, ways of import, how much a project uses. */
export function informationRoutes(images: ImageService): RouteDefinition[] {
  const store = { id: STORE, description: 'Files of the controller.', default: 'true' };
  return [
    versions('', 300),
    versions('/versions', 200),
    versions('/v2', 300),
    schemas('/v2/schemas/:name', IMAGE_SCHEMAS),
    schemas('/v2/schemas/metadefs/:name', METADEF_SCHEMAS),
    route({
      method: 'GET',
      path: '/v2/info/import',
      rule: 'get_image_import',
      // Glance's import is not offered: images come by upload or from the catalogue.
      answer: importInfoAnswer,
      handler: async () => ({
        'import-methods': { description: 'Import methods available.', type: 'array', value: [] },
      }),
    }),
    route({
      method: 'GET',
      path: '/v2/info/stores',
      rule: 'get_stores',
      answer: storesAnswer,
      handler: async () => ({ stores: [store] }),
    }),
    route({
      method: 'GET',
      path: '/v2/info/stores/detail',
      rule: 'stores_info_detail',
      answer: storesDetailAnswer,
      handler: async () => ({
        stores: [{ ...store, type: 'file', weight: 0, properties: images.information.storeProperties() }],
      }),
    }),
    route({
      method: 'GET',
      path: '/v2/info/usage',
      rule: 'get_usage',
      answer: usageAnswer,
      handler: async ({ context }) => ({ usage: await images.information.usage(context) }),
    }),
    ...cacheRoutes(),
  ];
}

/** Without a cache of its own, Glance knows these paths and says that there is none. */
function cacheRoutes(): RouteDefinition[] {
  const CACHE = [
    ['GET', '/v2/cache', 'cache_list'],
    ['DELETE', '/v2/cache', 'cache_delete'],
    ['PUT', '/v2/cache/:id', 'cache_image'],
    ['DELETE', '/v2/cache/:id', 'cache_delete'],
  ] as const;
  return CACHE.map(([method, path, rule]) =>
    route({
      method,
      path,
      rule,
      handler: async () => {
        throw missing('Caching via API is not supported at this site.');
      },
    }),
  );
}

function schemas(path: string, known: Readonly<Record<string, object>>): RouteDefinition {
  return route({
    method: 'GET',
    path,
    rule: 'get_schema',
    answer: schemaAnswer,
    handler: async ({ params }) => {
      const name = params.name as string;
      const schema = Object.hasOwn(known, name) ? known[name] : undefined;
      if (!schema) throw missing('The resource could not be found.');
      return schema;
    },
  });
}

function versions(path: string, status: number): RouteDefinition {
  return route({
    method: 'GET',
    path,
    rule: 'versions:get',
    isPublic: true,
    status,
    answer: versionListSchema,
    handler: async ({ origin }) => ({ versions: versionList(origin) }),
  });
}

/** As Glance with one store and without a cache: 2.14 and 2.16 are the cache's. */
const MINORS = [17, 15, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0];

function versionList(origin: string) {
  const links = [{ rel: 'self', href: `${origin}/image/v2/` }];
  return MINORS.map((minor, index) => ({ id: `v2.${minor}`, status: index === 0 ? 'CURRENT' : 'SUPPORTED', links }));
}
