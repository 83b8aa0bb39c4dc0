import { z } from 'zod';
import { nameSchema, selfLinkSchema } from '../identity.schema.ts';

const description = z.string().max(65_535).nullable().optional();
export const consumerSchema = z.looseObject({ description });
export const consumerChangeSchema = consumerSchema.refine(
  (consumer) => !('secret' in consumer),
  'Invalid input: the secret cannot be changed',
);

const wantedRole = z.union([z.strictObject({ id: z.string().min(1).max(64) }), z.strictObject({ name: nameSchema })]);
export type WantedRole = z.infer<typeof wantedRole>;
/** As Keystone, it passes over what it does not know. */
export const authorizeSchema = z.object({ roles: z.array(wantedRole).min(1) });
export const authorizeAnswer = z.object({ token: z.object({ oauth_verifier: z.string() }) });

export const accessTokenView = z.object({
  id: z.string(),
  consumer_id: z.string(),
  project_id: z.string(),
  authorizing_user_id: z.string(),
  expires_at: z.string().nullable(),
  links: selfLinkSchema.extend({ roles: z.string() }),
});
