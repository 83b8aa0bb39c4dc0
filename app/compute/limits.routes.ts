import { z } from 'zod';
import type { Microversion } from '../http/microversion.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { QuotaResource } from '../quota/quota.limits.ts';
import type { QuotaService, Usage } from '../quota/quota.service.ts';
import { COMPUTE_QUOTAS } from './compute.quotas.ts';
import { queryText, strictFrom75 } from './request-field.schema.ts';

const fields = { tenant_id: queryText.optional(), reserved: queryText.optional() };
const query = strictFrom75(() => fields);
const limitsAnswer = z.strictObject({
  limits: z.strictObject({ rate: z.array(z.never()), absolute: z.record(z.string(), z.number().int()) }),
});

/** `/limits`: what the project may use and uses, under Nova's older names. */
export function limitsRoutes({ quota }: { quota: QuotaService }): RouteDefinition[] {
  return [
    route({
      method: 'GET',
      path: '/limits',
      rule: 'os_compute_api:limits',
      query,
      answer: limitsAnswer,
      handler: async ({ context, query: { tenant_id }, version, enforce }) => {
        if (tenant_id !== undefined && tenant_id !== context.projectId) enforce('os_compute_api:limits:other_project');
        const usage = await quota.usage(tenant_id ?? context.projectId ?? '', context.userId, COMPUTE_QUOTAS);
        return { limits: { rate: [], absolute: absolute(usage, version) } };
      },
    }),
  ];
}

function absolute(usage: Usage, version: Microversion): Record<string, number> {
  const limit = (name: QuotaResource) => usage[name]?.limit ?? -1;
  const used = (name: QuotaResource) => usage[name]?.used ?? 0;
  return {
    maxTotalInstances: limit('instances'),
    maxTotalCores: limit('cores'),
    maxTotalRAMSize: limit('ram'),
    maxTotalKeypairs: limit('key_pairs'),
    maxServerMeta: limit('metadata_items'),
    maxServerGroups: limit('server_groups'),
    maxServerGroupMembers: limit('server_group_members'),
    totalInstancesUsed: used('instances'),
    totalCoresUsed: used('cores'),
    totalRAMUsed: used('ram'),
    totalServerGroupsUsed: used('server_groups'),
    ...(version < 39 && { maxImageMeta: limit('metadata_items') }),
    ...(version < 36 && {
      maxTotalFloatingIps: -1,
      maxSecurityGroups: -1,
      maxSecurityGroupRules: -1,
      totalFloatingIpsUsed: 0,
      totalSecurityGroupsUsed: 0,
    }),
    ...(version < 57 && {
      maxPersonality: limit('injected_files'),
      maxPersonalitySize: limit('injected_file_content_bytes'),
    }),
  };
}
