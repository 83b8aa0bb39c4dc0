import { z } from 'zod';

/** Travels with every call, task and log line. `system` marks work the controller does on its own behalf. */
export const contextSchema = z.object({
  requestId: z.string(),
  userId: z.string().nullable(),
  userName: z.string().nullable(),
  projectId: z.string().nullable(),
  domainId: z.string().nullable(),
  roles: z.array(z.string()),
  isAdmin: z.boolean(),
});
/** `requestId` has OpenStack's form `req-<uuid>`. */
export type Context = z.infer<typeof contextSchema>;
