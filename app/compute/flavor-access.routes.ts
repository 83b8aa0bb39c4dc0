import { z } from 'zod';
import { action, actionBody, actionRule, named } from '../http/action.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { flavorAccessAnswer } from './flavor.schema.ts';
import type { FlavorService } from './flavor.service.ts';

const tenant = z.strictObject({ tenant: z.string().min(1).max(255) });

/** Which projects may use flavors that are not public. */
export function flavorAccessRoutes({ flavors }: { flavors: FlavorService }): RouteDefinition[] {
  const view = (flavorId: string, projects: string[]) => ({
    flavor_access: projects.map((projectId) => ({ flavor_id: flavorId, tenant_id: projectId })),
  });
  const actions = {
    addTenantAccess: action({
      rule: 'os_compute_api:os-flavor-access:add_tenant_access',
      value: tenant,
      run: async ({ context, id, version }, { tenant: projectId }) =>
        view(id, await flavors.addAccess(context, id, projectId, version >= 7)),
    }),
    removeTenantAccess: action({
      rule: 'os_compute_api:os-flavor-access:remove_tenant_access',
      value: tenant,
      run: async ({ context, id }, { tenant: projectId }) =>
        view(id, await flavors.removeAccess(context, id, projectId)),
    }),
  };
  return [
    route({
      method: 'GET',
      path: '/flavors/:flavorId/os-flavor-access',
      rule: 'os_compute_api:os-flavor-access',
      answer: flavorAccessAnswer,
      handler: async ({ context, params: { flavorId } }) => view(flavorId, await flavors.listAccess(context, flavorId)),
    }),
    route({
      method: 'POST',
      path: '/flavors/:flavorId/action',
      rule: actionRule(actions),
      body: actionBody(actions),
      answer: flavorAccessAnswer,
      handler: async ({ params: { flavorId }, body, ...request }) => {
        const { action: asked, value } = named(actions, body);
        return await asked.run({ ...request, id: flavorId }, value);
      },
    }),
  ];
}
