import type { z } from 'zod';
import { quotaChangeSchema, quotaQuerySchema, quotaSchema } from '../contract/quota.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { QuotaService } from './quota.service.ts';

type Query = z.infer<typeof quotaQuerySchema>;

/**
 * `/v1/quotas/{project_id}` (or `default`): the limits of all services at once, where OpenStack has an API in each. With
 * `user_id` one user's part of them.
 */
export function quotaRoutes(quota: QuotaService): RouteDefinition[] {
  const path = '/quotas/:project_id';
  return [
    route<Query, unknown>({
      method: 'GET',
      path,
      rule: 'v1:quotas:show',
      query: quotaQuerySchema,
      answer: quotaSchema,
      handler: async ({ params: { project_id = '' }, query }) => await quota.describe(project_id, query.user_id),
    }),
    route<Query, z.infer<typeof quotaChangeSchema>>({
      method: 'PUT',
      path,
      rule: 'v1:quotas:update',
      query: quotaQuerySchema,
      body: quotaChangeSchema,
      answer: quotaSchema,
      handler: async ({ context, params: { project_id: projectId = '' }, query: { user_id: userId }, body }) => {
        const { limits, force } = body;
        const options = { force, within: 'limits', unknownProject: 'not_found' as const };
        if (userId === undefined) await quota.update(context, projectId, limits, options);
        else await quota.updateForUser(context, { projectId, userId }, limits, options);
        return await quota.describe(projectId, userId);
      },
    }),
    route<Query, unknown>({
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
