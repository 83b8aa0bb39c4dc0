import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import type { Microversion } from '../http/microversion.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { nextLinks, pageOf, parseLimit } from './collection-page.ts';
import { flavorAnswer, flavorDetailAnswer, flavorListAnswer } from './flavor.schema.ts';
import type { FlavorService } from './flavor.service.ts';
import type { FlavorRecord } from './flavor.tables.ts';
import { basicFlavorView, flavorView } from './flavor.view.ts';
import {
  booleanField,
  descriptionField,
  integerField,
  nameField,
  parseBoolean,
  queryText,
} from './request-field.schema.ts';

const listFields = {
  limit: queryText.optional(),
  marker: queryText.optional(),
  is_public: queryText.optional(),
  minRam: queryText.optional(),
  minDisk: queryText.optional(),
  sort_key: queryText.optional(),
  sort_dir: queryText.optional(),
};
const listQuery = (version: Microversion) => (version >= 75 ? z.strictObject(listFields) : z.object(listFields));
type ListQuery = z.infer<ReturnType<typeof listQuery>>;

const createFields = {
  name: nameField,
  ram: integerField(1),
  vcpus: integerField(1),
  disk: integerField(0),
  id: z
    .union([
      z
        .string()
        .min(1)
        .max(255)
        .regex(/^[a-zA-Z0-9._-](?:[a-zA-Z0-9. _-]*[a-zA-Z0-9._-])?$/, 'An id holds letters, digits, spaces and . _ -'),
      z.number().int().min(0).transform(String),
      z.null(),
    ])
    .optional(),
  'OS-FLV-EXT-DATA:ephemeral': integerField(0).optional(),
  swap: integerField(0).optional(),
  rxtx_factor: z
    .union([
      z.number().positive().max(3.4e38),
      z
        .string()
        .max(38)
        .regex(/^(?:[1-9][0-9]*(?:\.[0-9]+)?|0\.0*[1-9][0-9]*)$/, 'It must be a number above 0')
        .transform(Number),
    ])
    .optional(),
  'os-flavor-access:is_public': booleanField.optional(),
};
const anyCreate = z.strictObject({ ...createFields, description: descriptionField.optional() });
interface CreateBody {
  flavor: z.infer<typeof anyCreate>;
}
const createSchema = (version: Microversion): z.ZodType<CreateBody> =>
  z.strictObject({ flavor: version >= 55 ? anyCreate : z.strictObject(createFields) });

const updateBody = z.strictObject({ flavor: z.strictObject({ description: descriptionField }) });

/** `/flavors`: sizes of machines. */
export function flavorRoutes({ flavors }: { flavors: FlavorService }): RouteDefinition[] {
  const list = (isDetailed: boolean) =>
    route({
      method: 'GET',
      path: isDetailed ? '/flavors/detail' : '/flavors',
      rule: 'os_compute_api:flavors',
      query: listQuery,
      answer: isDetailed ? flavorDetailAnswer : flavorListAnswer,
      handler: async ({ context, query, origin, version }) => {
        const found = select(await flavors.list(context, publicFilter(query.is_public)), query);
        const limit = parseLimit(query.limit);
        const page = pageOf(found, query.marker, limit);
        const path = isDetailed ? '/compute/v2.1/flavors/detail' : '/compute/v2.1/flavors';
        const links = nextLinks(`${origin}${path}`, { ...query }, page, limit);
        const view: typeof flavorView | typeof basicFlavorView = isDetailed ? flavorView : basicFlavorView;
        return {
          flavors: page.map((flavor) => view(flavor, origin, version)),
          ...(links && { flavors_links: links }),
        };
      },
    });
  return [
    list(false),
    list(true),
    route({
      method: 'GET',
      path: '/flavors/:flavorId',
      rule: 'os_compute_api:flavors',
      answer: flavorAnswer,
      handler: async ({ context, params, origin, version }) => ({
        flavor: flavorView(await flavors.get(context, params.flavorId ?? ''), origin, version),
      }),
    }),
    route({
      method: 'POST',
      path: '/flavors',
      rule: 'os_compute_api:os-flavor-manage:create',
      body: createSchema,
      answer: flavorAnswer,
      handler: async ({ context, body: { flavor }, origin, version }) => {
        const isNew = flavor.id === undefined || flavor.id === null || flavor.id === 'auto';
        const made = await flavors.create(context, {
          id: isNew ? randomUUID() : (flavor.id ?? ''),
          name: flavor.name,
          description: flavor.description ?? null,
          vcpus: flavor.vcpus,
          ram: flavor.ram,
          disk: flavor.disk,
          ephemeral: flavor['OS-FLV-EXT-DATA:ephemeral'] ?? 0,
          swap: flavor.swap ?? 0,
          rxtxFactor: flavor.rxtx_factor ?? 1,
          isPublic: flavor['os-flavor-access:is_public'] ?? true,
        });
        return { flavor: flavorView(made, origin, version) };
      },
    }),
    route({
      method: 'PUT',
      path: '/flavors/:flavorId',
      rule: 'os_compute_api:os-flavor-manage:update',
      since: 55,
      body: updateBody,
      answer: flavorAnswer,
      handler: async ({ context, params, body, origin, version }) => {
        const flavor = await flavors.describe(context, params.flavorId ?? '', body.flavor.description);
        return { flavor: flavorView(flavor, origin, version) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/flavors/:flavorId',
      rule: 'os_compute_api:os-flavor-manage:delete',
      status: 202,
      handler: async ({ context, params }) => await flavors.delete(context, params.flavorId ?? ''),
    }),
  ];
}

/** `None` asks for both; what is no boolean is refused. */
function publicFilter(value: string | undefined): boolean | null {
  if (value === undefined) return true;
  if (value.toLowerCase() === 'none') return null;
  const parsed = parseBoolean(value);
  if (parsed === undefined) {
    throw new UserError('bad_request', `Invalid is_public filter [${value.slice(0, 40)}]`, { field: 'is_public' });
  }
  return parsed;
}

const SORT_KEYS: Record<string, (flavor: FlavorRecord) => string | number> = {
  flavorid: ({ id }) => id,
  id: ({ createdAt }) => createdAt,
  created_at: ({ createdAt }) => createdAt,
  updated_at: ({ createdAt }) => createdAt,
  name: ({ name }) => name,
  memory_mb: ({ ram }) => ram,
  vcpus: ({ vcpus }) => vcpus,
  root_gb: ({ disk }) => disk,
  ephemeral_gb: ({ ephemeral }) => ephemeral,
  swap: ({ swap }) => swap,
  rxtx_factor: ({ rxtxFactor }) => rxtxFactor,
  is_public: ({ isPublic }) => Number(isPublic),
  disabled: ({ isDisabled }) => Number(isDisabled),
  description: ({ description }) => description ?? '',
};

function select(flavors: FlavorRecord[], query: ListQuery): FlavorRecord[] {
  const key = Object.hasOwn(SORT_KEYS, query.sort_key ?? 'flavorid')
    ? SORT_KEYS[query.sort_key ?? 'flavorid']
    : undefined;
  const { sort_dir = 'asc' } = query;
  if (!key || (sort_dir !== 'asc' && sort_dir !== 'desc')) {
    const field = key ? 'sort_dir' : 'sort_key';
    throw new UserError('bad_request', `Invalid input for query parameter ${field}.`, { field });
  }
  const minRam = minimum(query.minRam, 'min_ram');
  const minDisk = minimum(query.minDisk, 'min_disk');
  const sign = sort_dir === 'asc' ? 1 : -1;
  return flavors
    .filter(({ ram, disk }) => ram >= minRam && disk >= minDisk)
    .sort((a, b) => sign * compare(key(a), key(b)) || compare(a.id, b.id));
}

function minimum(value: string | undefined, name: string): number {
  if (value === undefined) return 0;
  if (/^\d{1,10}$/.test(value)) return Number(value);
  throw new UserError('bad_request', `Invalid ${name} filter [${value.slice(0, 40)}]`, { field: name });
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
