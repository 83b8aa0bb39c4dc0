import { z } from 'zod';
import { roleReferenceSchema } from './application-credential.schema.ts';

/** Further attributes are kept, as in Keystone. */
export const trustSchema = z
  .looseObject({
    trustor_user_id: z.string().max(255),
    trustee_user_id: z.string().max(255),
    impersonation: z.boolean(),
    project_id: z.string().max(64).nullish(),
    roles: z.array(roleReferenceSchema).max(100).optional(),
    expires_at: z.string().nullish(),
    remaining_uses: z
      .number()
      .int()
      .min(1)
      .max(2 ** 31 - 1)
      .nullish(),
    allow_redelegation: z.boolean().nullish(),
    redelegation_count: z.number().int().min(0).nullish(),
    redelegated_trust_id: z.string().nullish(),
  })
  .refine((trust) => JSON.stringify(trust).length <= 65_536, 'is larger than 64 kB');
export type NewTrust = z.infer<typeof trustSchema>;

export const trustAnswer = z.looseObject({
  id: z.string(),
  trustor_user_id: z.string(),
  trustee_user_id: z.string(),
  project_id: z.string().nullable(),
  impersonation: z.boolean(),
  expires_at: z.string().nullable(),
  remaining_uses: z.number().nullable(),
  redelegation_count: z.number(),
  redelegated_trust_id: z.string().nullable(),
  roles: z.array(z.looseObject({ id: z.string(), name: z.string() })).optional(),
});
