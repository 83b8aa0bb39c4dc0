import { z } from 'zod';

const name = z.string().min(1).max(255);
export const roleReferenceSchema = z
  .strictObject({ id: z.string().max(64).optional(), name: name.optional() })
  .refine((role) => (role.id === undefined) !== (role.name === undefined), 'either id or name must be present');
export type RoleReference = z.infer<typeof roleReferenceSchema>;

const METHODS = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'] as const;
/** Given by its wording, or by the id of one made before. */
const accessRuleSchema = z
  .strictObject({
    id: z.string().max(64).optional(),
    service: z.string().min(1).max(64).optional(),
    path: z.string().max(225).regex(/^\//, 'must begin with /').optional(),
    method: z.enum(METHODS).optional(),
  })
  .refine(
    (rule) => rule.id !== undefined || (rule.service !== undefined && rule.path !== undefined && rule.method),
    'service, path and method must be present',
  );

/** `id`, `project_id` and `system` may be sent and mean nothing, as in Keystone. */
export const applicationCredentialSchema = z.strictObject({
  id: z.string().optional(),
  name,
  description: z.string().nullish(),
  secret: z.string().max(4096).nullish(),
  expires_at: z.string().nullish(),
  project_id: z.string().optional(),
  roles: z.array(roleReferenceSchema).max(100).optional(),
  unrestricted: z.boolean().nullish(),
  access_rules: z.array(accessRuleSchema).max(100).optional(),
  system: z.string().nullish(),
});
export type NewApplicationCredential = z.infer<typeof applicationCredentialSchema>;

export const accessRuleAnswer = z.object({ id: z.string(), service: z.string(), path: z.string(), method: z.string() });
export const applicationCredentialAnswer = z
  .looseObject({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    user_id: z.string(),
    project_id: z.string(),
    expires_at: z.string().nullable(),
    unrestricted: z.boolean(),
    roles: z.array(z.looseObject({ id: z.string(), name: z.string() })),
    access_rules: z.array(accessRuleAnswer).optional(),
    /** Only in the answer to its making. */
    secret: z.string().optional(),
  })
  .meta({ title: 'ApplicationCredentialView' });
