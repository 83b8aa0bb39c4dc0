import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { parseBoolean } from '../http/boolean-text.ts';
import type { Microversion } from '../http/microversion.ts';
import type { RouteDefinition } from '../http/route.ts';
import type { Condition, Sort } from '../resource/collection-query.ts';
import { flavorSchema, flavorSummarySchema } from './flavor.schema.ts';
import { type FlavorService, flavorsFor } from './flavor.service.ts';
import type { FlavorRecord } from './flavor.tables.ts';
import { basicFlavorView, flavorView } from './flavor.view.ts';
import { type Frame, nova } from './nova.resource.ts';
import { booleanField, descriptionField, integerField, nameField, queryText } from './request-field.schema.ts';

const listFields = {
  is_public: queryText.optional(),
  minRam: queryText.optional(),
  minDisk: queryText.optional(),
  sort_key: queryText.optional(),
  sort_dir: queryText.optional(),
};
type ListQuery = { readonly [Name in keyof typeof listFields]?: string | undefined };

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
const createBody = (version: Microversion) =>
  (version >= 55 ? anyCreate : z.strictObject(createFields)) as z.ZodType<z.infer<typeof anyCreate>>;

/** `/flavors`: sizes of machines. */
export function flavorRoutes({ flavors }: { flavors: FlavorService }): RouteDefinition[] {
  const manage = (verb: string) => `os_compute_api:os-flavor-manage:${verb}`;
  const rule = 'os_compute_api:flavors';
  const of = nova<FlavorRecord>({
    records: flavors.records,
    path: '/flavors',
    one: 'flavor',
    many: 'flavors',
    param: 'flavorId',
    schema: flavorSchema,
    view: (flavor, { origin, version }) => flavorView(flavor, origin, version),
    scope: ({ context }) => flavorsFor(context),
  });
  const list = { rule, pagedSince: 1, query: () => listFields, select };
  return [
    of.list({
      ...list,
      schema: flavorSummarySchema,
      view: (flavor, { origin, version }) => basicFlavorView(flavor, origin, version),
    }),
    of.list({ ...list, suffix: '/detail' }),
    of.show({ rule }),
    of.create({
      rule: manage('create'),
      body: createBody,
      make: ({ context }, sent) => {
        const isNew = sent.id === undefined || sent.id === null || sent.id === 'auto';
        return flavors.create(context, {
          id: isNew ? randomUUID() : (sent.id ?? ''),
          name: sent.name,
          description: sent.description ?? null,
          vcpus: sent.vcpus,
          ram: sent.ram,
          disk: sent.disk,
          ephemeral: sent['OS-FLV-EXT-DATA:ephemeral'] ?? 0,
          swap: sent.swap ?? 0,
          rxtxFactor: sent.rxtx_factor ?? 1,
          isPublic: sent['os-flavor-access:is_public'] ?? true,
        });
      },
    }),
    of.update({
      rule: manage('update'),
      since: 55,
      body: () => z.strictObject({ description: descriptionField }),
      change: (flavor, { description }) => ({ ...flavor, description }),
    }),
    of.delete({ rule: manage('delete'), status: 202 }),
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

/** Nova's names of columns; what it has no longer, or we never had, sorts as what comes nearest. */
const SORT_KEYS: Readonly<Record<string, keyof FlavorRecord>> = {
  flavorid: 'id',
  id: 'createdAt',
  created_at: 'createdAt',
  updated_at: 'createdAt',
  name: 'name',
  memory_mb: 'ram',
  vcpus: 'vcpus',
  root_gb: 'disk',
  ephemeral_gb: 'ephemeral',
  swap: 'swap',
  rxtx_factor: 'rxtxFactor',
  is_public: 'isPublic',
  disabled: 'isDisabled',
  description: 'description',
};

/** Only administrators choose between public flavors and others. */
function select(query: ListQuery, { context }: Frame) {
  const isPublic = publicFilter(query.is_public);
  const { sort_key = 'flavorid', sort_dir: direction = 'asc' } = query;
  const attribute = Object.hasOwn(SORT_KEYS, sort_key) ? SORT_KEYS[sort_key] : undefined;
  if (!attribute || (direction !== 'asc' && direction !== 'desc')) {
    const field = attribute ? 'sort_dir' : 'sort_key';
    throw new UserError('bad_request', `Invalid input for query parameter ${field}.`, { field });
  }
  const visible: Condition[] =
    context.isAdmin && isPublic !== null ? [{ attribute: 'isPublic', is: '=', value: isPublic }] : [];
  const where = [...visible, ...minimum('ram', 'min_ram', query.minRam), ...minimum('disk', 'min_disk', query.minDisk)];
  const sort: Sort<FlavorRecord>[] = [{ attribute, direction }];
  return { where, sort };
}

/** At least so much of an attribute. */
function minimum(attribute: 'ram' | 'disk', name: string, value: string | undefined): Condition[] {
  if (value === undefined) return [];
  if (/^\d{1,10}$/.test(value)) return [{ attribute, is: '>=', value: Number(value) }];
  throw new UserError('bad_request', `Invalid ${name} filter [${value.slice(0, 40)}]`, { field: name });
}
