import { z } from 'zod';
import { linkTo } from '../identity.view.ts';
import { shownAs } from '../keystone.routes.ts';
import { resourceOptionsView } from '../resource-options.ts';
import type { RoleRecord } from './assignment.tables.ts';

/** A role as Keystone answers it. */
export const ROLE = shownAs<RoleRecord>({
  thing: 'role',
  things: 'roles',
  shape: {
    name: z.string(),
    domain_id: z.string().nullable(),
    description: z.string().nullable(),
    options: resourceOptionsView,
  },
});

/** A role as it stands in rules of implication. */
export function toInferredView({ id, name }: RoleRecord, origin: string) {
  return { id, name, links: linkTo(origin, `roles/${id}`) };
}
