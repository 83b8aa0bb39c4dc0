import { z } from 'zod';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import { parseBoolean } from '../http/boolean-text.ts';
import { integerField, queryText } from '../http/field.schema.ts';
import { paramOf, type RouteDefinition } from '../http/route.ts';
import { DEFAULT_PROJECT, type QuotaResource } from '../quota/quota.limits.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import { type QuotaApi, quotaApi, requireDefaultClass } from '../quota/quota-api.routes.ts';
import { bad } from './cinder.resource.ts';
import { limitsOf, VOLUME_QUOTAS } from './volume.quotas.ts';
import { typesFor, type VolumeTypeService } from './volume-type.service.ts';

const whole = z.number().int();
const ownerName = z.string().max(255).optional();

/** By names that depend on which types there are. */
const setBody = z.strictObject({
  quota_set: z
    .object({ tenant_id: ownerName, id: ownerName })
    .catchall(integerField(-1))
    .refine((sent) => Object.keys(sent).length > 0, 'It must name a limit')
    .meta({ minProperties: 1 }),
});
const classBody = z.strictObject({ quota_class_set: z.record(z.string().min(1).max(300), integerField(-1)) });

interface QuotaParts {
  quota: QuotaService;
  types: VolumeTypeService;
}

/** `/os-quota-sets` and `/os-quota-class-sets`: Cinder tells of each type's limits by its name. */
export function volumeQuotaRoutes({ quota, types }: QuotaParts): RouteDefinition[] {
  const of = <Q>(
    within: string,
    param: string,
    more: Pick<QuotaApi<Q>, 'path' | 'owner' | 'query' | 'target' | 'setsDefaults'>,
  ) =>
    quotaApi<Q>({
      ...{ quota, limits: VOLUME_QUOTAS, within, limit: integerField(-1), unknownProject: 'not_found' },
      each: (context) => limitsByName(types, context),
      unknown: (names) =>
        bad(`Bad key(s) in ${within}: ${names.join(', ').slice(0, 255)}`, `${within}.${names[0]?.slice(0, 255)}`),
      entry: {
        schema: z.strictObject({ limit: whole, in_use: whole, reserved: whole }),
        view: ({ limit, used }) => ({ limit, in_use: used, reserved: 0 }),
      },
      beside: { shape: { id: z.string() }, view: (request) => ({ id: paramOf(request, param) }) },
      ...more,
    });
  const sets = of('quota_set', 'id', {
    path: '/os-quota-sets/:id',
    owner: (request) => ({ projectId: paramOf(request, 'id') }),
    query: z.object({ usage: queryText.optional() }),
    target: async (request) => ({ project_id: paramOf(request, 'id') }),
  });
  const classes = of('quota_class_set', 'name', {
    path: '/os-quota-class-sets/:name',
    owner: () => ({ projectId: DEFAULT_PROJECT }),
    setsDefaults: true,
  });
  const rule = (verb: string) => `volume_extension:quotas:${verb}`;
  return [
    sets.show({ rule: rule('show'), isDetailed: ({ usage = 'false' }) => booleanOf('usage', usage) }),
    sets.defaults({ rule: rule('show'), at: '/defaults' }),
    sets.set({ rule: rule('update'), body: setBody, force: () => false }),
    sets.reset({ rule: rule('delete'), status: 200 }),
    classes.show({ rule: 'volume_extension:quota_classes:get' }),
    classes.set({
      rule: 'volume_extension:quota_classes:update',
      body: classBody,
      force: requireDefaultClass,
    }),
  ];
}

/** What the cloud calls each limit of the types that the caller may use. */
async function limitsByName(types: VolumeTypeService, context: Context): Promise<Map<string, QuotaResource>> {
  const usable = await types.records.list({ ...typesFor(context), sort: [{ attribute: 'name', direction: 'asc' }] });
  return new Map(
    usable.flatMap(({ id, name }) =>
      limitsOf(id).map((resource): [string, QuotaResource] => [resource.replace(id, () => name), resource]),
    ),
  );
}

function booleanOf(field: string, text: string): boolean {
  const value = parseBoolean(text);
  if (value !== undefined) return value;
  throw new UserError('bad_request', `Value '${text.slice(0, 40)}' for '${field}' is not a boolean.`, { field });
}
