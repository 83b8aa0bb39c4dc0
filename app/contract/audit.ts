import { z } from 'zod';

const text = z.string().min(1).max(255);
const time = z.iso.datetime({ offset: true }).transform((value) => new Date(value).toISOString());

/** What the audit trail is narrowed by; all that are given must hold. */
export const auditFilterSchema = z.strictObject({
  userId: text.optional(),
  /** What was done in this project, and with it. */
  projectId: text.optional(),
  resourceId: text.optional(),
  requestId: text.optional(),
  /** A policy rule, such as `identity:create_user`. */
  action: text.optional(),
  address: text.optional(),
  outcome: z.enum(['success', 'failure']).optional(),
  /** From this time on, and before that one. */
  since: time.optional(),
  until: time.optional(),
});

export const auditQuerySchema = auditFilterSchema.extend({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  /** Id of the last record one has; the answer goes on with older ones. */
  marker: z.coerce.number().int().min(1).optional(),
});
export type AuditQuery = z.infer<typeof auditQuerySchema>;

export const auditExportQuerySchema = auditFilterSchema.extend({ format: z.enum(['csv', 'json']).default('csv') });

/** Who did what, when, from where, with what result: one request that changed something, tried to, or signed in. */
export const auditRecordSchema = z
  .object({
    id: z.number().int(),
    createdAt: z.string(),
    requestId: z.string(),
    service: z.string(),
    action: z.string(),
    method: z.string(),
    path: z.string(),
    /** Of a sign-in that failed only the name that was given is known. */
    user: z.object({ id: z.string().nullable(), name: z.string().nullable() }).nullable(),
    projectId: z.string().nullable(),
    domainId: z.string().nullable(),
    address: z.string(),
    userAgent: z.string().nullable(),
    status: z.number().int(),
    outcome: z.enum(['success', 'failure']),
    reason: z.string().nullable(),
    resource: z.object({ id: z.string().nullable(), name: z.string().nullable() }).nullable(),
    /** How often this was refused to the same in the minute from then on; the rest is of the first time. */
    count: z.number().int(),
  })
  .meta({ title: 'AuditRecord' });
export type AuditRecord = z.infer<typeof auditRecordSchema>;

export const auditListSchema = z.object({ records: z.array(auditRecordSchema), next: z.number().int().nullable() });
export type AuditList = z.infer<typeof auditListSchema>;
