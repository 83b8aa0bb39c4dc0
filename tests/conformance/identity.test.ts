import { expect, test } from 'vitest';
import { runTempest, SUITES } from './run.ts';

/** Every one of Tempest's v3 identity tests, with all features on; nothing is left out and nothing may be skipped. */
test('Tempest finds Keystone behind /identity', { timeout: 20 * 60_000 }, async () => {
  const lines: string[] = [];
  const outcomes = await runTempest(SUITES.identity, (line) => lines.push(line));
  const notPassed = outcomes.filter(({ result }) => result !== 'passed');
  expect(notPassed, lines.join('\n')).toEqual([]);
  expect(outcomes.length).toBeGreaterThanOrEqual(138);
});
