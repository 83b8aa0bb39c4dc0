import { z } from 'zod';

/** Keystone's names: at most 255 characters, not only blanks. */
export const nameSchema = z.string().min(1).max(255).regex(/\S/, 'must hold more than blanks');

export const selfLinkSchema = z.object({ self: z.string() });

/** The answer of a list of `things`. */
export function collectionSchema<T extends z.ZodType>(things: string, schema: T) {
  const links = z.object({ self: z.string(), previous: z.string().nullable(), next: z.string().nullable() });
  return z.object({ [things]: z.array(schema), links });
}

/** The same of one that may be a part; `truncated`: there are more than the `limit` asked for. */
export function pageOfSchema<T extends z.ZodType>(things: string, schema: T) {
  const links = z.object({ self: z.string(), previous: z.null(), next: z.string().nullable() });
  return z.object({ [things]: z.array(schema), links, truncated: z.literal(true).optional() });
}
