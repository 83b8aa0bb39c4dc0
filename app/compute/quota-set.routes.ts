import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import type { Microversion } from '../http/microversion.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { DEFAULT_PROJECT, UNLIMITED } from '../quota/quota.limits.ts';
import type { Amounts, QuotaService, Usage } from '../quota/quota.service.ts';
import {
  quotaClassAnswer,
  quotaDetailAnswer,
  quotaSetAnswer,
  updatedQuotaClassAnswer,
  updatedQuotaSetAnswer,
} from './quota-set.schema.ts';
import { booleanField, integerField, queryText, strictFrom75 } from './request-field.schema.ts';

/** What Nova's quota API names. The ones that are always -1 or fixed stand for services that keep their own. */
const OWN = [
  'instances',
  'cores',
  'ram',
  'metadata_items',
  'key_pairs',
  'server_groups',
  'server_group_members',
] as const;
const FIXED: Record<string, { limit: number; until: Microversion }> = {
  fixed_ips: { limit: -1, until: 35 },
  floating_ips: { limit: -1, until: 35 },
  security_groups: { limit: -1, until: 35 },
  security_group_rules: { limit: -1, until: 35 },
  injected_files: { limit: 0, until: 56 },
  injected_file_content_bytes: { limit: 0, until: 56 },
  injected_file_path_bytes: { limit: 0, until: 56 },
};

const limit = integerField(-1);
const changes = {
  ...Object.fromEntries(OWN.map((name) => [name, limit.optional()])),
  ...Object.fromEntries(Object.keys(FIXED).map((name) => [name, limit.optional()])),
};
const quotaFields: z.ZodType<Record<string, number | undefined>> = z.strictObject(changes);
const updateBody = z.strictObject({
  quota_set: z.strictObject({ ...changes, force: booleanField.optional(), tenant_id: z.string().optional() }),
});
const classBody = z.strictObject({ quota_class_set: quotaFields });
const userFields = { user_id: queryText.optional() };
const userQuery = strictFrom75(() => userFields);

const ofProject = async ({ params }: { params: Record<string, string> }) => ({ project_id: params.projectId });

/** `/os-quota-sets` and `/os-quota-class-sets`. */
export function quotaSetRoutes({ quota }: { quota: QuotaService }): RouteDefinition[] {
  const path = '/os-quota-sets/:projectId';
  const rule = (verb: string) => `os_compute_api:os-quota-sets:${verb}`;
  const usageOf = (projectId: string, userId: string | undefined) =>
    userId === undefined ? quota.usage(projectId) : quota.userUsage(projectId, userId);
  return [
    route({
      method: 'GET',
      path,
      rule: rule('show'),
      target: ofProject,
      query: userQuery,
      answer: quotaSetAnswer,
      handler: async ({ params: { projectId = '' }, query, version }) => {
        return { quota_set: { id: projectId, ...limitsView(await usageOf(projectId, query.user_id), version) } };
      },
    }),
    route({
      method: 'GET',
      path: `${path}/defaults`,
      rule: rule('defaults'),
      answer: quotaSetAnswer,
      handler: async ({ params: { projectId = '' }, version }) => {
        const defaults = await quota.defaults();
        const usage = Object.fromEntries(
          Object.entries(defaults).map(([name, value]) => [name, { limit: value, used: 0 }]),
        );
        return { quota_set: { id: projectId, ...limitsView(usage, version) } };
      },
    }),
    route({
      method: 'GET',
      path: `${path}/detail`,
      rule: rule('detail'),
      target: ofProject,
      query: userQuery,
      answer: quotaDetailAnswer,
      handler: async ({ params: { projectId = '' }, query, version }) => {
        return {
          quota_set: { id: projectId, ...usageView(await usageOf(projectId, query.user_id), version) },
        };
      },
    }),
    route({
      method: 'PUT',
      path,
      rule: rule('update'),
      query: userQuery,
      body: updateBody,
      answer: updatedQuotaSetAnswer,
      handler: async ({ context, params: { projectId = '' }, query, body, version }) => {
        const { force = false, tenant_id: _again, ...wanted } = body.quota_set;
        const amounts = amountsOf(wanted);
        const userId = query.user_id;
        if (userId === undefined) await quota.update(context, projectId, amounts, { force });
        else await quota.updateForUser(context, { projectId, userId }, amounts, { force });
        return { quota_set: limitsView(await usageOf(projectId, userId), version) };
      },
    }),
    route({
      method: 'DELETE',
      path,
      rule: rule('delete'),
      status: 202,
      query: userQuery,
      handler: async ({ context, params: { projectId = '' }, query: { user_id: userId } }) =>
        await (userId === undefined
          ? quota.reset(context, projectId)
          : quota.resetForUser(context, { projectId, userId })),
    }),
    route({
      method: 'GET',
      path: '/os-quota-class-sets/:name',
      rule: 'os_compute_api:os-quota-class-sets:show',
      answer: quotaClassAnswer,
      handler: async ({ params: { name = '' }, version }) => ({
        quota_class_set: { id: name, ...limitsView(await quota.usage(DEFAULT_PROJECT), version) },
      }),
    }),
    route({
      method: 'PUT',
      path: '/os-quota-class-sets/:name',
      rule: 'os_compute_api:os-quota-class-sets:update',
      body: classBody,
      answer: updatedQuotaClassAnswer,
      handler: async ({ context, params: { name = '' }, body, version }) => {
        if (name !== DEFAULT_PROJECT) {
          throw new UserError('bad_request', `There is no quota class ${name.slice(0, 255)}, only ${DEFAULT_PROJECT}.`);
        }
        await quota.update(context, DEFAULT_PROJECT, amountsOf(body.quota_class_set), {
          force: true,
          within: 'quota_class_set',
        });
        return { quota_class_set: limitsView(await quota.usage(DEFAULT_PROJECT), version) };
      },
    }),
  ];
}

function isOwn(name: string): name is (typeof OWN)[number] {
  return OWN.some((own) => own === name);
}

/** Limits that are fixed may be repeated, as clients do that read, change and write a set whole. */
function amountsOf(wanted: Record<string, unknown>): Amounts {
  const amounts: Amounts = {};
  for (const [name, value] of Object.entries(wanted)) {
    if (typeof value !== 'number') continue;
    if (isOwn(name)) amounts[name] = value;
    else if (value !== FIXED[name]?.limit && value !== UNLIMITED) {
      throw new UserError('bad_request', `The limit of ${name} cannot be set.`, { field: `quota_set.${name}` });
    }
  }
  return amounts;
}

function limitsView(usage: Usage, version: Microversion): Record<string, number> {
  const detail = usageView(usage, version);
  return Object.fromEntries(Object.entries(detail).map(([name, entry]) => [name, entry.limit]));
}

function usageView(
  usage: Usage,
  version: Microversion,
): Record<string, { limit: number; in_use: number; reserved: number }> {
  const view: Record<string, { limit: number; in_use: number; reserved: number }> = {};
  for (const name of OWN) {
    const { limit: allowed = UNLIMITED, used = 0 } = usage[name] ?? {};
    view[name] = { limit: allowed, in_use: used, reserved: 0 };
  }
  for (const [name, { limit: allowed, until }] of Object.entries(FIXED)) {
    if (version <= until) view[name] = { limit: allowed, in_use: 0, reserved: 0 };
  }
  return view;
}
