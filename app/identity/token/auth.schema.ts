import { z } from 'zod';

/** `POST /v3/auth/tokens`. As Keystone does, members that are not known here are passed over. */
const domainSchema = z
  .object({ id: z.string().optional(), name: z.string().optional() })
  .refine(({ id, name }) => id !== undefined || name !== undefined, 'id or name must be present');

export const authRequestSchema = z.object({
  auth: z.object({
    identity: z.object({
      methods: z.array(z.string()).min(1),
      password: z
        .object({
          user: z
            .object({
              id: z.string().optional(),
              name: z.string().optional(),
              domain: domainSchema.optional(),
              password: z.string().max(4096).optional(),
            })
            .refine(({ id, name }) => id !== undefined || name !== undefined, 'id or name must be present'),
        })
        .optional(),
      token: z.object({ id: z.string() }).optional(),
    }),
    scope: z
      .union([
        z.literal('unscoped'),
        z.object({
          project: z
            .object({ id: z.string().optional(), name: z.string().optional(), domain: domainSchema.optional() })
            .refine(({ id, name }) => id !== undefined || name !== undefined, 'id or name must be present')
            .optional(),
          domain: domainSchema.optional(),
          system: z.object({ all: z.boolean().optional() }).optional(),
          unscoped: z.unknown().optional(),
        }),
      ])
      .optional(),
  }),
});

export type AuthRequest = z.infer<typeof authRequestSchema>['auth'];

export const changePasswordSchema = z.object({
  user: z.object({ original_password: z.string().max(4096), password: z.string().min(1).max(4096) }),
});
