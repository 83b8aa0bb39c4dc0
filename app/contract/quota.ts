import { z } from 'zod';

/** -1 is unlimited. */
export const limitSchema = z.number().int().min(-1).max(2_147_483_647);

export const quotaEntrySchema = z
  .strictObject({
    limit: z.number().int(),
    used: z.number().int(),
    /** Said for this project (or this user); else it is the default. */
    isOwn: z.boolean(),
  })
  .meta({ title: 'QuotaEntry' });
/** By what is limited. */
export type Quota = { limits: Readonly<Record<string, z.infer<typeof quotaEntrySchema>>> };

export const quotaQuerySchema = z.strictObject({ user_id: z.string().min(1).max(255).optional() });

/** `names` of all that has a limit. */
export function quotaChangeSchema(names: readonly string[]) {
  return z.strictObject({
    limits: z.strictObject(Object.fromEntries(names.map((name) => [name, limitSchema.optional()]))),
    /** Also below what is used. */
    force: z.boolean().default(false),
  });
}
