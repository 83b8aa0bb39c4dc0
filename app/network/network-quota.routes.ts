import { z } from 'zod';
import { type RouteDefinition, route } from '../http/route.ts';
import type { QuotaLimits, QuotaResource } from '../quota/quota.limits.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import { neutronFault } from './neutron.errors.ts';
import { flagField, wholeField } from './neutron.kind.ts';

/** What Neutron calls a limit, and what the cloud does. */
const LIMITS = { network: 'networks', subnet: 'subnets', port: 'ports' } as const satisfies Record<
  string,
  QuotaResource
>;
const NAMES = Object.keys(LIMITS) as (keyof typeof LIMITS)[];
const RESOURCES = Object.values(LIMITS);

const each = <Each extends z.ZodType>(of: Each) => ({ network: of, subnet: of, port: of });
const limit = wholeField(-1, 2_147_483_647);
const answer = z.strictObject({ quota: z.strictObject(each(z.number().int())) });
const used = z.strictObject({ limit: z.number().int(), used: z.number().int(), reserved: z.number().int() });
const ofProject = z.strictObject({ ...each(z.number().int()), project_id: z.string(), tenant_id: z.string() });
const flag = flagField.optional();
const body = z.strictObject({
  quota: z.strictObject({ ...each(limit.optional()), force: flag, check_limit: flag }),
});

/** `/v2.0/quotas` */
export function networkQuotaRoutes({ quotas }: { quotas: QuotaService }): RouteDefinition[] {
  const path = '/v2.0/quotas';
  const one = `${path}/:project_id` as const;
  const limitsOf = async (project: string) => named(await quotas.limits(project));
  const details = (suffix: 'details' | 'details.json') =>
    route({
      method: 'GET',
      path: `${one}/${suffix}`,
      rule: 'get_quota',
      answer: z.strictObject({ quota: z.strictObject(each(used)) }),
      handler: async ({ params }) => {
        const usage = await quotas.usage(params.project_id);
        const of = (name: keyof typeof LIMITS) => ({ limit: -1, used: 0, ...usage[LIMITS[name]], reserved: 0 });
        return { quota: Object.fromEntries(NAMES.map((name) => [name, of(name)])) };
      },
    });
  return [
    route({
      method: 'GET',
      path,
      rule: 'update_quota',
      summary: 'The projects that have limits of their own.',
      answer: z.strictObject({ quotas: z.array(ofProject) }),
      handler: async () => {
        const projects = await quotas.projectsWithOwn(RESOURCES);
        const list = projects.map(async (id) => ({ ...(await limitsOf(id)), project_id: id, tenant_id: id }));
        return { quotas: await Promise.all(list) };
      },
    }),
    route({
      ...{ method: 'GET', path: one, rule: 'get_quota', answer },
      handler: async ({ params }) => ({ quota: await limitsOf(params.project_id) }),
    }),
    route({
      ...{ method: 'GET', path: `${one}/default`, rule: 'get_quota', answer },
      handler: async () => ({ quota: named(await quotas.defaults()) }),
    }),
    details('details'),
    details('details.json'),
    route({
      ...{ method: 'PUT', path: one, rule: 'update_quota', body, answer },
      handler: async ({ context, params, body: { quota } }) => {
        const { project_id: project } = params;
        const sent = NAMES.flatMap((name) => (quota[name] === undefined ? [] : [[LIMITS[name], quota[name]]]));
        // As in Neutron a limit may be set below what is used, unless the request asks to have that checked.
        const options = { force: quota.check_limit !== true, within: 'quota', unknownProject: 'not_found' as const };
        await quotas.update(context, project, Object.fromEntries(sent), options);
        return { quota: await limitsOf(project) };
      },
    }),
    route({
      ...{ method: 'DELETE', path: one, rule: 'delete_quota' },
      handler: async ({ context, params }) => {
        const { project_id: project } = params;
        if (!(await quotas.projectsWithOwn(RESOURCES)).includes(project)) {
          throw neutronFault('not_found', 'TenantQuotaNotFound', `Quota for tenant ${project} could not be found.`);
        }
        await quotas.reset(context, project, RESOURCES);
      },
    }),
  ];
}

function named(limits: QuotaLimits) {
  return Object.fromEntries(NAMES.map((name) => [name, limits[LIMITS[name]]]));
}
