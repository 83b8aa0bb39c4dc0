import type { RouteDefinition } from '../../http/route.ts';
import type { IdentityService } from '../identity.service.ts';
import { keystone } from '../keystone.routes.ts';
import { DirectoryTargets, inDomain } from './directory.target.ts';
import { createUser, updateUser, usersQuery } from './user.schema.ts';
import type { FederatedUser } from './user.service.ts';
import { USER } from './user.view.ts';

export function userRoutes({ users, targets }: IdentityService): RouteDefinition[] {
  const of = keystone<FederatedUser>({
    records: users,
    ...USER,
    target: targets.user,
  });
  return [
    of.list({
      target: DirectoryTargets.ownDomain,
      query: usersQuery,
      isPaged: true,
      find: ({ context, query }) => users.list(context, query),
    }),
    of.create({
      body: createUser,
      target: (request, user) => ({ target: { user: inDomain(request, user) } }),
      make: (request, user) => users.create(request.context, inDomain(request, user)),
    }),
    of.show(),
    of.update({ body: updateUser, change: ({ context }, id, sent) => users.update(context, id, sent) }),
    of.delete(),
  ];
}
