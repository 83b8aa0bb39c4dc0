import type { AuditFilter } from '../../api/v1.api.ts';

export const AUDIT_PERIODS = ['day', 'week', 'month', 'all'] as const;
export type AuditPeriod = (typeof AUDIT_PERIODS)[number];
const DAYS: Record<Exclude<AuditPeriod, 'all'>, number> = { day: 1, week: 7, month: 30 };
const HOUR_MS = 3_600_000;

export function readPeriod(text: string | undefined): AuditPeriod {
  return AUDIT_PERIODS.find((period) => period === text) ?? 'all';
}

/** The controller's filter for a choice; the start falls on a full hour, so that the same question is asked again. */
export function toAuditFilter(
  choice: { period: AuditPeriod; onlyFailures: boolean },
  now: number = Date.now(),
): AuditFilter {
  const since = choice.period === 'all' ? undefined : now - DAYS[choice.period] * 24 * HOUR_MS;
  return {
    ...(choice.onlyFailures ? { outcome: 'failure' as const } : {}),
    ...(since === undefined ? {} : { since: new Date(since - (since % HOUR_MS)).toISOString() }),
  };
}
