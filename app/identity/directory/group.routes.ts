import { paramOf, type RouteDefinition } from '../../http/route.ts';
import type { IdentityService } from '../identity.service.ts';
import { keystone, membershipRoutes } from '../keystone.routes.ts';
import type { GroupRecord } from './directory.tables.ts';
import { DirectoryTargets, inDomain } from './directory.target.ts';
import { createGroup, groupsQuery, updateGroup } from './group.schema.ts';
import { GROUP, MEMBERSHIP } from './group.view.ts';
import { usersQuery } from './user.schema.ts';
import { USER } from './user.view.ts';

export function groupRoutes({ groups, targets }: IdentityService): RouteDefinition[] {
  const of = keystone<GroupRecord>({
    records: groups,
    ...GROUP,
    target: targets.group,
  });
  return [
    of.list({
      target: DirectoryTargets.ownDomain,
      query: groupsQuery,
      isPaged: true,
      find: ({ context, query }) => groups.list(context, query),
    }),
    of.create({
      body: createGroup,
      target: (request, group) => ({ target: { group: inDomain(request, group) } }),
      make: (request, group) => groups.create(request.context, inDomain(request, group)),
    }),
    of.show(),
    of.update({ body: updateGroup, change: ({ context }, id, sent) => groups.update(context, id, sent) }),
    of.delete(),
  ];
}

/** Who is in which group. */
export function groupMemberRoutes({ groups, targets }: IdentityService): RouteDefinition[] {
  const members = keystone({ ...USER, path: 'groups/:group_id/users' });
  const ofUser = keystone({ ...MEMBERSHIP, path: 'users/:user_id/groups' });
  return [
    members.list({
      rule: 'identity:list_users_in_group',
      target: targets.group,
      query: usersQuery,
      isPaged: true,
      find: (request) => groups.listMembers(request.context, paramOf(request, 'group_id'), request.query),
    }),
    ofUser.list({
      rule: 'identity:list_groups_for_user',
      target: targets.user,
      query: groupsQuery,
      isPaged: true,
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
