import { type Area, causeOf } from './area.ts';
import type { Outcome } from './stestr-output.ts';

/** What became of an area's tests, for people: what failed and was skipped, by cause, and how many. */
export function report(area: Area, outcomes: readonly Outcome[]): string {
  const failed = outcomes.filter(({ result }) => result === 'failed');
  const skipped = outcomes.filter(({ result }) => result === 'skipped');
  const passed = outcomes.filter(({ result }) => result === 'passed');
  const surprises = passed.filter(({ test }) => causeOf(area, test) !== undefined);
  const parts = [
    ...byCause('skipped', skipped, ({ reason }) => reason ?? 'no reason given'),
    ...byCause('failed', failed, ({ test }) => causeOf(area, test) ?? 'UNEXPECTED'),
    ...byCause('passed though listed as missing', surprises, ({ test }) => causeOf(area, test) ?? ''),
    `${passed.length} passed, ${failed.length} failed, ${skipped.length} skipped, of ${outcomes.length}`,
  ];
  return parts.join('\n');
}

/** The most frequent cause last, where one looks first. */
function byCause(what: string, outcomes: readonly Outcome[], cause: (outcome: Outcome) => string): string[] {
  const groups = Object.entries(Object.groupBy(outcomes, cause)).sort(([, a = []], [, b = []]) => a.length - b.length);
  return groups.flatMap(([name, group = []]) => [
    `${what}: ${name} (${group.length})`,
    ...group.map(({ test, reason }) => `  ${test}${what === 'failed' && reason !== null ? `: ${reason}` : ''}`),
  ]);
}
