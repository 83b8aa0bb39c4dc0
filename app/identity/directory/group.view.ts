import { z } from 'zod';
import { shownAs } from '../keystone.routes.ts';
import type { GroupRecord } from './directory.tables.ts';
import type { Membership } from './group.service.ts';

export const GROUP = shownAs<GroupRecord>({
  thing: 'group',
  things: 'groups',
  shape: { name: z.string(), domain_id: z.string(), description: z.string().nullable() },
});

/** A group as one that a user is in, with when that ends, where it does by itself. */
export const MEMBERSHIP = {
  ...GROUP,
  schema: GROUP.schema.extend({ membership_expires_at: z.string().nullable() }),
  view: (group: Membership, origin: string) => ({
    ...GROUP.view(group, origin),
    membership_expires_at: group.membership_expires_at?.replace(/Z$/, '000') ?? null,
  }),
};
