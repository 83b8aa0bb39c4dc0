import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { flavorAccessAnswer } from './flavor.schema.ts';
import type { FlavorService } from './flavor.service.ts';

const tenant = z.strictObject({ tenant: z.string().min(1).max(255) });
const actionBody = z.union([
  z.strictObject({ addTenantAccess: tenant }),
  z.strictObject({ removeTenantAccess: tenant }),
]);

/** Which projects may use flavors that are not public. */
export function flavorAccessRoutes({ flavors }: { flavors: FlavorService }): RouteDefinition[] {
  const view = (flavorId: string, projects: string[]) => ({
    flavor_access: projects.map((projectId) => ({ flavor_id: flavorId, tenant_id: projectId })),
  });
  return [
    route({
      method: 'GET',
      path: '/flavors/:flavorId/os-flavor-access',
      rule: 'os_compute_api:os-flavor-access',
      answer: flavorAccessAnswer,
      handler: async ({ context, params: { flavorId = '' } }) =>
        view(flavorId, await flavors.listAccess(context, flavorId)),
    }),
    route({
      method: 'POST',
      path: '/flavors/:flavorId/action',
      rule: 'os_compute_api:os-flavor-access:action',
      body: z.record(z.string(), z.unknown()),
      answer: flavorAccessAnswer,
      handler: async ({ context, params: { flavorId = '' }, body, version, enforce }) => {
        const [name = ''] = Object.keys(body);
        if (name !== 'addTenantAccess' && name !== 'removeTenantAccess') {
          throw new UserError('bad_request', `There is no such action: ${name.slice(0, 255)}`, { field: name });
        }
        const rule = name === 'addTenantAccess' ? 'add_tenant_access' : 'remove_tenant_access';
        enforce(`os_compute_api:os-flavor-access:${rule}`);
        const parsed = actionBody.safeParse(body);
        if (!parsed.success) {
          throw new UserError('bad_request', `Invalid input for field/attribute ${name}.`, { field: name });
        }
        const projects =
          'addTenantAccess' in parsed.data
            ? await flavors.addAccess(context, flavorId, parsed.data.addTenantAccess.tenant, version >= 7)
            : await flavors.removeAccess(context, flavorId, parsed.data.removeTenantAccess.tenant);
        return view(flavorId, projects);
      },
    }),
  ];
}
