import { z } from 'zod';
import { type RouteDefinition, route } from '../http/route.ts';
import { bad } from './image.schema.ts';
import type { ImageService } from './image.service.ts';
import { toMemberView } from './image.view.ts';
import { memberListAnswer, memberSchema } from './image-answer.schema.ts';

/** `/v2/images/{id}/members`. */
export function memberRoutes({ members }: ImageService): RouteDefinition[] {
  return [
    route({
      method: 'POST',
      path: '/v2/images/:id/members',
      rule: 'add_member',
      body: z.unknown(),
      answer: memberSchema,
      handler: async ({ context, params, body }) => {
        const memberId = memberOf(body);
        return toMemberView(await members.add(context, params.id ?? '', memberId));
      },
    }),
    route({
      method: 'GET',
      path: '/v2/images/:id/members',
      rule: 'get_members',
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
      answer: memberSchema,
      handler: async ({ context, params }) =>
        toMemberView(await members.get(context, params.id ?? '', params.memberId ?? '')),
    }),
    route({
      method: 'PUT',
      path: '/v2/images/:id/members/:memberId',
      rule: 'modify_member',
      body: z.unknown(),
      answer: memberSchema,
      handler: async ({ context, params, body }) => {
        if (!isObject(body) || !('status' in body)) throw bad('Status not specified', 'status');
        return toMemberView(await members.setStatus(context, params.id ?? '', params.memberId ?? '', body.status));
      },
    }),
    route({
      method: 'DELETE',
      path: '/v2/images/:id/members/:memberId',
      rule: 'delete_member',
      handler: async ({ context, params }) => await members.remove(context, params.id ?? '', params.memberId ?? ''),
    }),
  ];
}

function memberOf(body: unknown): string {
  if (!isObject(body) || !('member' in body)) throw bad('Member to be added not specified', 'member');
  const { member } = body;
  if (typeof member !== 'string' || member.length > 255) throw bad('Member must be the id of a project', 'member');
  if (member === '') throw bad("Member can't be empty", 'member');
  return member;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
