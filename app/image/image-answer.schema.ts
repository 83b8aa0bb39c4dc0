import { z } from 'zod';
import { DISK_FORMATS } from './formats/inspect.ts';
import { CONTAINER_FORMATS, IMAGE_STATUSES, MEMBER_STATUSES, VISIBILITIES } from './image.values.ts';

const text = z.string();
const whole = z.number().int();

/** An image as Glance v2 answers it; properties stand beside the attributes. */
export const imageSchema = z
  .looseObject({
    id: text,
    name: text.nullable(),
    status: z.enum(IMAGE_STATUSES).meta({ title: 'ImageStatus' }),
    visibility: z.enum(VISIBILITIES),
    owner: text.nullable(),
    disk_format: z.enum(DISK_FORMATS).nullable(),
    container_format: z.enum(CONTAINER_FORMATS).nullable(),
    size: whole.nullable(),
    virtual_size: whole.nullable(),
    min_disk: whole,
    min_ram: whole,
    checksum: text.nullable(),
    os_hash_algo: text.nullable(),
    os_hash_value: text.nullable(),
    protected: z.boolean(),
    os_hidden: z.boolean(),
    tags: z.array(text),
    created_at: text,
    updated_at: text,
    self: text,
    file: text,
    schema: text,
  })
  .meta({ title: 'ImageView' });
export type ImageView = z.infer<typeof imageSchema>;

export const imageListAnswer = z.strictObject({
  images: z.array(imageSchema),
  first: text,
  next: text.optional(),
  schema: text,
});

export const memberSchema = z
  .strictObject({
    member_id: text,
    image_id: text,
    status: z.enum(MEMBER_STATUSES),
    created_at: text,
    updated_at: text,
    schema: text,
  })
  .meta({ title: 'ImageMember' });
export type ImageMember = z.infer<typeof memberSchema>;
export const memberListAnswer = z.strictObject({ members: z.array(memberSchema), schema: text });

/** JSON Schema is described by nobody but itself. */
export const schemaAnswer = z.looseObject({ name: text });
export const importInfoAnswer = z.strictObject({
  'import-methods': z.strictObject({ description: text, type: text, value: z.array(text) }),
});
