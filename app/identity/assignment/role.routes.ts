import { type RouteDefinition, route } from '../../http/route.ts';
import { ANY_TOKEN } from '../delegated-access.ts';
import { notFound } from '../identity.errors.ts';
import type { IdentityService } from '../identity.service.ts';
import { linkTo } from '../identity.view.ts';
import { type Asked, type KeystoneFrame, keystone } from '../keystone.routes.ts';
import type { RoleRecord } from './assignment.tables.ts';
import { plainRoleRoutes } from './role.resource.ts';
import { impliedRolesSchema, roleInferenceSchema, roleInferencesSchema } from './role.schema.ts';
import { ROLE, toInferredView } from './role.view.ts';

/** `/v3/roles`, and which of them imply which. */
export function roleRoutes(identity: IdentityService): RouteDefinition[] {
  return [...plainRoleRoutes(identity.roles), ...impliedRoutes(identity)];
}

/** Roles that something hands on, below its path: all of them, and one. */
export function handedOnRoutes({
  path,
  rules,
  rolesOf,
  ...access
}: Pick<KeystoneFrame<RoleRecord>, 'target' | 'delegated'> & {
  path: string;
  rules: { list: string; get: string };
  rolesOf: (request: Asked) => Promise<RoleRecord[]>;
}): RouteDefinition[] {
  const of = keystone({ ...ROLE, ...access, path: `${path}/roles`, rule: () => rules.get });
  return [
    of.list({ rule: rules.list, ...(access.target && { target: access.target }), find: rolesOf }),
    of.show({
      find: async (request, id) => {
        const role = (await rolesOf(request)).find((one) => one.id === id);
        if (!role) throw notFound('role', id);
        return role;
      },
    }),
  ];
}

function impliedRoutes({ impliedRoles }: IdentityService): RouteDefinition[] {
  const path = '/v3/roles/:prior_role_id/implies/:implied_role_id';
  type OfPair = Asked<unknown, typeof path>;
  const idsOf = ({ params }: OfPair) => [params.prior_role_id, params.implied_role_id] as const;
  const show = async (request: OfPair) => {
    const { origin } = request;
    const { prior, implied } = await impliedRoles.get(...idsOf(request));
    return {
      role_inference: { prior_role: toInferredView(prior, origin), implies: toInferredView(implied, origin) },
      links: linkTo(origin, `roles/${prior.id}/implies/${implied.id}`),
    };
  };
  return [
    route({
      method: 'GET',
      path: '/v3/role_inferences',
      rule: 'identity:list_role_inference_rules',
      delegated: ANY_TOKEN,
      answer: roleInferencesSchema,
      handler: async ({ origin }) => ({
        role_inferences: (await impliedRoles.listAll()).map(({ prior, implied }) => ({
          prior_role: toInferredView(prior, origin),
          implies: implied.map((role) => toInferredView(role, origin)),
        })),
      }),
    }),
    route({
      method: 'GET',
      path: '/v3/roles/:prior_role_id/implies',
      rule: 'identity:list_implied_roles',
      delegated: ANY_TOKEN,
      answer: impliedRolesSchema,
      handler: async ({ params, origin }) => {
        const { prior, implied } = await impliedRoles.list(params.prior_role_id);
        return {
          role_inference: {
            prior_role: toInferredView(prior, origin),
            implies: implied.map((role) => toInferredView(role, origin)),
          },
          links: linkTo(origin, `roles/${prior.id}/implies`),
        };
      },
    }),
    route({
      method: 'GET',
      path,
      rule: 'identity:get_implied_role',
      delegated: ANY_TOKEN,
      answer: roleInferenceSchema,
      handler: show,
    }),
    route({
      // Keystone answers this HEAD, alone of all, with 204.
      method: 'HEAD',
      path,
      rule: 'identity:check_implied_role',
      delegated: ANY_TOKEN,
      handler: async (request) => {
        await show(request);
      },
    }),
    route({
      method: 'PUT',
      path,
      rule: 'identity:create_implied_role',
      delegated: ANY_TOKEN,
      answer: roleInferenceSchema,
      status: 201,
      handler: async (request) => {
        await impliedRoles.create(request.context, ...idsOf(request));
        return await show(request);
      },
    }),
    route({
      method: 'DELETE',
      path,
      rule: 'identity:delete_implied_role',
      delegated: ANY_TOKEN,
      handler: async (request) => await impliedRoles.delete(request.context, ...idsOf(request)),
    }),
  ];
}
