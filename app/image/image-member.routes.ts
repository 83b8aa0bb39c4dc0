import { z } from 'zod';
import { type RouteDefinition, route } from '../http/route.ts';
import type { ImageService } from './image.service.ts';
import { imageTarget } from './image.target.ts';
import { MEMBER_STATUSES } from './image.values.ts';
import { toMemberView } from './image.view.ts';
import { memberListAnswer, memberSchema } from './image-answer.schema.ts';

/** `/v2/images/{id}/members`. */
export function memberRoutes(images: ImageService): RouteDefinition[] {
  const { members } = images;
  const target = imageTarget(images);
  return [
    route({
      method: 'POST',
      path: '/v2/images/:id/members',
      rule: 'add_member',
      target,
      body: z.looseObject({ member: z.string().min(1).max(255) }),
      answer: memberSchema,
      handler: async ({ context, params, body }) =>
        toMemberView(await members.add(context, params.id ?? '', body.member)),
    }),
    route({
      method: 'GET',
      path: '/v2/images/:id/members',
      rule: 'get_members',
      target,
      answer: memberListAnswer,
      handler: async ({ context, params }) => ({
        members: (await members.list(context, params.id ?? '')).map(toMemberView),
        schema: '/v2/schemas/members',
      }),
    }),
    route({
      method: 'GET',
      path: '/v2/images/:id/members/:memberId',
      rule: 'get_member',
      target,
      answer: memberSchema,
      handler: async ({ context, params }) =>
        toMemberView(await members.get(context, params.id ?? '', params.memberId ?? '')),
    }),
    route({
      method: 'PUT',
      path: '/v2/images/:id/members/:memberId',
      rule: 'modify_member',
      target: async (request) => ({ ...(await target(request)), member_id: request.params.memberId }),
      body: z.looseObject({ status: z.enum(MEMBER_STATUSES) }),
      answer: memberSchema,
      handler: async ({ context, params, body }) =>
        toMemberView(await members.setStatus(context, params.id ?? '', params.memberId ?? '', body.status)),
    }),
    route({
      method: 'DELETE',
      path: '/v2/images/:id/members/:memberId',
      rule: 'delete_member',
      target,
      handler: async ({ context, params }) => await members.remove(context, params.id ?? '', params.memberId ?? ''),
    }),
  ];
}
