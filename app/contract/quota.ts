import { z } from 'zod';

/** -1 is unlimited. */
const limit = z.number().int().min(-1).max(2_147_483_647);

export const quotaSchema = z.object({
  limits: z.record(
    z.string(),
    z.object({
      limit: z.number().int(),
      used: z.number().int(),
      /** Said for this project (or this user); else it is the default. */
      isOwn: z.boolean(),
    }),
  ),
});
export type Quota = z.infer<typeof quotaSchema>;

export const quotaQuerySchema = z.strictObject({ user_id: z.string().min(1).max(255).optional() });

/** `names` of all that has a limit. */
export function quotaChangeSchema(names: readonly string[]) {
  return z.strictObject({
    limits: z.strictObject(Object.fromEntries(names.map((name) => [name, limit.optional()]))),
    /** Also below what is used. */
    force: z.boolean().default(false),
  });
}
