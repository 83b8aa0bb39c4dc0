import { z } from 'zod';

export { mappingSchema } from './mapping.schema.ts';

const idSchema = z.string().min(1).max(64);
const urlSchema = z
  .string()
  .max(225)
  .regex(/^https?:\/\/\S+$/, 'must be an http or https address');
const unique = (list: readonly string[]) => new Set(list).size === list.length;

const identityProviderFields = {
  enabled: z.boolean().optional(),
  description: z.string().max(65_535).nullable().optional(),
  authorization_ttl: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .nullable()
    .optional(),
  remote_ids: z
    .array(z.string().min(1).max(255))
    .max(1000)
    .refine(unique, 'must name each only once')
    .meta({ uniqueItems: true })
    .nullable()
    .optional(),
};
const someOf = (value: object) => Object.keys(value).length > 0;

export const identityProviderSchema = z
  .strictObject({ ...identityProviderFields, domain_id: z.string().min(1).max(64).nullable().optional() })
  .default({});
export const identityProviderChangeSchema = z
  .strictObject(identityProviderFields)
  .refine(someOf, 'must change something');
export type NewIdentityProvider = z.infer<typeof identityProviderSchema>;

export const protocolSchema = z.strictObject({
  mapping_id: idSchema,
  remote_id_attribute: z.string().max(64).nullable().optional(),
});
export const protocolChangeSchema = z.strictObject({
  mapping_id: idSchema,
  remote_id_attribute: z.string().max(64).optional(),
});

const serviceProviderFields = {
  enabled: z.boolean().optional(),
  description: z.string().max(65_535).nullable().optional(),
  relay_state_prefix: z.string().max(256).nullable().optional(),
};
export const serviceProviderSchema = z.strictObject({
  ...serviceProviderFields,
  auth_url: urlSchema,
  sp_url: urlSchema,
});
export const serviceProviderChangeSchema = serviceProviderSchema
  .partial({ auth_url: true, sp_url: true })
  .refine(someOf, 'must change something');

const selfLink = z.object({ self: z.string() });
export const identityProviderViewSchema = z.object({
  id: z.string(),
  domain_id: z.string(),
  enabled: z.boolean(),
  description: z.string().nullable(),
  authorization_ttl: z.int().nullable(),
  remote_ids: z.array(z.string()),
  links: selfLink.extend({ protocols: z.string() }),
});
export const mappingViewSchema = z.object({
  id: z.string(),
  rules: z.array(z.record(z.string(), z.unknown())),
  schema_version: z.string(),
  links: selfLink,
});
export const protocolViewSchema = z.object({
  id: z.string(),
  mapping_id: z.string(),
  idp_id: z.string().optional(),
  remote_id_attribute: z.string().nullable().optional(),
  links: selfLink.extend({ identity_provider: z.string() }),
});
export const serviceProviderViewSchema = z.object({
  id: z.string(),
  enabled: z.boolean(),
  description: z.string().nullable(),
  auth_url: z.string(),
  sp_url: z.string(),
  relay_state_prefix: z.string(),
  links: selfLink,
});
