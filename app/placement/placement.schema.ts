import { z } from 'zod';

/** Most that a number of Placement's can be. */
export const MOST = 0x7fffffff;
/** Most that a ratio can be: the largest float of single precision. */
const MOST_RATIO = 3.40282e38;

/** As text of 32 hexadecimal digits, with dashes in the usual places or none; it is kept with dashes and in lower case. */
const UUID_TEXT = /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-|[0-9a-fA-F]{12})[0-9a-fA-F]{12}$/;
/** As a key of an object it has its dashes. */
const UUID_KEY = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;
export const CUSTOM_NAME = /^CUSTOM_[A-Z0-9_]+$/;

export const uuidField = z.string().regex(UUID_TEXT, 'Not a UUID').transform(dashed);
export const uuidKey = z.string().regex(UUID_KEY, 'Not a UUID');
export const className = z
  .string()
  .regex(/^[A-Z0-9_]+$/, 'A resource class has upper-case letters, digits and underscores')
  .max(255);
export const customName = z
  .string()
  .regex(CUSTOM_NAME, 'It begins with CUSTOM_, and has upper-case letters, digits and underscores')
  .max(255);
export const generationField = z.number().int();
const countFrom = (least: number) => z.number().int().min(least).max(MOST);

/** Whether a text is a UUID, however it is written. */
export function isUuid(text: string): boolean {
  return UUID_TEXT.test(text);
}

export function dashed(uuid: string): string {
  const hex = uuid.replaceAll('-', '').toLowerCase();
  return [
    [0, 8],
    [8, 12],
    [12, 16],
    [16, 20],
    [20, 32],
  ]
    .map(([from, to]) => hex.slice(from, to))
    .join('-');
}

/** A record that has something in it: the description says so too. */
export function filled<Key extends z.ZodType<string>, Value extends z.ZodType>(keys: Key, values: Value) {
  return z
    .record(keys as never, values)
    .refine((record) => Object.keys(record).length > 0, 'It can not be empty')
    .meta({ minProperties: 1 }) as unknown as z.ZodType<Record<string, z.output<Value>>>;
}

const inventoryFields = {
  total: countFrom(1),
  reserved: countFrom(0).default(0),
  min_unit: countFrom(1).default(1),
  max_unit: countFrom(1).default(MOST),
  step_size: countFrom(1).default(1),
  allocation_ratio: z.number().min(0).max(MOST_RATIO).default(1),
};

/** One of several. */
export const inventoryRecordBody = z.strictObject({
  ...inventoryFields,
  resource_provider_generation: generationField.optional(),
});
export const inventoryBody = z.strictObject({ ...inventoryFields, resource_provider_generation: generationField });
export const newInventoryBody = z.strictObject({
  ...inventoryFields,
  resource_provider_generation: generationField.optional(),
  resource_class: className,
});
export const inventoriesBody = z.strictObject({
  resource_provider_generation: generationField,
  inventories: z.record(className, inventoryRecordBody),
});
export type SentInventory = z.output<typeof inventoryRecordBody>;

const count = z.number().int();
const inventoryShape = {
  total: count,
  reserved: count,
  min_unit: count,
  max_unit: count,
  step_size: count,
  allocation_ratio: z.number(),
};
export const inventoryView = z
  .strictObject({ ...inventoryShape, resource_provider_generation: count })
  .meta({ title: 'ProviderInventory' });
export const inventoriesView = z.strictObject({
  resource_provider_generation: count,
  inventories: z.record(z.string(), z.strictObject(inventoryShape).meta({ title: 'ProviderInventoryRecord' })),
});

/** Amounts by their classes. */
export const amountsView = z.record(z.string(), count);
