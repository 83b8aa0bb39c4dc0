import {
  adoptedSchema,
  adoptSchema,
  removeUnclaimedSchema,
  unclaimedListSchema,
  unclaimedQuerySchema,
} from '../contract/unclaimed.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { UnclaimedService } from './unclaimed.service.ts';

/** `/v1/unclaimed`: what was found and nobody knows. */
export function unclaimedRoutes(unclaimed: UnclaimedService): RouteDefinition[] {
  return [
    route({
      method: 'GET',
      path: '/unclaimed',
      rule: 'v1:unclaimed:list',
      query: unclaimedQuerySchema,
      answer: unclaimedListSchema,
      handler: async ({ query }) => await unclaimed.list(query),
    }),
    route({
      method: 'POST',
      path: '/unclaimed/:id/adopt',
      rule: 'v1:unclaimed:adopt',
      body: adoptSchema,
      status: 202,
      answer: adoptedSchema,
      summary: 'Makes a server or an image of a project of it, as it is.',
      handler: async ({ context, params, body }) => await unclaimed.adopt(context, params.id, body.projectId),
    }),
    route({
      method: 'DELETE',
      path: '/unclaimed/:id',
      rule: 'v1:unclaimed:remove',
      query: removeUnclaimedSchema,
      summary: 'It goes at once, or as soon as its host is there.',
      handler: async ({ context, params, query }) => await unclaimed.remove(context, params.id, query.name),
    }),
  ];
}
