import type { z } from 'zod';
import { type ApiRequest, type RouteDefinition, route } from '../../http/route.ts';
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
  /** Roles of one domain have rules of their own. */
  const enforceForDomain = async ({ params, enforce }: ApiRequest<unknown, unknown>, rule: string) => {
    const role = await roles.get(params.role_id ?? '');
    if (role.domain_id !== null) enforce(rule, { target: { role } });
  };
  return [
    route<z.infer<typeof listRolesSchema>, unknown>({
      method: 'GET',
      path: '/v3/roles',
      rule: 'identity:list_roles',
      query: listRolesSchema,
      answer: rolesAnswerSchema,
      handler: async ({ query, origin, raw, enforce }) => {
        if (query.domain_id) enforce('identity:list_domain_roles');
        const found = await roles.list(query);
        const views = found.map((role) => toRoleView(role, origin));
        return toCollection('roles', views, origin + raw.url);
      },
    }),
    route<unknown, z.infer<typeof createRoleSchema>>({
      method: 'POST',
      path: '/v3/roles',
      rule: 'identity:create_role',
      body: createRoleSchema,
      answer: roleAnswerSchema,
      status: 201,
      handler: async ({ context, body, origin, enforce }) => {
        if (body.role.domain_id) enforce('identity:create_domain_role', { target: { role: body.role } });
        return { role: toRoleView(await roles.create(context, body.role), origin) };
      },
    }),
    route({
      method: 'GET',
      path: '/v3/roles/:role_id',
      rule: 'identity:get_role',
      target,
      answer: roleAnswerSchema,
      handler: async (request) => {
        await enforceForDomain(request, 'identity:get_domain_role');
        return { role: toRoleView(await roles.get(request.params.role_id ?? ''), request.origin) };
      },
    }),
    route<unknown, z.infer<typeof updateRoleSchema>>({
      method: 'PATCH',
      path: '/v3/roles/:role_id',
      rule: 'identity:update_role',
      target,
      body: updateRoleSchema,
      answer: roleAnswerSchema,
      handler: async (request) => {
        const { context, params, body, origin } = request;
        await enforceForDomain(request, 'identity:update_domain_role');
        return { role: toRoleView(await roles.update(context, params.role_id ?? '', body.role), origin) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/v3/roles/:role_id',
      rule: 'identity:delete_role',
      target,
      handler: async (request) => {
        await enforceForDomain(request, 'identity:delete_domain_role');
        await roles.delete(request.context, request.params.role_id ?? '');
      },
    }),
  ];
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
    route({ method: 'GET', path, rule: 'identity:get_implied_role', answer: roleInferenceSchema, handler: show }),
    route({
      // Keystone answers this HEAD, alone of all, with 204.
      method: 'HEAD',
      path,
      rule: 'identity:check_implied_role',
      handler: async (request) => {
        await show(request);
      },
    }),
    route({
      method: 'PUT',
      path,
      rule: 'identity:create_implied_role',
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
      handler: async (request) => await impliedRoles.delete(request.context, ...idsOf(request)),
    }),
  ];
}
