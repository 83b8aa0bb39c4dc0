import type { z } from 'zod';
import { type ApiRequest, type RouteDefinition, route } from '../../http/route.ts';
import { ANY_TOKEN } from '../delegated-access.ts';
import type { IdentityService } from '../identity.service.ts';
import { toPagedCollection } from '../identity.view.ts';
import type { ListQuery } from '../list-query.ts';
import { DirectoryTargets, domainOf } from './directory.target.ts';
import {
  type CreateGroup,
  createGroupSchema,
  groupAnswer,
  groupsAnswer,
  groupsQuery,
  updateGroupSchema,
  userGroupsAnswer,
} from './group.schema.ts';
import { toGroupView, toMembershipView } from './group.view.ts';
import { usersAnswer, usersQuery } from './user.schema.ts';
import { toUserView } from './user.view.ts';

export function groupRoutes({ groups, targets }: IdentityService): RouteDefinition[] {
  return [
    route<ListQuery, unknown>({
      method: 'GET',
      path: '/v3/groups',
      rule: 'identity:list_groups',
      delegated: ANY_TOKEN,
      target: DirectoryTargets.ownDomain,
      query: groupsQuery,
      answer: groupsAnswer,
      handler: async (request) => {
        const page = await groups.list(request.context, request.query);
        return toPagedCollection('groups', page, (group) => toGroupView(group, request.origin), request);
      },
    }),
    route<unknown, z.infer<typeof createGroupSchema>>({
      method: 'POST',
      path: '/v3/groups',
      rule: 'identity:create_group',
      delegated: ANY_TOKEN,
      target: async (request) => ({ target: { group: placed(request, request.body.group) } }),
      body: createGroupSchema,
      answer: groupAnswer,
      status: 201,
      handler: async (request) => {
        const { context, body, origin } = request;
        return { group: toGroupView(await groups.create(context, placed(request, body.group)), origin) };
      },
    }),
    route({
      method: 'GET',
      path: '/v3/groups/:group_id',
      rule: 'identity:get_group',
      delegated: ANY_TOKEN,
      target: targets.group,
      answer: groupAnswer,
      handler: async ({ params, origin }) => ({ group: toGroupView(await groups.get(params.group_id ?? ''), origin) }),
    }),
    route<unknown, z.infer<typeof updateGroupSchema>>({
      method: 'PATCH',
      path: '/v3/groups/:group_id',
      rule: 'identity:update_group',
      delegated: ANY_TOKEN,
      target: targets.group,
      body: updateGroupSchema,
      answer: groupAnswer,
      handler: async ({ context, params, body, origin }) => ({
        group: toGroupView(await groups.update(context, params.group_id ?? '', body.group), origin),
      }),
    }),
    route({
      method: 'DELETE',
      path: '/v3/groups/:group_id',
      rule: 'identity:delete_group',
      delegated: ANY_TOKEN,
      target: targets.group,
      handler: async ({ context, params }) => await groups.delete(context, params.group_id ?? ''),
    }),
  ];
}

/** Who is in which group. */
export function groupMemberRoutes({ groups, targets }: IdentityService): RouteDefinition[] {
  const path = '/v3/groups/:group_id/users/:user_id';
  return [
    route<ListQuery, unknown>({
      method: 'GET',
      path: '/v3/groups/:group_id/users',
      rule: 'identity:list_users_in_group',
      delegated: ANY_TOKEN,
      target: targets.group,
      query: usersQuery,
      answer: usersAnswer,
      handler: async (request) => {
        const page = await groups.listMembers(request.context, request.params.group_id ?? '', request.query);
        return toPagedCollection('users', page, (user) => toUserView(user, request.origin), request);
      },
    }),
    route<ListQuery, unknown>({
      method: 'GET',
      path: '/v3/users/:user_id/groups',
      rule: 'identity:list_groups_for_user',
      delegated: ANY_TOKEN,
      target: targets.user,
      query: groupsQuery,
      answer: userGroupsAnswer,
      handler: async (request) => {
        const page = await groups.listOfUser(request.context, request.params.user_id ?? '', request.query);
        return toPagedCollection('groups', page, (group) => toMembershipView(group, request.origin), request);
      },
    }),
    route({
      method: 'GET',
      path,
      rule: 'identity:check_user_in_group',
      delegated: ANY_TOKEN,
      target: targets.member,
      handler: async ({ params }) => await groups.checkMember(params.group_id ?? '', params.user_id ?? ''),
    }),
    route({
      method: 'PUT',
      path,
      rule: 'identity:add_user_to_group',
      delegated: ANY_TOKEN,
      target: targets.member,
      handler: async ({ context, params }) =>
        await groups.addMember(context, params.group_id ?? '', params.user_id ?? ''),
    }),
    route({
      method: 'DELETE',
      path,
      rule: 'identity:remove_user_from_group',
      delegated: ANY_TOKEN,
      target: targets.member,
      handler: async ({ context, params }) =>
        await groups.removeMember(context, params.group_id ?? '', params.user_id ?? ''),
    }),
  ];
}

/** In the domain of the token where the body names none. */
function placed(request: Pick<ApiRequest<unknown, unknown>, 'context'>, group: CreateGroup) {
  return { ...group, domain_id: domainOf(request, group.domain_id) };
}
