import { z } from 'zod';
import { nameSchema, selfLinkSchema } from '../identity.schema.ts';
import { resourceOptionsSchema } from '../resource-options.ts';

const attributes = {
  description: z.string().max(65_535).nullable().optional(),
  domain_id: z.string().min(1).max(64).nullable().optional(),
  options: resourceOptionsSchema.optional(),
};

/** Under `role` in bodies; further attributes are stored. */
export const roleSchema = z.looseObject({ name: nameSchema, ...attributes });
export const roleChangeSchema = roleSchema.partial();

export const listRolesSchema = z.looseObject({ name: z.string().optional(), domain_id: z.string().optional() });

const inferredSchema = z.object({ id: z.string(), name: z.string(), links: selfLinkSchema });
export const roleInferenceSchema = z.object({
  role_inference: z.object({ prior_role: inferredSchema, implies: inferredSchema }),
  links: selfLinkSchema,
});
export const impliedRolesSchema = z.object({
  role_inference: z.object({ prior_role: inferredSchema, implies: z.array(inferredSchema) }),
  links: selfLinkSchema,
});
export const roleInferencesSchema = z.object({
  role_inferences: z.array(z.object({ prior_role: inferredSchema, implies: z.array(inferredSchema) })),
});
