import { type ApiRequest, paramOf, type RouteDefinition } from '../../http/route.ts';
import type { IdentityService } from '../identity.service.ts';
import { keystone, membershipRoutes } from '../keystone.routes.ts';
import type { GroupRecord } from './directory.tables.ts';
import { DirectoryTargets, domainOf } from './directory.target.ts';
import {
  type CreateGroup,
  createGroup,
  groupsAnswer,
  groupsQuery,
  groupView,
  updateGroup,
  userGroupsAnswer,
} from './group.schema.ts';
import type { Membership } from './group.service.ts';
import { toGroupView, toMembershipView } from './group.view.ts';
import { usersAnswer, usersQuery, userView } from './user.schema.ts';
import type { FederatedUser } from './user.service.ts';
import { toUserView } from './user.view.ts';

export function groupRoutes({ groups, targets }: IdentityService): RouteDefinition[] {
  const of = keystone<GroupRecord>({
    records: groups,
    ...{ thing: 'group', things: 'groups', schema: groupView, view: toGroupView },
    target: targets.group,
  });
  return [
    of.list({
      target: DirectoryTargets.ownDomain,
      query: groupsQuery,
      answer: groupsAnswer,
      find: ({ context, query }) => groups.list(context, query),
    }),
    of.create({
      body: createGroup,
      target: (request, group) => ({ target: { group: placed(request, group) } }),
      make: (request, group) => groups.create(request.context, placed(request, group)),
    }),
    of.show(),
    of.update({ body: updateGroup, change: ({ context }, id, sent) => groups.update(context, id, sent) }),
    of.delete(),
  ];
}

/** Who is in which group. */
export function groupMemberRoutes({ groups, targets }: IdentityService): RouteDefinition[] {
  const members = keystone<FederatedUser>({
    ...{ thing: 'user', things: 'users', path: 'groups/:group_id/users', schema: userView, view: toUserView },
  });
  const ofUser = keystone<Membership>({
    ...{ thing: 'group', things: 'groups', path: 'users/:user_id/groups', schema: groupView, view: toMembershipView },
  });
  return [
    members.list({
      rule: 'identity:list_users_in_group',
      target: targets.group,
      query: usersQuery,
      answer: usersAnswer,
      find: (request) => groups.listMembers(request.context, paramOf(request, 'group_id'), request.query),
    }),
    ofUser.list({
      rule: 'identity:list_groups_for_user',
      target: targets.user,
      query: groupsQuery,
      answer: userGroupsAnswer,
      find: (request) => groups.listOfUser(request.context, paramOf(request, 'user_id'), request.query),
    }),
    ...membershipRoutes({
      path: '/v3/groups/:group_id/users/:user_id',
      rules: {
        check: 'identity:check_user_in_group',
        add: 'identity:add_user_to_group',
        remove: 'identity:remove_user_from_group',
      },
      target: targets.member,
      check: ({ params }) => groups.checkMember(params.group_id, params.user_id),
      add: ({ context, params }) => groups.addMember(context, params.group_id, params.user_id),
      remove: ({ context, params }) => groups.removeMember(context, params.group_id, params.user_id),
    }),
  ];
}

/** In the domain of the token where the body names none. */
function placed(request: Pick<ApiRequest<unknown, unknown>, 'context'>, group: CreateGroup) {
  return { ...group, domain_id: domainOf(request, group.domain_id) };
}
