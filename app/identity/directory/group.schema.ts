import { z } from 'zod';
import { pageSchema } from '../keystone.query.ts';
import { idSchema, nameSchema } from './user.schema.ts';

/** Source: Identity API reference, "Groups". Members that are not named here are kept as `extra`. */
const fields = {
  id: z.string().optional(),
  domain_id: idSchema.optional(),
  description: z.string().max(65_535).nullable().optional(),
};
export const createGroup = z.looseObject({ name: nameSchema, ...fields });
export const updateGroup = createGroup.partial();
export type CreateGroup = z.infer<typeof createGroup>;
export type UpdateGroup = z.infer<typeof updateGroup>;
export const GROUP_ATTRIBUTES = [...Object.keys(createGroup.shape), 'membership_expires_at'];

export const GROUP_FILTERS = ['name', 'domain_id'];
export const groupsQuery = pageSchema({ text: GROUP_FILTERS });
