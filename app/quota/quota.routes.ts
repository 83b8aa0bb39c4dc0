import { quotaChangeSchema, quotaQuerySchema, quotaSchema } from '../contract/quota.ts';
import { limitsSchema } from '../contract/v1.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { requireProject } from '../policy/authorization.ts';
import { type QuotaDefaults, singleDefaults } from './quota.limits.ts';
import type { QuotaService } from './quota.service.ts';

/**
 * `/v1/limits` of whoever asks, and `/v1/quotas/{project_id}` (or `default`): the limits of all services at once, where
 * OpenStack has an API in each. With `user_id` one user's part of them.
 */
export function quotaRoutes(quota: QuotaService, defaults: QuotaDefaults): RouteDefinition[] {
  const path = '/quotas/:project_id';
  const changeSchema = quotaChangeSchema(singleDefaults(defaults).map(([name]) => name));
  return [
    route({
      method: 'GET',
      path: '/limits',
      rule: 'v1:limits:show',
      answer: limitsSchema,
      handler: async ({ context }) => ({ limits: await quota.usage(requireProject(context), context.userId) }),
    }),
    route({
      method: 'GET',
      path,
      rule: 'v1:quotas:show',
      query: quotaQuerySchema,
      answer: quotaSchema,
      handler: async ({ params: { project_id }, query }) => await quota.describe(project_id, query.user_id),
    }),
    route({
      method: 'PUT',
      path,
      rule: 'v1:quotas:update',
      query: quotaQuerySchema,
      body: changeSchema,
      answer: quotaSchema,
      handler: async ({ context, params: { project_id: projectId = '' }, query: { user_id: userId }, body }) => {
        const { limits, force } = body;
        const options = { force, within: 'limits', unknownProject: 'not_found' as const };
        if (userId === undefined) await quota.update(context, projectId, limits, options);
        else await quota.updateForUser(context, { projectId, userId }, limits, options);
        return await quota.describe(projectId, userId);
      },
    }),
    route({
      method: 'DELETE',
      path,
      rule: 'v1:quotas:delete',
      query: quotaQuerySchema,
      summary: 'Back to the defaults.',
      handler: async ({ context, params: { project_id: projectId = '' }, query: { user_id: userId } }) =>
        await (userId === undefined
          ? quota.reset(context, projectId)
          : quota.resetForUser(context, { projectId, userId })),
    }),
  ];
}
