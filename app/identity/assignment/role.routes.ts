import type { z } from 'zod';
import { type ApiRequest, type RouteDefinition, type RuleChoice, route } from '../../http/route.ts';
import { ANY_TOKEN } from '../delegated-access.ts';
import type { IdentityService } from '../identity.service.ts';
import { linkTo, toCollection } from '../identity.view.ts';
import {
  createRoleSchema,
  impliedRolesSchema,
  listRolesSchema,
  roleAnswerSchema,
  roleInferenceSchema,
  roleInferencesSchema,
  rolesAnswerSchema,
  updateRoleSchema,
} from './role.schema.ts';
import { toInferredView, toRoleView } from './role.view.ts';

export function roleRoutes(identity: IdentityService): RouteDefinition[] {
  return [...plainRoutes(identity), ...impliedRoutes(identity)];
}

function plainRoutes({ roles }: IdentityService): RouteDefinition[] {
  const target = async ({ params }: ApiRequest<unknown, unknown>) => {
    const role = await roles.find(params.role_id ?? '');
    return role ? { target: { role } } : {};
  };
  return [
    route<z.infer<typeof listRolesSchema>, unknown>({
      method: 'GET',
      path: '/v3/roles',
      rule: {
        among: ['identity:list_roles', 'identity:list_domain_roles'],
        choose: ({ query }) => (query.domain_id ? 'identity:list_domain_roles' : 'identity:list_roles'),
      },
      delegated: ANY_TOKEN,
      query: listRolesSchema,
      answer: rolesAnswerSchema,
      handler: async ({ query, origin, raw }) => {
        const found = await roles.list(query);
        const views = found.map((role) => toRoleView(role, origin));
        return toCollection('roles', views, origin + raw.url);
      },
    }),
    route<unknown, z.infer<typeof createRoleSchema>>({
      method: 'POST',
      path: '/v3/roles',
      rule: roleRule('create'),
      delegated: ANY_TOKEN,
      target: async ({ body }) => ({ target: { role: body.role } }),
      body: createRoleSchema,
      answer: roleAnswerSchema,
      status: 201,
      handler: async ({ context, body, origin }) => ({
        role: toRoleView(await roles.create(context, body.role), origin),
      }),
    }),
    route({
      method: 'GET',
      path: '/v3/roles/:role_id',
      rule: roleRule('get'),
      delegated: ANY_TOKEN,
      target,
      answer: roleAnswerSchema,
      handler: async ({ params, origin }) => ({ role: toRoleView(await roles.get(params.role_id ?? ''), origin) }),
    }),
    route<unknown, z.infer<typeof updateRoleSchema>>({
      method: 'PATCH',
      path: '/v3/roles/:role_id',
      rule: roleRule('update'),
      delegated: ANY_TOKEN,
      target,
      body: updateRoleSchema,
      answer: roleAnswerSchema,
      handler: async ({ context, params, body, origin }) => ({
        role: toRoleView(await roles.update(context, params.role_id ?? '', body.role), origin),
      }),
    }),
    route({
      method: 'DELETE',
      path: '/v3/roles/:role_id',
      rule: roleRule('delete'),
      delegated: ANY_TOKEN,
      target,
      handler: async ({ context, params }) => await roles.delete(context, params.role_id ?? ''),
    }),
  ];
}

/** Roles of one domain have rules of their own, in place of those for roles of all. */
function roleRule(verb: 'create' | 'get' | 'update' | 'delete'): RuleChoice {
  const [ofAll, ofDomain] = [`identity:${verb}_role`, `identity:${verb}_domain_role`];
  return {
    among: [ofAll, ofDomain],
    choose: (_request, { target }) => ((target as RoleTarget | undefined)?.role.domain_id ? ofDomain : ofAll),
  };
}
interface RoleTarget {
  role: { domain_id?: string | null };
}

function impliedRoutes({ impliedRoles }: IdentityService): RouteDefinition[] {
  const path = '/v3/roles/:prior_role_id/implies/:implied_role_id';
  const idsOf = ({ params }: ApiRequest<unknown, unknown>): [string, string] => [
    params.prior_role_id ?? '',
    params.implied_role_id ?? '',
  ];
  const show = async (request: ApiRequest<unknown, unknown>) => {
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
        const { prior, implied } = await impliedRoles.list(params.prior_role_id ?? '');
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
