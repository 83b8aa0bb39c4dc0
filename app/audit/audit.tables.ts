import { generated, integer, type NewRecordOf, nullable, type RowsOf, table, text, time } from '../database/table.ts';
import type * as declared from './audit.tables.ts';

/** One request that changed something, or tried to; see app/audit. */
export const auditRecords = table('audit_record', {
  id: generated(integer),
  createdAt: time,
  requestId: text,
  service: text,
  /** The policy rule it was checked against, such as `identity:create_user`. */
  action: text,
  method: text,
  /** Without the query. */
  path: text,
  userId: nullable(text),
  userName: nullable(text),
  projectId: nullable(text),
  domainId: nullable(text),
  address: text,
  userAgent: nullable(text),
  /** HTTP status of the answer. */
  status: integer,
  /** Why it was refused. */
  reason: nullable(text),
  resourceId: nullable(text),
  resourceName: nullable(text),
  /** Of refusals: how many there were like this one, in its minute. */
  count: generated(integer),
});
export type AuditValues = NewRecordOf<typeof auditRecords>;

declare module '../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
