import { z } from 'zod';

/** How a token can come to stand for a user other than by what they sign in with themselves, or by one factor of it. */
export const delegationSchema = z.enum([
  'application_credential',
  'unrestricted_application_credential',
  'trust',
  'oauth1',
  'ec2',
  'totp',
  'federation',
]);
export type Delegation = z.infer<typeof delegationSchema>;

/** Travels with every call, task and log line. `system` marks work the controller does on its own behalf. */
export const contextSchema = z.object({
  requestId: z.string(),
  userId: z.string().nullable(),
  userName: z.string().nullable(),
  userDomainId: z.string().nullable().default(null),
  /** What the token is scoped to: a project, else a domain, else the system; all empty when it is unscoped. */
  projectId: z.string().nullable(),
  projectDomainId: z.string().nullable().default(null),
  domainId: z.string().nullable(),
  systemScope: z.boolean().default(false),
  roles: z.array(z.string()),
  /** What the policy rule `context_is_admin` says: sees and changes what is of other projects too. */
  isAdmin: z.boolean(),
  /** SHA-256 of the token it stands on: what is opened with it ends with it. None for the controller's own work. */
  session: z.string().optional(),
  /** How its token came to stand for the user; it reaches only what each of these reaches. */
  delegations: z.array(delegationSchema).optional(),
});
/** `requestId` has OpenStack's form `req-<uuid>`. */
export type Context = z.infer<typeof contextSchema>;
