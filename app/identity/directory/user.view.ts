import { z } from 'zod';
import { shownAs } from '../keystone.routes.ts';
import { federatedSchema } from './user.schema.ts';
import type { FederatedUser } from './user.service.ts';

/** A user as Keystone answers it, never with a password. */
export const USER = shownAs<FederatedUser>({
  thing: 'user',
  things: 'users',
  shape: {
    name: z.string(),
    domain_id: z.string(),
    enabled: z.boolean(),
    default_project_id: z.string().optional(),
    password_expires_at: z.string().nullable(),
    options: z.looseObject({}),
    federated: federatedSchema.optional(),
  },
  toView: ({ default_project_id, ...user }) => ({
    ...user,
    ...(default_project_id !== null && { default_project_id }),
    // Keystone's times here have six digits after the second and no zone.
    password_expires_at: user.password_expires_at?.replace(/Z$/, '000') ?? null,
  }),
});
