import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { HostClaims } from './collaborators.ts';
import { utcTime } from './nova-time.ts';

const count = z.number().int().min(0);
const auditLogSchema = z
  .strictObject({
    hosts_not_run: z.array(z.string()),
    log: z.record(
      z.string(),
      z.strictObject({ instances: count, errors: count, message: z.string(), state: z.enum(['RUNNING', 'DONE']) }),
    ),
    num_hosts: count,
    num_hosts_done: count,
    num_hosts_not_run: count,
    num_hosts_running: count,
    overall_status: z.string(),
    period_beginning: z.string(),
    period_ending: z.string(),
    total_errors: count,
    total_instances: count,
  })
  .meta({ title: 'InstanceUsageAuditLogView' });
type AuditLog = z.infer<typeof auditLogSchema>;

/**
 * `/os-instance_usage_audit_log`: which hosts have told of the last whole month's usage. None ever does here, as in a
 * Nova that is not told to (`instance_usage_audit`): usage is counted from the servers' rows.
 */
export function auditLogRoutes({ claims }: { claims: HostClaims }): RouteDefinition[] {
  const rule = (verb: string) => `os_compute_api:os-instance-usage-audit-log:${verb}`;
  return [
    route({
      method: 'GET',
      path: '/os-instance_usage_audit_log',
      rule: rule('list'),
      answer: z.strictObject({ instance_usage_audit_logs: auditLogSchema }),
      handler: async () => ({ instance_usage_audit_logs: await auditLog(claims, new Date()) }),
    }),
    route({
      method: 'GET',
      path: '/os-instance_usage_audit_log/:before',
      rule: rule('show'),
      answer: z.strictObject({ instance_usage_audit_log: auditLogSchema }),
      handler: async ({ params }) => ({
        instance_usage_audit_log: await auditLog(claims, timeOf(params.before)),
      }),
    }),
  ];
}

async function auditLog(claims: HostClaims, before: Date): Promise<AuditLog> {
  const hosts = (await claims.listHosts()).map(({ name }) => name);
  const firstOfMonth = (back: number) => new Date(Date.UTC(before.getUTCFullYear(), before.getUTCMonth() - back, 1));
  // A month is over only after its end: what is asked for at midnight of a first has not ended yet.
  const back = Number(firstOfMonth(0).getTime() === before.getTime());
  return {
    period_beginning: spaced(firstOfMonth(back + 1)),
    period_ending: spaced(firstOfMonth(back)),
    num_hosts: hosts.length,
    num_hosts_done: 0,
    num_hosts_running: 0,
    num_hosts_not_run: hosts.length,
    hosts_not_run: hosts,
    total_instances: 0,
    total_errors: 0,
    overall_status: `${hosts.length === 0 ? 'ALL' : `0 of ${hosts.length}`} hosts done. 0 errors.`,
    log: {},
  };
}

/** `2026-01-31 12:00:00`, with or without a fraction, as Nova takes it. */
function timeOf(text: string): Date {
  const [, day, time] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,6})?)$/.exec(text) ?? [];
  const date = utcTime(day, time);
  if (date) return date;
  throw new UserError('bad_request', `Invalid timestamp for date ${text.slice(0, 40)}`);
}

function spaced(time: Date): string {
  return time.toISOString().slice(0, 19).replace('T', ' ');
}
