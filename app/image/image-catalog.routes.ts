import { catalogImportSchema, catalogListSchema } from '../contract/v1.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { ImageService } from './image.service.ts';

/** `/v1/image-catalog`: images that are known and can be had. */
export function imageCatalogRoutes(images: Pick<ImageService, 'listCatalog' | 'importFromCatalog'>): RouteDefinition[] {
  return [
    route({
      method: 'GET',
      path: '/image-catalog',
      rule: 'v1:image_catalog:list',
      answer: catalogListSchema,
      handler: async ({ context }) => ({ entries: await images.listCatalog(context) }),
    }),
    route({
      method: 'POST',
      path: '/image-catalog/:id/import',
      rule: 'v1:image_catalog:import',
      isLongWork: true,
      status: 202,
      answer: catalogImportSchema,
      summary: 'Of whoever may publish images the image is public, else private.',
      handler: ({ context, params, allows }) =>
        images.importFromCatalog(context, params.id, allows('publicize_image') ? 'public' : 'private'),
    }),
  ];
}
