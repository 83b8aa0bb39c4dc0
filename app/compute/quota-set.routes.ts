import { z } from 'zod';
import { paramOf, type RouteDefinition } from '../http/route.ts';
import { DEFAULT_PROJECT } from '../quota/quota.limits.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import { quotaApi, requireDefaultClass } from '../quota/quota-api.routes.ts';
import { COMPUTE_QUOTAS } from './compute.quotas.ts';
import { booleanField, integerField, queryText, strictFrom75 } from './request-field.schema.ts';

/** What other services limit, and what has no limit here. */
const FIXED = {
  fixed_ips: { limit: -1, until: 35 },
  floating_ips: { limit: -1, until: 35 },
  security_groups: { limit: -1, until: 35 },
  security_group_rules: { limit: -1, until: 35 },
};
const whole = z.number().int();
const userFields = { user_id: queryText.optional() };

/** `/os-quota-sets` and `/os-quota-class-sets`. */
export function quotaSetRoutes({ quota }: { quota: QuotaService }): RouteDefinition[] {
  const api = {
    ...{ quota, limits: COMPUTE_QUOTAS, fixed: FIXED, limit: integerField(-1) },
    entry: {
      schema: z.strictObject({ limit: whole, in_use: whole, reserved: whole }),
      view: ({ limit, used }: { limit: number; used: number }) => ({ limit, in_use: used, reserved: 0 }),
    },
  };
  const sets = quotaApi({
    ...api,
    path: '/os-quota-sets/:projectId',
    owner: (request) => ({ projectId: paramOf(request, 'projectId'), userId: request.query.user_id }),
    within: 'quota_set',
    beside: { shape: { id: z.string() }, view: (request) => ({ id: paramOf(request, 'projectId') }) },
    query: strictFrom75(() => userFields),
    target: async (request) => ({ project_id: paramOf(request, 'projectId') }),
  });
  const classes = quotaApi({
    ...api,
    path: '/os-quota-class-sets/:name',
    owner: () => ({ projectId: DEFAULT_PROJECT }),
    setsDefaults: true,
    within: 'quota_class_set',
    beside: { shape: { id: z.string() }, view: (request) => ({ id: paramOf(request, 'name') }) },
  });
  const rule = (verb: string) => `os_compute_api:os-quota-sets:${verb}`;
  return [
    sets.show({ rule: rule('show') }),
    sets.defaults({ rule: rule('defaults'), at: '/defaults' }),
    sets.show({ rule: rule('detail'), at: '/detail', isDetailed: true }),
    sets.set({
      rule: rule('update'),
      options: { force: booleanField.optional(), tenant_id: z.string().optional() },
      force: ({ quota_set: { force = false } }: { quota_set: { force?: boolean } }) => force,
    }),
    sets.reset({ rule: rule('delete'), status: 202 }),
    classes.show({ rule: 'os_compute_api:os-quota-class-sets:show' }),
    classes.set({
      rule: 'os_compute_api:os-quota-class-sets:update',
      force: requireDefaultClass,
    }),
  ];
}
