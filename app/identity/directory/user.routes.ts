import type { z } from 'zod';
import { type ApiRequest, type RouteDefinition, route } from '../../http/route.ts';
import { ANY_TOKEN } from '../delegated-access.ts';
import type { IdentityService } from '../identity.service.ts';
import { toPagedCollection } from '../identity.view.ts';
import type { ListQuery } from '../list-query.ts';
import { DirectoryTargets, domainOf } from './directory.target.ts';
import {
  type CreateUser,
  createUserSchema,
  updateUserSchema,
  userAnswer,
  usersAnswer,
  usersQuery,
} from './user.schema.ts';
import { toUserView } from './user.view.ts';

export function userRoutes({ users, targets }: IdentityService): RouteDefinition[] {
  return [
    route<ListQuery, unknown>({
      method: 'GET',
      path: '/v3/users',
      rule: 'identity:list_users',
      delegated: ANY_TOKEN,
      target: DirectoryTargets.ownDomain,
      query: usersQuery,
      answer: usersAnswer,
      handler: async (request) => {
        const page = await users.list(request.context, request.query);
        return toPagedCollection('users', page, (user) => toUserView(user, request.origin), request);
      },
    }),
    route<unknown, z.infer<typeof createUserSchema>>({
      method: 'POST',
      path: '/v3/users',
      rule: 'identity:create_user',
      delegated: ANY_TOKEN,
      target: async (request) => ({ target: { user: placed(request, request.body.user) } }),
      body: createUserSchema,
      answer: userAnswer,
      status: 201,
      handler: async (request) => {
        const { context, body, origin } = request;
        return { user: toUserView(await users.create(context, placed(request, body.user)), origin) };
      },
    }),
    route({
      method: 'GET',
      path: '/v3/users/:user_id',
      rule: 'identity:get_user',
      delegated: ANY_TOKEN,
      target: targets.user,
      answer: userAnswer,
      handler: async ({ params, origin }) => ({ user: toUserView(await users.get(params.user_id ?? ''), origin) }),
    }),
    route<unknown, z.infer<typeof updateUserSchema>>({
      method: 'PATCH',
      path: '/v3/users/:user_id',
      rule: 'identity:update_user',
      delegated: ANY_TOKEN,
      target: targets.user,
      body: updateUserSchema,
      answer: userAnswer,
      handler: async ({ context, params, body, origin }) => ({
        user: toUserView(await users.update(context, params.user_id ?? '', body.user), origin),
      }),
    }),
    route({
      method: 'DELETE',
      path: '/v3/users/:user_id',
      rule: 'identity:delete_user',
      delegated: ANY_TOKEN,
      target: targets.user,
      handler: async ({ context, params }) => await users.delete(context, params.user_id ?? ''),
    }),
  ];
}

/** In the domain of the token where the body names none. */
function placed(request: Pick<ApiRequest<unknown, unknown>, 'context'>, user: CreateUser) {
  return { ...user, domain_id: domainOf(request, user.domain_id) };
}
