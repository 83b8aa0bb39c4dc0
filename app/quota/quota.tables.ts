import { integer, type RowsOf, table, text } from '../database/table.ts';
import type * as declared from './quota.tables.ts';

/** `project_id` is `default` for the limit of projects that have none of their own. */
export const quotaLimits = table('quota_limit', {
  projectId: text,
  resource: text,
  hardLimit: integer,
});

/** What one user may use of a project's quota. */
export const quotaUserLimits = table('quota_user_limit', {
  projectId: text,
  resource: text,
  hardLimit: integer,
  userId: text,
});

declare module '../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
