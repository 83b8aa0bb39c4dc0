import { z } from 'zod';
import { nameSchema, selfLinkSchema } from '../identity.schema.ts';
import { filterSchema } from '../keystone.query.ts';

/** Source: Identity API reference, "Unified Limits". */
const idSchema = z.string().min(1).max(64);
const regionSchema = z.string().min(1).max(255).nullable();
/** -1: without an end. */
const amountSchema = z
  .int()
  .min(-1)
  .max(2 ** 31 - 1);
const descriptionSchema = z.string().max(255).nullable();

const place = { service_id: idSchema, resource_name: nameSchema };
const registeredLimit = z.strictObject({ ...place, default_limit: amountSchema });
const optional = { region_id: regionSchema.optional(), description: descriptionSchema.optional() };
export const registeredLimitSchema = registeredLimit.extend(optional);
export const registeredLimitChangeSchema = registeredLimitSchema.partial();

const limit = z.strictObject({ ...place, resource_limit: amountSchema, ...optional });
/** Of a project or of a domain, never of both. */
export const newLimitSchema = z.union([limit.extend({ project_id: idSchema }), limit.extend({ domain_id: idSchema })]);
export type NewLimit = z.infer<typeof newLimitSchema>;
/** What it limits, and whose it is, stays. */
export const limitChangeSchema = limit.pick({ resource_limit: true, description: true }).partial();
export type LimitChange = z.infer<typeof limitChangeSchema>;

const nullable = z.string().nullable();
export const registeredLimitShape = {
  service_id: z.string(),
  region_id: nullable,
  resource_name: z.string(),
  default_limit: z.int(),
  description: nullable,
};
export const limitView = z.object({
  id: z.string(),
  project_id: nullable,
  domain_id: nullable,
  service_id: z.string(),
  region_id: nullable,
  resource_name: z.string(),
  resource_limit: z.int(),
  description: nullable,
});
export const limitWithLinks = limitView.extend({ links: selfLinkSchema });

export const REGISTERED_LIMIT_FILTERS = ['service_id', 'region_id', 'resource_name'] as const;
const LIMIT_FILTERS = [...REGISTERED_LIMIT_FILTERS, 'project_id', 'domain_id'] as const;
export const limitQuery = filterSchema(LIMIT_FILTERS);
export type LimitQuery = z.infer<typeof limitQuery>;
