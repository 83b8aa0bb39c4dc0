import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { DISK_FORMATS } from './formats/inspect.ts';
import type { ImageRecord } from './image.tables.ts';
import { CONTAINER_FORMATS, VISIBILITIES } from './image.values.ts';

const MAX_INTEGER = 2 ** 31 - 1;
export const MAX_TAGS = 128;
export const MAX_PROPERTIES = 128;

/** Attributes callers may set, by their names in the API. */
const writableSchema = z.object({
  name: z.string().max(255).nullable(),
  visibility: z.enum(VISIBILITIES),
  owner: z.string().max(255).nullable(),
  disk_format: z.enum(DISK_FORMATS).nullable(),
  container_format: z.enum(CONTAINER_FORMATS).nullable(),
  min_disk: z.number().int().min(0).max(MAX_INTEGER),
  min_ram: z.number().int().min(0).max(MAX_INTEGER),
  protected: z.boolean(),
  os_hidden: z.boolean(),
  tags: z.array(z.string().max(255)),
});
export type WritableAttributes = z.infer<typeof writableSchema>;
export type Writable = keyof WritableAttributes;

const idSchema = z
  .string()
  .regex(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/, 'must be a UUID')
  .transform((id) => id.toLowerCase());
/** Further properties are text; a length Glance's column holds. */
const MAX_PROPERTY = 65_535;
const propertySchema = z.string('is not of type string').max(MAX_PROPERTY);

/**
 * The body of `POST /v2/images`. What a property may be called and hold is for {@link parseNewImage}, which answers as
 * Glance: 403 for names it keeps to itself.
 */
export const newImageSchema = writableSchema
  .extend({ id: idSchema })
  .partial()
  .catchall(z.unknown().meta({ type: 'string', maxLength: MAX_PROPERTY }));

const READ_ONLY = [
  'created_at',
  'updated_at',
  'status',
  'checksum',
  'size',
  'virtual_size',
  'direct_url',
  'self',
  'file',
  'schema',
  'id',
  'os_hash_algo',
  'os_hash_value',
  'stores',
];
const RESERVED = ['location', 'locations', 'deleted', 'deleted_at', '__proto__'];
/** Names under this prefix are Glance's own. */
const RESERVED_PREFIX = 'os_glance';

export function isWritable(name: string): name is Writable {
  return Object.hasOwn(writableSchema.shape, name);
}

export interface NewImage {
  id: string | undefined;
  attributes: Partial<WritableAttributes>;
  properties: Record<string, string>;
}

/** The body of `POST /v2/images`; what is not an attribute is a property. */
export function parseNewImage(body: object): NewImage {
  const given = new Map(Object.entries(body));
  for (const name of given.keys()) {
    if (name !== 'id') refuseName(name);
  }
  const id = given.has('id') ? check('id', idSchema, given.get('id')) : undefined;
  given.delete('id');
  let attributes: Partial<WritableAttributes> = {};
  const properties: Record<string, string> = {};
  for (const [name, value] of given) {
    if (isWritable(name)) attributes = { ...attributes, ...parseAttribute(name, value) };
    else properties[name] = parseProperty(name, value);
  }
  return { id, attributes, properties };
}

/** One attribute with its new value, checked. */
export function parseAttribute(name: Writable, value: unknown): Partial<WritableAttributes> {
  const partial = writableSchema.partial();
  return check(name, partial, { [name]: value });
}

export function parseProperty(name: string, value: unknown): string {
  if (name.length > 255) throw bad('Custom property should not be greater than 255 characters.', name.slice(0, 255));
  return check(name, propertySchema, value);
}

/** 403 for what Glance keeps to itself. */
export function refuseName(name: string): void {
  if (READ_ONLY.includes(name)) throw new UserError('forbidden', `Attribute '${name}' is read-only.`, { field: name });
  refuseHidden(name);
}

/** The same of what no attribute of the image stands before. */
export function refuseHidden(name: string): void {
  if (RESERVED.includes(name) || name.startsWith(RESERVED_PREFIX)) {
    throw new UserError('forbidden', `Attribute '${name}' is reserved.`, { field: name });
  }
}

/** Puts attributes into the record; tags lose doubles, as in Glance. */
export function applyAttributes(image: ImageRecord, attributes: Partial<WritableAttributes>): void {
  const { name, visibility, owner, disk_format, container_format, min_disk, min_ram, os_hidden, tags } = attributes;
  if (name !== undefined) image.name = name;
  if (visibility !== undefined) image.visibility = visibility;
  if (owner !== undefined) image.owner = owner;
  if (disk_format !== undefined) image.diskFormat = disk_format;
  if (container_format !== undefined) image.containerFormat = container_format;
  if (min_disk !== undefined) image.minDisk = min_disk;
  if (min_ram !== undefined) image.minRam = min_ram;
  if (attributes.protected !== undefined) image.isProtected = attributes.protected;
  if (os_hidden !== undefined) image.isHidden = os_hidden;
  if (tags !== undefined) image.tags = [...new Set(tags)];
}

/** Glance bounds them and answers 413. */
export function checkAmounts(image: ImageRecord): void {
  const properties = Object.keys(image.properties).length;
  for (const [attempted, maximum] of [
    [properties, MAX_PROPERTIES],
    [image.tags.length, MAX_TAGS],
  ] as const) {
    if (attempted > maximum) {
      const what = maximum === MAX_TAGS && attempted === image.tags.length ? 'tags' : 'image properties';
      throw new UserError(
        'too_large',
        `The limit has been exceeded on the number of allowed ${what}. Attempted: ${attempted}, Maximum: ${maximum}`,
      );
    }
  }
}

function check<T>(field: string, schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = [field, ...(issue?.path.slice(1) ?? [])].map(String).join('.');
  throw bad(`Provided object does not match schema 'image': ${path}: ${issue?.message ?? 'invalid'}.`, path);
}

export function bad(message: string, field?: string): UserError {
  return new UserError('bad_request', message, { field });
}
