import { type ApiRequest, paramOf, type RouteDefinition, route } from '../../http/route.ts';
import { ANY_TOKEN } from '../delegated-access.ts';
import type { IdentityService } from '../identity.service.ts';
import { toCollection } from '../identity.view.ts';
import type { Actor, Grant, Target } from './assignment.repository.ts';
import { rolesAnswerSchema } from './role.schema.ts';
import { toRoleView } from './role.view.ts';

/** One kind of grant: where its list and its single ones are, and the policy's rules for them. */
interface GrantKind {
  list: string;
  one: string;
  inherited: boolean;
  rules: { list: string; check: string; create: string; revoke: string };
}

/** Every pair of who and on what, once for the thing itself and once for the projects below (OS-INHERIT). */
const KINDS: readonly GrantKind[] = ['users/:user_id', 'groups/:group_id'].flatMap((actor) => {
  const rules = (suffix: string) => ({
    list: `identity:list_${suffix.replace('grant', 'grants')}`,
    check: `identity:check_${suffix}`,
    create: `identity:create_${suffix}`,
    revoke: `identity:revoke_${suffix}`,
  });
  const onSystem = `/v3/system/${actor}/roles`;
  const forActor = actor.startsWith('users') ? 'user' : 'group';
  return [
    { list: onSystem, one: `${onSystem}/:role_id`, inherited: false, rules: rules(`system_grant_for_${forActor}`) },
    ...['projects/:project_id', 'domains/:domain_id'].flatMap((target): GrantKind[] => {
      const path = `${target}/${actor}/roles`;
      const below = `/v3/OS-INHERIT/${path}`;
      return [
        { list: `/v3/${path}`, one: `/v3/${path}/:role_id`, inherited: false, rules: rules('grant') },
        {
          list: `${below}/inherited_to_projects`,
          one: `${below}/:role_id/inherited_to_projects`,
          inherited: true,
          rules: rules('grant'),
        },
      ];
    }),
  ];
});

export function grantRoutes({ grants }: IdentityService): RouteDefinition[] {
  return KINDS.flatMap(({ list, one, inherited, rules }) => {
    const grantOf = (request: ApiRequest<unknown, unknown>) => toGrant(request, inherited);
    const target = (request: ApiRequest<unknown, unknown>) => grants.targetOf(grantOf(request), request.params.role_id);
    const roleOf = (request: ApiRequest<unknown, unknown>) => paramOf(request, 'role_id');
    return [
      route({
        method: 'GET',
        path: list,
        rule: rules.list,
        delegated: ANY_TOKEN,
        target,
        answer: rolesAnswerSchema,
        handler: async (request) => {
          const roles = await grants.list(grantOf(request));
          const views = roles.map((role) => toRoleView(role, request.origin));
          return toCollection('roles', views, request.origin + request.raw.url);
        },
      }),
      route({
        method: 'GET',
        path: one,
        rule: rules.check,
        delegated: ANY_TOKEN,
        target,
        handler: async (request) => await grants.check(grantOf(request), roleOf(request)),
      }),
      route({
        method: 'PUT',
        path: one,
        rule: rules.create,
        delegated: ANY_TOKEN,
        target,
        handler: async (request) => await grants.create(request.context, grantOf(request), roleOf(request)),
      }),
      route({
        method: 'DELETE',
        path: one,
        rule: rules.revoke,
        delegated: ANY_TOKEN,
        target,
        handler: async (request) => await grants.revoke(request.context, grantOf(request), roleOf(request)),
      }),
    ];
  });
}

function toGrant(request: ApiRequest<unknown, unknown>, inherited: boolean): Grant {
  const { user_id, project_id, domain_id } = request.params;
  const actor: Actor = user_id === undefined ? { group_id: paramOf(request, 'group_id') } : { user_id };
  let target: Target = {};
  if (project_id !== undefined) target = { project_id };
  else if (domain_id !== undefined) target = { domain_id };
  return { actor, target, inherited };
}
