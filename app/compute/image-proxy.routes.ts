import { z } from 'zod';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import { parseBoolean } from '../http/boolean-text.ts';
import { linksSchema } from '../http/link.schema.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import type { ProxiedImage, ProxiedImages } from './collaborators.ts';
import { nextLinks, parseLimit } from './collection-page.ts';
import { isoSeconds } from './nova-time.ts';
import { metadataField } from './request-field.schema.ts';

/** The last microversions that have images, and their metadata. */
const UNTIL = 35;
const METADATA_UNTIL = 38;

const basicFields = { id: z.string(), name: z.string().nullable(), links: linksSchema };
const basicSchema = z.strictObject(basicFields).meta({ title: 'ProxiedImageSummary' });
const imageSchema = z
  .strictObject({
    ...basicFields,
    status: z.enum(['ACTIVE', 'SAVING', 'DELETED', 'ERROR', 'UNKNOWN']),
    progress: z.number().int(),
    minRam: z.number().int(),
    minDisk: z.number().int(),
    metadata: z.record(z.string(), z.string()),
    created: z.string(),
    updated: z.string(),
    'OS-EXT-IMG-SIZE:size': z.number().int().nullable(),
    'OS-DCF:diskConfig': z.enum(['AUTO', 'MANUAL']).optional(),
    server: z.strictObject({ id: z.string(), links: linksSchema }).optional(),
  })
  .meta({ title: 'ProxiedImageView' });
const metadataAnswer = z.strictObject({ metadata: z.record(z.string(), z.string()) });
const metaAnswer = z.strictObject({ meta: z.record(z.string(), z.string()) });
const allBody = z.strictObject({ metadata: metadataField });
const oneBody = z.strictObject({ meta: metadataField });
const texts = z.union([z.string(), z.array(z.string())]).optional();
const listQuery = z
  .object({
    ...{
      name: texts,
      status: texts,
      'changes-since': texts,
      server: texts,
      type: texts,
      minRam: texts,
      minDisk: texts,
    },
    ...{ limit: texts, marker: texts },
  })
  .catchall(texts);
type ListQuery = z.infer<typeof listQuery>;

/** Nova's filters in Glance's words. */
const FILTERS: Readonly<Record<string, string>> = {
  name: 'name',
  status: 'status',
  'changes-since': 'updated_at',
  server: 'instance_uuid',
  type: 'image_type',
  minRam: 'min_ram',
  minDisk: 'min_disk',
};
const STATUSES: Readonly<Record<string, [z.infer<typeof imageSchema>['status'], number]>> = {
  active: ['ACTIVE', 100],
  queued: ['SAVING', 25],
  saving: ['SAVING', 50],
  deleted: ['DELETED', 0],
  pending_delete: ['DELETED', 0],
  killed: ['ERROR', 0],
};

interface Parts {
  images: { proxied: ProxiedImages };
  quota: QuotaService;
}
interface Asked {
  readonly context: Context;
  readonly params: { readonly imageId: string };
}

/** `/images` until 2.35 and their metadata until 2.38: Glance's images for the oldest clients, under Glance's rules. */
export function imageProxyRoutes({ images: { proxied }, quota }: Parts): RouteDefinition[] {
  const one = '/images/:imageId';
  const metadata = `${one}/metadata` as const;
  const idOf = ({ params: { imageId } }: Asked) => imageId;
  const target = async (asked: Asked) => {
    const image = await proxied.find(asked.context, idOf(asked));
    if (!image) return { member_id: asked.context.projectId, visibility: 'private' };
    const { owner, visibility } = image;
    return { project_id: owner, owner, visibility, member_id: asked.context.projectId };
  };
  const find = async (asked: Asked): Promise<ProxiedImage> => {
    const image = await proxied.find(asked.context, idOf(asked));
    if (!image) throw notFound('Image not found.');
    return image;
  };
  /** Their number is limited as that of a server's. */
  const setMetadata = async (asked: Asked, set: Record<string, string>, removed: (name: string) => boolean) => {
    const { projectId } = asked.context;
    await find(asked);
    return await proxied.setProperties(asked.context, idOf(asked), set, removed, async (trx, count) => {
      if (projectId !== null) await quota.check(trx, projectId, { metadata_items: count });
    });
  };
  const list = (suffix: '' | '/detail') =>
    route({
      method: 'GET',
      path: `/images${suffix}`,
      until: UNTIL,
      rule: 'get_images',
      query: listQuery,
      answer: z.strictObject({
        images: z.array(suffix === '' ? basicSchema : imageSchema),
        images_links: linksSchema.optional(),
      }),
      handler: async ({ context, query, origin }) => {
        const limit = parseLimit(lastOf(query.limit));
        const found = await proxied.list(context, glanceQuery(query, limit));
        const links = nextLinks(`${origin}/compute/v2.1/images${suffix}`, { ...query }, found, limit);
        const view = suffix === '' ? basicView : imageView;
        return { images: found.map((image) => view(image, origin)), ...(links && { images_links: links }) };
      },
    });
  return [
    list(''),
    list('/detail'),
    route({
      method: 'GET',
      path: one,
      until: UNTIL,
      rule: 'get_image',
      target,
      answer: z.strictObject({ image: imageSchema }),
      handler: async (request) => ({ image: imageView(await find(request), request.origin) }),
    }),
    route({
      method: 'DELETE',
      path: one,
      until: UNTIL,
      rule: 'delete_image',
      target,
      handler: async (request) => {
        await find(request);
        await proxied.delete(request.context, idOf(request));
      },
    }),
    route({
      method: 'GET',
      path: metadata,
      until: METADATA_UNTIL,
      rule: 'get_image',
      target,
      answer: metadataAnswer,
      handler: async (request) => ({ metadata: (await find(request)).properties }),
    }),
    route({
      method: 'POST',
      path: metadata,
      until: METADATA_UNTIL,
      rule: 'modify_image',
      target,
      body: allBody,
      answer: metadataAnswer,
      handler: async (request) => ({ metadata: await setMetadata(request, request.body.metadata, () => false) }),
    }),
    route({
      method: 'PUT',
      path: metadata,
      until: METADATA_UNTIL,
      rule: 'modify_image',
      target,
      body: allBody,
      answer: metadataAnswer,
      handler: async (request) => {
        const { metadata: all } = request.body;
        return { metadata: await setMetadata(request, all, (name) => !Object.hasOwn(all, name)) };
      },
    }),
    route({
      method: 'GET',
      path: `${metadata}/:key`,
      until: METADATA_UNTIL,
      rule: 'get_image',
      target,
      answer: metaAnswer,
      handler: async (request) => ({ meta: only(await find(request), request.params.key) }),
    }),
    route({
      method: 'PUT',
      path: `${metadata}/:key`,
      until: METADATA_UNTIL,
      rule: 'modify_image',
      target,
      body: oneBody,
      answer: metaAnswer,
      handler: async (request) => {
        const { meta } = request.body;
        // Also of a request that is wrong: what is another's is not there.
        await find(request);
        if (Object.keys(meta).length !== 1 || !Object.hasOwn(meta, request.params.key)) {
          throw new UserError('bad_request', 'Request body and URI mismatch', { field: 'meta' });
        }
        await setMetadata(request, meta, () => false);
        return { meta };
      },
    }),
    route({
      method: 'DELETE',
      path: `${metadata}/:key`,
      until: METADATA_UNTIL,
      rule: 'modify_image',
      target,
      handler: async (request) => {
        const { key } = request.params;
        only(await find(request), key);
        await setMetadata(request, {}, (name) => name === key);
      },
    }),
  ];
}

function lastOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.at(-1);
}

/** What Nova passes on: its filters and `property-…`; anything else is passed over. */
function glanceQuery(query: ListQuery, limit: number): URLSearchParams {
  const asked = new URLSearchParams({ limit: String(limit) });
  for (const [name, value] of Object.entries(query)) {
    const text = lastOf(value);
    const filter = name.startsWith('property-') ? name.slice('property-'.length) : FILTERS[name];
    if (text === undefined) continue;
    if (name === 'marker') asked.set('marker', text);
    else if (filter === 'updated_at') asked.set(filter, `gte:${text}`);
    else if (filter === 'status') asked.set(filter, text.toLowerCase());
    // A server may be named by its link.
    else if (filter === 'instance_uuid') asked.set(filter, text.split('/').at(-1) ?? '');
    else if (filter !== undefined) asked.set(filter, text);
  }
  return asked;
}

function only({ properties }: ProxiedImage, key: string): Record<string, string> {
  const value = Object.hasOwn(properties, key) ? properties[key] : undefined;
  if (value === undefined) throw notFound('Invalid metadata key');
  return { [key]: value };
}

function basicView({ id, name }: ProxiedImage, origin: string) {
  return {
    id,
    name,
    links: [
      { rel: 'self', href: `${origin}/compute/v2.1/images/${id}` },
      { rel: 'bookmark', href: `${origin}/compute/images/${id}` },
      { rel: 'alternate', type: 'application/vnd.openstack.image', href: `${origin}/image/images/${id}` },
    ],
  };
}

function imageView(image: ProxiedImage, origin: string): z.infer<typeof imageSchema> {
  const [status, progress] = STATUSES[image.status] ?? ['UNKNOWN', 0];
  const { instance_uuid: server, auto_disk_config: auto } = image.properties;
  return {
    ...basicView(image, origin),
    status,
    progress,
    minRam: image.minRam,
    minDisk: image.minDisk,
    metadata: image.properties,
    created: isoSeconds(image.createdAt),
    updated: isoSeconds(image.updatedAt),
    'OS-EXT-IMG-SIZE:size': image.size,
    ...(auto !== undefined && { 'OS-DCF:diskConfig': parseBoolean(auto) ? 'AUTO' : 'MANUAL' }),
    ...(server !== undefined && {
      server: {
        id: server,
        links: [
          { rel: 'self', href: `${origin}/compute/v2.1/servers/${server}` },
          { rel: 'bookmark', href: `${origin}/compute/servers/${server}` },
        ],
      },
    }),
  };
}

function notFound(message: string): UserError {
  return new UserError('not_found', message);
}
