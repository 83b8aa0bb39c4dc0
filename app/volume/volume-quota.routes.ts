import { z } from 'zod';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import { parseBoolean } from '../http/boolean-text.ts';
import { integerField, queryText } from '../http/field.schema.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { DEFAULT_PROJECT, type QuotaResource, UNLIMITED } from '../quota/quota.limits.ts';
import type { Amounts, QuotaService, Usage } from '../quota/quota.service.ts';
import { bad } from './cinder.resource.ts';
import { limitsOf, SINGLE_LIMITS, VOLUME_QUOTAS } from './volume.quotas.ts';
import { typesFor, type VolumeTypeService } from './volume-type.service.ts';

const whole = z.number().int();
const used = z.strictObject({ limit: whole, in_use: whole, reserved: whole });
const setAnswer = z.strictObject({ quota_set: z.object({ id: z.string() }).catchall(z.union([whole, used])) });
const updatedSetAnswer = z.strictObject({ quota_set: z.record(z.string(), whole) });
const classAnswer = z.strictObject({ quota_class_set: z.object({ id: z.string() }).catchall(whole) });
const updatedClassAnswer = z.strictObject({ quota_class_set: z.record(z.string(), whole) });

/** By names that depend on which types there are. */
const limits = z.record(z.string().min(1).max(300), integerField(-1));
const setBody = z.strictObject({
  quota_set: z
    .object({ tenant_id: z.string().max(255).optional(), id: z.string().max(255).optional() })
    .catchall(integerField(-1))
    .refine((sent) => Object.keys(sent).length > 0, 'It must name a limit')
    .meta({ minProperties: 1 }),
});
const classBody = z.strictObject({ quota_class_set: limits });
const usageQuery = z.object({ usage: queryText.optional() });

interface QuotaParts {
  quota: QuotaService;
  types: VolumeTypeService;
}

/** `/os-quota-sets` and `/os-quota-class-sets`: Cinder tells of each type's limits by its name. */
export function volumeQuotaRoutes({ quota, types }: QuotaParts): RouteDefinition[] {
  const path = '/os-quota-sets/:id';
  const classPath = '/os-quota-class-sets/:name';
  const rule = (verb: string) => `volume_extension:quotas:${verb}`;
  const target = async ({ params }: { params: { id: string } }) => ({ project_id: params.id });

  /** What the cloud calls each limit, by Cinder's name. */
  const namesFor = async (context: Context): Promise<[name: string, resource: QuotaResource][]> => {
    const usable = await types.records.list({ ...typesFor(context), sort: [{ attribute: 'name', direction: 'asc' }] });
    return [
      ...SINGLE_LIMITS.map((name): [string, QuotaResource] => [name, name]),
      ...usable.flatMap(({ id, name }) =>
        limitsOf(id).map((resource): [string, QuotaResource] => [resource.replace(id, name), resource]),
      ),
    ];
  };
  const usageIn = async (context: Context, usage: Usage) =>
    (await namesFor(context)).map(([name, resource]) => {
      const { limit = UNLIMITED, used: inUse = 0 } = usage[resource] ?? {};
      return [name, { limit, in_use: inUse, reserved: 0 }] as const;
    });
  const limitsIn = async (context: Context, usage: Usage) =>
    Object.fromEntries((await usageIn(context, usage)).map(([name, { limit }]) => [name, limit]));
  const limitsFor = async (context: Context, projectId: string) => limitsIn(context, await quota.usage(projectId));
  const amountsOf = async (context: Context, sent: Readonly<Record<string, number>>, within: string) => {
    const known = new Map(await namesFor(context));
    const wrong = Object.keys(sent).filter((name) => !known.has(name));
    if (wrong.length > 0) {
      throw bad(`Bad key(s) in ${within}: ${wrong.join(', ').slice(0, 255)}`, `${within}.${wrong[0]}`);
    }
    return Object.fromEntries(Object.entries(sent).map(([name, limit]) => [known.get(name), limit])) as Amounts;
  };

  return [
    route({
      ...{ method: 'GET', path, rule: rule('show'), target, query: usageQuery, answer: setAnswer },
      handler: async ({ context, params: { id }, query: { usage = 'false' } }) => {
        const isDetailed = parseBoolean(usage);
        if (isDetailed === undefined) {
          throw new UserError('bad_request', `Value '${usage.slice(0, 40)}' for 'usage' is not a boolean.`, {
            field: 'usage',
          });
        }
        const found = await quota.usage(id);
        const shown = isDetailed ? Object.fromEntries(await usageIn(context, found)) : await limitsIn(context, found);
        return { quota_set: { ...shown, id } };
      },
    }),
    route({
      ...{ method: 'GET', path: `${path}/defaults`, rule: rule('show'), target, answer: setAnswer },
      handler: async ({ context, params: { id } }) => ({
        quota_set: { ...(await limitsFor(context, DEFAULT_PROJECT)), id },
      }),
    }),
    route({
      ...{ method: 'PUT', path, rule: rule('update'), target, body: setBody, answer: updatedSetAnswer },
      handler: async ({ context, params: { id }, body: { quota_set: sent } }) => {
        const { tenant_id: _tenant, id: _again, ...wanted } = sent;
        const amounts = await amountsOf(context, wanted, 'quota_set');
        await quota.update(context, id, amounts, { force: false, unknownProject: 'not_found' });
        return { quota_set: await limitsFor(context, id) };
      },
    }),
    route({
      ...{ method: 'DELETE', path, rule: rule('delete'), target, status: 200 },
      handler: async ({ context, params: { id } }) => {
        await quota.reset(context, id, VOLUME_QUOTAS);
      },
    }),
    route({
      ...{ method: 'GET', path: classPath, rule: 'volume_extension:quota_classes:get', answer: classAnswer },
      handler: async ({ context, params: { name } }) => ({
        quota_class_set: { ...(await limitsFor(context, DEFAULT_PROJECT)), id: name },
      }),
    }),
    route({
      ...{ method: 'PUT', path: classPath, rule: 'volume_extension:quota_classes:update' },
      ...{ body: classBody, answer: updatedClassAnswer },
      handler: async ({ context, params: { name }, body: { quota_class_set: sent } }) => {
        if (name !== DEFAULT_PROJECT) {
          throw new UserError('bad_request', `There is no quota class ${name.slice(0, 255)}, only ${DEFAULT_PROJECT}.`);
        }
        const amounts = await amountsOf(context, sent, 'quota_class_set');
        await quota.update(context, DEFAULT_PROJECT, amounts, { force: true, within: 'quota_class_set' });
        return { quota_class_set: await limitsFor(context, DEFAULT_PROJECT) };
      },
    }),
  ];
}
