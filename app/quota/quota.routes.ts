import { limitSchema, quotaChangeSchema, quotaEntrySchema, quotaQuerySchema } from '../contract/quota.ts';
import { limitsSchema } from '../contract/v1.ts';
import { paramOf, type RouteDefinition, route } from '../http/route.ts';
import { requireProject } from '../policy/authorization.ts';
import { type QuotaDefaults, singleDefaults } from './quota.limits.ts';
import type { QuotaService } from './quota.service.ts';
import { quotaApi } from './quota-api.routes.ts';

/**
 * `/v1/limits` of whoever asks, and `/v1/quotas/{project_id}` (or `default`): the limits of all services at once, where
 * OpenStack has an API in each. With `user_id` one user's part of them.
 */
export function quotaRoutes(quota: QuotaService, defaults: QuotaDefaults): RouteDefinition[] {
  const names = singleDefaults(defaults).map(([name]) => name);
  const of = quotaApi({
    quota,
    limits: defaults,
    nameOf: (resource) => resource,
    path: '/quotas/:project_id',
    owner: (request) => ({ projectId: paramOf(request, 'project_id'), userId: request.query.user_id }),
    within: 'limits',
    limit: limitSchema,
    entry: { schema: quotaEntrySchema, view: (limit) => limit },
    query: quotaQuerySchema,
    unknownProject: 'not_found',
    setsDefaults: true,
  });
  return [
    route({
      method: 'GET',
      path: '/limits',
      rule: 'v1:limits:show',
      answer: limitsSchema,
      handler: async ({ context }) => ({ limits: await quota.usage(requireProject(context), context.userId) }),
    }),
    of.show({ rule: 'v1:quotas:show', isDetailed: true }),
    of.set({
      rule: 'v1:quotas:update',
      body: quotaChangeSchema(names),
      isDetailed: true,
      force: ({ force }: { force: boolean }) => force,
    }),
    of.reset({ rule: 'v1:quotas:delete', summary: 'Back to the defaults.' }),
  ];
}
