import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { parseBoolean } from '../http/boolean-text.ts';
import { booleanField, UNPRINTABLE } from '../http/field.schema.ts';

const isPrintable = (text: string) => !UNPRINTABLE.test(text);
const NOT_PRINTABLE = 'It can only contain printable characters';

export const nameField = z
  .string()
  .min(1)
  .max(255)
  .refine((name) => name.trim() !== '', 'It can not be empty')
  .refine(isPrintable, NOT_PRINTABLE);
export const descriptionField = z.string().max(255).refine(isPrintable, NOT_PRINTABLE).nullable();

/** What volume types and group types are changed by; null is no change. */
export const typeChange = z
  .strictObject({
    name: nameField.nullable().optional(),
    description: descriptionField.optional(),
    is_public: booleanField.optional(),
  })
  .refine(
    (sent) => [sent.name, sent.description, sent.is_public].some((value) => value !== undefined && value !== null),
    'Specify name, description, is_public or a combination thereof',
  )
  .meta({ minProperties: 1 });
export type TypeChange = z.infer<typeof typeChange>;

/** A type of volumes or groups with what was sent of it. */
export function changedType<R extends { name: string; description: string | null; isPublic: boolean }>(
  record: R,
  { name, description, is_public: isPublic }: TypeChange,
): R {
  return {
    ...record,
    name: name ?? record.name,
    description: description ?? record.description,
    isPublic: isPublic ?? record.isPublic,
  };
}

/** `None` asks for both; what is no boolean is refused. */
export function publicFilter(value: string | undefined): boolean | null {
  if (value === undefined) return true;
  if (value.toLowerCase() === 'none') return null;
  const parsed = parseBoolean(value);
  if (parsed === undefined) {
    throw new UserError('bad_request', `Invalid is_public filter [${value.slice(0, 40)}]`, { field: 'is_public' });
  }
  return parsed;
}
