import { z } from 'zod';
import { collectionLinks, resourceLinks } from '../identity.view.ts';
import { pageSchema } from '../keystone.query.ts';

/** Source: Identity API reference, "Groups". Members that are not named here are kept as `extra`. */
const nameSchema = z.string().min(1).max(255).regex(/\S/, 'It must not be blank');
const fields = {
  id: z.string().optional(),
  domain_id: z
    .string()
    .max(64)
    .regex(/^[a-zA-Z0-9-]+$/)
    .optional(),
  description: z.string().max(65_535).nullable().optional(),
};
export const createGroup = z.looseObject({ name: nameSchema, ...fields });
export const updateGroup = createGroup.partial();
export type CreateGroup = z.infer<typeof createGroup>;
export type UpdateGroup = z.infer<typeof updateGroup>;
export const GROUP_ATTRIBUTES = [...Object.keys(createGroup.shape), 'membership_expires_at'];

export const groupView = z
  .looseObject({
    id: z.string(),
    name: z.string(),
    domain_id: z.string(),
    description: z.string().nullable(),
    links: resourceLinks,
  })
  .meta({ title: 'GroupView' });
export const groupsAnswer = z.object({ groups: z.array(groupView), ...collectionLinks });
/** With when the user's membership ends, where it does by itself. */
export const userGroupsAnswer = z.object({
  groups: z.array(groupView.extend({ membership_expires_at: z.string().nullable() })),
  ...collectionLinks,
});

export const GROUP_FILTERS = ['name', 'domain_id'];
export const groupsQuery = pageSchema({ text: GROUP_FILTERS });
