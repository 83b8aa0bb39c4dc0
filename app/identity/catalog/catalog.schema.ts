import { z } from 'zod';
import { nameSchema } from '../identity.schema.ts';

/** Bodies of the catalogue's resources, as they stand under the resource's name; further attributes are stored. */
const idSchema = z.string().min(1).max(255);
const text = z.string().max(65_535).nullable().optional();
const enabled = z.boolean().optional();

export const regionSchema = z.looseObject({
  id: z.string().max(255).optional(),
  description: text,
  parent_region_id: idSchema.nullable().optional(),
});

export const serviceSchema = z.looseObject({ type: idSchema, name: idSchema.optional(), enabled });
export const serviceChangeSchema = serviceSchema.partial();

export const interfaceSchema = z.enum(['admin', 'internal', 'public']);
/** A scheme, or a path for what this controller serves itself. */
const urlSchema = z
  .string()
  .max(225)
  .regex(/^([a-zA-Z0-9+.-]+:.+|\/.*)/, 'must be a URL');
export const endpointSchema = z.looseObject({
  interface: interfaceSchema,
  service_id: z.string().max(64),
  url: urlSchema,
  region_id: idSchema.nullable().optional(),
  region: idSchema.nullable().optional(),
  enabled,
  name: z.string().optional(),
  description: z.string().nullable().optional(),
});
export const endpointChangeSchema = endpointSchema.partial();

const filtersSchema = z.strictObject({
  interface: interfaceSchema.optional(),
  service_id: z.string().optional(),
  region_id: z.string().nullable().optional(),
  enabled,
});
export const endpointGroupSchema = z.strictObject({ name: nameSchema, description: text, filters: filtersSchema });
export const endpointGroupChangeSchema = endpointGroupSchema.partial();

export const policySchema = z.looseObject({ type: z.string().max(255), blob: z.string().max(1_000_000) });
export const policyChangeSchema = policySchema.partial();

/** A service as catalogues show it. */
export const catalogServiceView = z
  .object({
    id: z.string(),
    type: z.string(),
    name: z.string(),
    endpoints: z.array(
      z.object({
        id: z.string(),
        interface: interfaceSchema,
        region: z.string(),
        region_id: z.string(),
        url: z.string(),
      }),
    ),
  })
  .meta({ title: 'CatalogService' });
