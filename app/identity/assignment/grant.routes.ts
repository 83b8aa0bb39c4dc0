import { paramOf, type RouteDefinition } from '../../http/route.ts';
import type { IdentityService } from '../identity.service.ts';
import { type Asked, keystone, membershipRoutes } from '../keystone.routes.ts';
import type { Actor, Grant, Target } from './assignment.repository.ts';
import { ROLE } from './role.view.ts';

/** One kind of grant: where below `/v3/` its list and its single ones are, and the policy's rules for them. */
interface GrantKind {
  list: string;
  one: string;
  inherited: boolean;
  rules: { list: string; check: string; add: string; remove: string };
}

/** Every pair of who and on what, once for the thing itself and once for the projects below (OS-INHERIT). */
const KINDS: readonly GrantKind[] = ['users/:user_id', 'groups/:group_id'].flatMap((actor) => {
  const rules = (suffix: string) => ({
    list: `identity:list_${suffix.replace('grant', 'grants')}`,
    check: `identity:check_${suffix}`,
    add: `identity:create_${suffix}`,
    remove: `identity:revoke_${suffix}`,
  });
  const onSystem = `system/${actor}/roles`;
  const forActor = actor.startsWith('users') ? 'user' : 'group';
  return [
    { list: onSystem, one: `${onSystem}/:role_id`, inherited: false, rules: rules(`system_grant_for_${forActor}`) },
    ...['projects/:project_id', 'domains/:domain_id'].flatMap((target): GrantKind[] => {
      const path = `${target}/${actor}/roles`;
      const below = `OS-INHERIT/${path}`;
      return [
        { list: path, one: `${path}/:role_id`, inherited: false, rules: rules('grant') },
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
    const grantOf = (request: Asked) => toGrant(request, inherited);
    const target = (request: Asked) => grants.targetOf(grantOf(request), request.params.role_id);
    const roleOf = (request: Asked) => paramOf(request, 'role_id');
    const of = keystone({ ...ROLE, path: list });
    return [
      of.list({ rule: rules.list, target, find: (request) => grants.list(grantOf(request)) }),
      ...membershipRoutes<string>({
        path: `/v3/${one}`,
        ...{ rules, target },
        check: (request) => grants.check(grantOf(request), roleOf(request)),
        add: (request) => grants.create(request.context, grantOf(request), roleOf(request)),
        remove: (request) => grants.revoke(request.context, grantOf(request), roleOf(request)),
      }),
    ];
  });
}

function toGrant(request: Asked, inherited: boolean): Grant {
  const { user_id, project_id, domain_id } = request.params;
  const actor: Actor = user_id === undefined ? { group_id: paramOf(request, 'group_id') } : { user_id };
  let target: Target = {};
  if (project_id !== undefined) target = { project_id };
  else if (domain_id !== undefined) target = { domain_id };
  return { actor, target, inherited };
}
