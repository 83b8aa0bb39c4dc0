import { z } from 'zod';
import { integerField } from '../http/field.schema.ts';
import { paramOf, type RouteDefinition, route } from '../http/route.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import { quotaApi } from '../quota/quota-api.routes.ts';
import { NETWORK_QUOTAS } from './network.quotas.ts';
import { neutronFault } from './neutron.errors.ts';
import { flagField } from './neutron.kind.ts';

const whole = z.number().int();
const flag = flagField.optional();

/** `/v2.0/quotas` */
export function networkQuotaRoutes({ quotas }: { quotas: QuotaService }): RouteDefinition[] {
  const path = '/v2.0/quotas';
  const of = quotaApi({
    quota: quotas,
    limits: NETWORK_QUOTAS,
    path: `${path}/:project_id`,
    owner: (request) => ({ projectId: paramOf(request, 'project_id') }),
    within: 'quota',
    limit: integerField(-1),
    entry: {
      schema: z.strictObject({ limit: whole, used: whole, reserved: whole }),
      view: ({ limit, used }) => ({ limit, used, reserved: 0 }),
    },
    unknownProject: 'not_found',
  });
  const ofProject = of.limitsSchema.extend({ project_id: z.string(), tenant_id: z.string() });
  return [
    route({
      method: 'GET',
      path,
      rule: 'update_quota',
      summary: 'The projects that have limits of their own.',
      answer: z.strictObject({ quotas: z.array(ofProject) }),
      handler: async ({ context }) => ({
        quotas: (await of.owners(context)).map(({ projectId: id, limits }) => ({
          ...limits,
          project_id: id,
          tenant_id: id,
        })),
      }),
    }),
    of.show({ rule: 'get_quota' }),
    of.defaults({ rule: 'get_quota', at: '/default' }),
    of.show({ rule: 'get_quota', at: '/details', isDetailed: true }),
    of.show({ rule: 'get_quota', at: '/details.json', isDetailed: true }),
    of.set({
      rule: 'update_quota',
      options: { force: flag, check_limit: flag },
      // As in Neutron a limit may be set below what is used, unless the request asks to have that checked.
      force: ({ quota: { check_limit } }: { quota: { check_limit?: boolean } }) => check_limit !== true,
    }),
    of.reset({
      rule: 'delete_quota',
      none: ({ projectId }) =>
        neutronFault('not_found', 'TenantQuotaNotFound', `Quota for tenant ${projectId} could not be found.`),
    }),
  ];
}
