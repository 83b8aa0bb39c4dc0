import type { Generated } from 'kysely';

export interface AuditTables {
  audit_record: AuditRecordTable;
}

/** One request that changed something, or tried to; see app/audit. */
export interface AuditRecordTable {
  id: Generated<number>;
  created_at: string;
  request_id: string;
  service: string;
  /** The policy rule it was checked against, such as `identity:create_user`. */
  action: string;
  method: string;
  /** Without the query. */
  path: string;
  user_id: string | null;
  user_name: string | null;
  project_id: string | null;
  domain_id: string | null;
  address: string;
  user_agent: string | null;
  /** HTTP status of the answer. */
  status: number;
  /** Why it was refused. */
  reason: string | null;
  resource_id: string | null;
  resource_name: string | null;
  /** Of refusals: how many there were like this one, in its minute. */
  count: Generated<number>;
}
