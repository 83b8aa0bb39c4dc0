import { z } from 'zod';
import { collectionSchema } from '../identity.schema.ts';

/** Keystone takes a flag as set however it is given, but for `0`. */
const flagSchema = z
  .string()
  .transform((text) => text !== '0')
  .optional();
const idSchema = z.string().optional();

export const listAssignmentsSchema = z.looseObject({
  'role.id': idSchema,
  'user.id': idSchema,
  'group.id': idSchema,
  'scope.project.id': idSchema,
  'scope.domain.id': idSchema,
  'scope.system': idSchema,
  'scope.OS-INHERIT:inherited_to': idSchema,
  effective: flagSchema,
  include_names: flagSchema,
  include_subtree: flagSchema,
});
export type AssignmentQuery = z.infer<typeof listAssignmentsSchema>;

const domainSchema = z.object({ id: z.string().nullable(), name: z.string().nullable() });
const namedSchema = z.object({ id: z.string(), name: z.string().optional(), domain: domainSchema.optional() });
export const assignmentsAnswerSchema = collectionSchema(
  'role_assignments',
  z.object({
    role: namedSchema,
    user: namedSchema.optional(),
    group: namedSchema.optional(),
    scope: z.object({
      project: namedSchema.optional(),
      domain: namedSchema.optional(),
      system: z.object({ all: z.literal(true) }).optional(),
      'OS-INHERIT:inherited_to': z.literal('projects').optional(),
    }),
    links: z.object({
      assignment: z.string(),
      membership: z.string().optional(),
      prior_role: z.string().optional(),
    }),
  }),
);
