import { z } from 'zod';
import { type RouteDefinition, route } from '../../http/route.ts';
import type { IdentityService } from '../identity.service.ts';
import { toCollection } from '../identity.view.ts';
import { toRoleView } from './role.view.ts';

const filterSchema = z.object({ name: z.string().optional(), domain_id: z.string().optional() });

export function roleRoutes({ roles }: IdentityService): RouteDefinition[] {
  return [
    route<z.infer<typeof filterSchema>, unknown>({
      method: 'GET',
      path: '/v3/roles',
      rule: 'identity:list_roles',
      query: filterSchema,
      handler: async ({ context, query, origin, raw }) => {
        const found = await roles.list(context, query);
        const views = found.map((role) => toRoleView(role, origin));
        return toCollection('roles', views, origin + raw.url);
      },
    }),
    route({
      method: 'GET',
      path: '/v3/roles/:role_id',
      rule: 'identity:get_role',
      handler: async ({ context, params, origin }) => ({
        role: toRoleView(await roles.get(context, params.role_id ?? ''), origin),
      }),
    }),
  ];
}
