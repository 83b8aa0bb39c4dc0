import type { ApiRequest, RouteDefinition } from '../../http/route.ts';
import type { IdentityService } from '../identity.service.ts';
import { keystone } from '../keystone.routes.ts';
import { DirectoryTargets, domainOf } from './directory.target.ts';
import { type CreateUser, createUser, updateUser, usersAnswer, usersQuery, userView } from './user.schema.ts';
import type { FederatedUser } from './user.service.ts';
import { toUserView } from './user.view.ts';

export function userRoutes({ users, targets }: IdentityService): RouteDefinition[] {
  const of = keystone<FederatedUser>({
    records: users,
    ...{ thing: 'user', things: 'users', schema: userView, view: toUserView },
    target: targets.user,
  });
  return [
    of.list({
      target: DirectoryTargets.ownDomain,
      query: usersQuery,
      answer: usersAnswer,
      find: ({ context, query }) => users.list(context, query),
    }),
    of.create({
      body: createUser,
      target: (request, user) => ({ target: { user: placed(request, user) } }),
      make: (request, user) => users.create(request.context, placed(request, user)),
    }),
    of.show(),
    of.update({ body: updateUser, change: ({ context }, id, sent) => users.update(context, id, sent) }),
    of.delete(),
  ];
}

/** In the domain of the token where the body names none. */
function placed(request: Pick<ApiRequest<unknown, unknown>, 'context'>, user: CreateUser) {
  return { ...user, domain_id: domainOf(request, user.domain_id) };
}
