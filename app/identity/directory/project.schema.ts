import { z } from 'zod';
import { selfLinkSchema } from '../identity.schema.ts';
import { pageSchema } from '../keystone.query.ts';
import { resourceOptionsSchema } from '../resource-options.ts';
import { idSchema } from './user.schema.ts';

/** Source: Identity API reference, "Projects" and "Domains". Members that are not named here are kept as `extra`. */
const nameSchema = z.string().min(1).max(64).regex(/\S/, 'It must not be blank');
/** A tag stands in paths and in lists between commas. */
export const tagSchema = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^,/]*$/, 'It must not contain a comma or a slash');
export const MAX_TAGS = 80;
export const tagsSchema = z
  .array(tagSchema)
  .max(MAX_TAGS)
  .refine((tags) => new Set(tags).size === tags.length, 'Every tag may be there only once')
  .meta({ uniqueItems: true });

const sharedFields = {
  id: z.string().optional(),
  description: z.string().max(65_535).nullable().optional(),
  enabled: z.boolean().optional(),
  tags: tagsSchema.optional(),
  options: resourceOptionsSchema.optional(),
};
const placeFields = {
  domain_id: idSchema.nullable().optional(),
  parent_id: idSchema.nullable().optional(),
  is_domain: z.boolean().optional(),
};

export const createProject = z.looseObject({ name: nameSchema, ...sharedFields, ...placeFields });
export const updateProject = createProject.partial();
export const createDomain = z.looseObject({
  name: nameSchema,
  ...sharedFields,
  /** An id of one's own choice, so that several clouds can have the same. */
  explicit_domain_id: z
    .string()
    .regex(/^[0-9a-f]{32}$/, 'Domain ID does not conform to required UUID format')
    .optional(),
});
export const updateDomain = z.looseObject({ name: nameSchema.optional(), ...sharedFields });

export const cascadeProjectSchema = z.strictObject({ project: z.strictObject({ enabled: z.boolean() }) });
export const projectTagsSchema = z.strictObject({ tags: tagsSchema });

export type CreateProject = z.infer<typeof createProject>;
export type UpdateProject = z.infer<typeof updateProject>;
export type CreateDomain = z.infer<typeof createDomain>;

/** What `extra` must not hold: everything a project or domain has of its own. */
export const PROJECT_ATTRIBUTES = [
  ...Object.keys(createProject.shape),
  'explicit_domain_id',
  'links',
  'parents',
  'subtree',
];

export const projectTagsAnswer = z.object({ tags: z.array(z.string()), links: selfLinkSchema });

export const PROJECT_FILTERS = { text: ['name', 'domain_id', 'parent_id'], flags: ['enabled', 'is_domain'] };
/** Lists of tags between commas: projects that have all, any, not all, none of them. */
export const TAG_FILTERS = ['tags', 'tags-any', 'not-tags', 'not-tags-any'] as const;

export const projectsQuery = pageSchema(
  PROJECT_FILTERS,
  Object.fromEntries(TAG_FILTERS.map((name) => [name, z.string().optional()])),
);
export const domainsQuery = pageSchema({ text: ['name'], flags: ['enabled'] });
export const userProjectsQuery = pageSchema({ text: ['name', 'domain_id'], flags: ['enabled'] });

/** As Keystone: only `0` says no, also where there is no value. */
const asked = z
  .string()
  .transform((text) => text !== '0')
  .optional();
export const projectQuery = z.object({
  parents_as_list: asked,
  parents_as_ids: asked,
  subtree_as_list: asked,
  subtree_as_ids: asked,
  include_limits: asked,
});
export type ProjectQuery = z.infer<typeof projectQuery>;
