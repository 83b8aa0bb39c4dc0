import { expect, test } from 'vitest';
import { allPassed, isLong, notePassed } from '../../scripts/testing/sitting.ts';
import { GATE_SUITES, runTempest, SUITES } from './run.ts';

/** Tempest's v3 identity tests, with all features on: nothing may be skipped. The gate runs some of every resource. */
test('Tempest finds Keystone behind /identity', { timeout: 20 * 60_000 }, async () => {
  const lines: string[] = [];
  const before = allPassed();
  const outcomes = await runTempest(isLong ? SUITES.identity : GATE_SUITES.identity, (line) => lines.push(line), {
    without: before,
    onOutcome: ({ test, result }) => result === 'passed' && notePassed(test),
  });
  const notPassed = outcomes.filter(({ result }) => result !== 'passed');
  expect(notPassed, lines.join('\n')).toEqual([]);
  expect(before.length + outcomes.length).toBeGreaterThanOrEqual(isLong ? 138 : 60);
});
