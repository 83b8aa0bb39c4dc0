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

const storeShape = { id: text, description: text, default: text };
export const storesAnswer = z.strictObject({ stores: z.array(z.strictObject(storeShape)) });
export const storesDetailAnswer = z.strictObject({
  stores: z.array(
    z.strictObject({
      ...storeShape,
      type: text,
      weight: whole,
      properties: z.strictObject({ data_dir: text, chunk_size: whole, thin_provisioning: z.boolean() }),
    }),
  ),
});

const used = z.strictObject({ limit: whole, usage: whole });
export const usageAnswer = z.strictObject({
  usage: z.strictObject({
    image_size_total: used,
    image_stage_total: used,
    image_count_total: used,
    image_count_uploading: used,
  }),
});

const taskShape = {
  id: text,
  type: text,
  status: z.enum(['pending', 'processing', 'success', 'failure']),
  owner: text.nullable(),
  created_at: text,
  updated_at: text,
  image_id: text,
  request_id: text,
  user_id: text.optional(),
};
const taskOutcome = {
  input: z.strictObject({
    image_id: text,
    import_req: z.strictObject({ method: z.strictObject({ name: text }) }),
  }),
  result: z.strictObject({ image_id: text }).nullable(),
  message: text,
};
const stubSchema = z.strictObject({ ...taskShape, self: text, schema: text }).meta({ title: 'ImageTaskStub' });
export const taskSchema = z
  .strictObject({ ...taskShape, ...taskOutcome, self: text, schema: text })
  .meta({ title: 'ImageTask' });
export const taskListAnswer = z.strictObject({
  tasks: z.array(stubSchema),
  first: text,
  next: text.optional(),
  schema: text,
});
/** Of one image, as the table of Glance's database has them. */
export const imageTasksAnswer = z.strictObject({
  tasks: z.array(
    z.strictObject({
      ...taskShape,
      ...taskOutcome,
      expires_at: text.nullable(),
      deleted: z.boolean(),
      deleted_at: text.nullable(),
    }),
  ),
});
