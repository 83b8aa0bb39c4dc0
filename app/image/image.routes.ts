import { UserError } from '../contract/errors.ts';
import { type ApiRequest, type RouteDefinition, route, type ServiceDefinition } from '../http/route.ts';
import { pageLinks } from './glance.resource.ts';
import { bad, newImageSchema, parseNewImage } from './image.schema.ts';
import type { ImageService } from './image.service.ts';
import { imageTarget } from './image.target.ts';
import { toImageView } from './image.view.ts';
import { imageListAnswer, imageSchema } from './image-answer.schema.ts';
import { dataRoutes } from './image-data.routes.ts';
import { informationRoutes } from './image-information.routes.ts';
import { imageListQuery, parseImageListQuery } from './image-list.query.ts';
import { memberRoutes } from './image-member.resource.ts';
import { PATCH_TYPES, type PatchDraft, parsePatch, patchSchema } from './image-patch.ts';
import { taskRoutes } from './image-task.routes.ts';
import { metadefRoutes } from './metadef/metadef.routes.ts';

/** Glance's API v2, `/image/v2`. */
export function imageRoutes({ images }: { images: ImageService }): ServiceDefinition {
  return {
    name: 'image',
    prefix: '/image',
    root: '/image',
    faults: 'glance',
    emptyIdsBelow: '/image/v2/',
    routes: [
      ...recordRoutes(images),
      ...dataRoutes(images),
      ...memberRoutes(images),
      ...metadefRoutes(images),
      ...taskRoutes(images),
      ...informationRoutes(images),
    ],
  };
}

function recordRoutes(images: ImageService): RouteDefinition[] {
  const { records } = images;
  const target = imageTarget(images);
  return [
    route({
      method: 'POST',
      path: '/v2/images',
      rule: 'add_image',
      target: async ({ context, body }) => {
        const owner = body.owner === undefined ? context.projectId : body.owner;
        return { project_id: owner, owner };
      },
      body: newImageSchema,
      status: 201,
      answer: imageSchema,
      handler: async ({ context, body, reply, origin, enforce }) => {
        const wanted = parseNewImage(body);
        requireVisibility(enforce, wanted.attributes.visibility);
        const image = await records.create(context, wanted);
        reply.header('location', `${origin}/image/v2/images/${image.id}`);
        return toImageView(image);
      },
    }),
    route({
      method: 'GET',
      path: '/v2/images',
      rule: 'get_images',
      query: imageListQuery,
      answer: imageListAnswer,
      handler: async (request) => {
        const query = parseImageListQuery(searchParams(request));
        const images = await records.list(request.context, query);
        return {
          images: images.map(toImageView),
          ...pageLinks(request, images.length === query.limit ? images.at(-1)?.id : undefined),
          schema: '/v2/schemas/images',
        };
      },
    }),
    route({
      method: 'GET',
      path: '/v2/images/:id',
      rule: 'get_image',
      target,
      answer: imageSchema,
      handler: async ({ context, params }) => toImageView(await records.get(context, params.id)),
    }),
    route({
      method: 'PATCH',
      path: '/v2/images/:id',
      rule: 'modify_image',
      target,
      bodyTypes: Object.keys(PATCH_TYPES),
      body: patchSchema,
      answer: imageSchema,
      handler: async (request) => {
        const draft = draftOf(request);
        if (request.body === undefined) throw bad('Body expected in request.');
        const changes = parsePatch(request.body, draft);
        const about = await target(request);
        const enforce = (rule: string) => request.enforce(rule, about);
        for (const { name, value } of changes) if (name === 'visibility') requireVisibility(enforce, value);
        return toImageView(await records.update(request.context, request.params.id, changes, draft));
      },
    }),
    route({
      method: 'DELETE',
      path: '/v2/images/:id',
      rule: 'delete_image',
      target,
      handler: async ({ context, params }) => await records.delete(context, params.id),
    }),
    route({
      method: 'PUT',
      path: '/v2/images/:id/tags/:tag',
      rule: 'modify_image',
      target,
      handler: async ({ context, params }) => await records.addTag(context, params.id, params.tag),
    }),
    route({
      method: 'DELETE',
      path: '/v2/images/:id/tags/:tag',
      rule: 'modify_image',
      target,
      handler: async ({ context, params }) => await records.removeTag(context, params.id, params.tag),
    }),
    route({
      method: 'POST',
      path: '/v2/images/:id/actions/deactivate',
      rule: 'deactivate',
      target,
      handler: async ({ context, params }) => await records.setActive(context, params.id, false),
    }),
    route({
      method: 'POST',
      path: '/v2/images/:id/actions/reactivate',
      rule: 'reactivate',
      target,
      handler: async ({ context, params }) => await records.setActive(context, params.id, true),
    }),
  ];
}

/** Glance has a rule for each way of showing an image beyond its project. */
function requireVisibility(enforce: (rule: string) => void, visibility: unknown): void {
  if (visibility === 'public') enforce('publicize_image');
  if (visibility === 'community') enforce('communitize_image');
}

function draftOf({ raw, reply }: ApiRequest<unknown, unknown>): PatchDraft {
  const type = (raw.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  const found = Object.entries(PATCH_TYPES).find(([name]) => name === type);
  if (found) return found[1];
  const allowed = Object.keys(PATCH_TYPES).join(', ');
  reply.header('accept-patch', allowed);
  throw new UserError('unsupported_media_type', `Image PATCH expects Content-Type one of: ${allowed}`);
}

function searchParams({ raw }: ApiRequest<unknown, unknown>): URLSearchParams {
  return new URL(raw.url, 'http://localhost').searchParams;
}
