import { z } from 'zod';

/** `POST /v3/auth/tokens`. As Keystone does, members that are not known here are passed over. */
const domainSchema = z
  .object({ id: z.string().optional(), name: z.string().optional() })
  .refine(({ id, name }) => id !== undefined || name !== undefined, 'id or name must be present');

const isNamed = ({ id, name }: { id?: string | undefined; name?: string | undefined }) =>
  id !== undefined || name !== undefined;
const userReference = { id: z.string().optional(), name: z.string().optional(), domain: domainSchema.optional() };
const MISSING = 'id or name must be present';

export const authRequestSchema = z.object({
  auth: z.object({
    // Others may register methods of their own, which look at what they are given themselves.
    identity: z.looseObject({
      methods: z.array(z.string().max(255)).min(1).max(20),
      password: z
        .object({
          user: z.object({ ...userReference, password: z.string().max(4096).optional() }).refine(isNamed, MISSING),
        })
        .optional(),
      token: z.object({ id: z.string() }).optional(),
      oauth1: z.looseObject({}).optional(),
      totp: z
        .object({ user: z.object({ ...userReference, passcode: z.string().max(32) }).refine(isNamed, MISSING) })
        .optional(),
      application_credential: z
        .object({
          id: z.string().optional(),
          name: z.string().optional(),
          secret: z.string().max(4096),
          user: z.object(userReference).refine(isNamed, MISSING).optional(),
        })
        .refine(isNamed, MISSING)
        .optional(),
    }),
    scope: z
      .union([
        z.literal('unscoped'),
        z.object({
          project: z.object(userReference).refine(isNamed, MISSING).optional(),
          domain: domainSchema.optional(),
          system: z.object({ all: z.boolean().optional() }).optional(),
          unscoped: z.unknown().optional(),
          'OS-TRUST:trust': z.object({ id: z.string() }).optional(),
        }),
      ])
      .optional(),
  }),
});

export type AuthRequest = z.infer<typeof authRequestSchema>['auth'];
export interface UserReference {
  id?: string | undefined;
  name?: string | undefined;
  domain?: { id?: string | undefined; name?: string | undefined } | undefined;
}

export const changePasswordSchema = z.object({
  user: z.object({ original_password: z.string().max(4096), password: z.string().min(1).max(4096) }),
});
