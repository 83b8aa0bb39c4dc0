import { expect, test } from 'vitest';
import { countPlaywright, countVitest, summaryLine } from './test-counts.mjs';

const vitestReport = (changes) => ({
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
  ...changes,
});

test('sums passed, failed and skipped of both kinds of report', () => {
  const counts = [
    countVitest(vitestReport({ numPassedTests: 4, numFailedTests: 1, numPendingTests: 1, numTodoTests: 1 }), 1),
    countPlaywright({ stats: { expected: 3, unexpected: 1, flaky: 1, skipped: 0 } }, 1),
  ];
  expect(summaryLine(counts)).toBe('7 passed, 3 failed, 2 skipped');
});

test('leaves skipped out where there are none', () => {
  expect(summaryLine([countVitest(vitestReport({ numPassedTests: 2 }), 0)])).toBe('2 passed, 0 failed');
});

test('a file that could not be loaded is a failure beside its passed neighbours', () => {
  const testResults = [
    { status: 'failed', assertionResults: [] },
    { status: 'passed', assertionResults: [{}] },
  ];
  expect(countVitest(vitestReport({ numPassedTests: 1, testResults }), 1)).toEqual({
    passed: 1,
    failed: 1,
    skipped: 0,
  });
});

test.each([
  ['no report', () => countVitest(null, 0)],
  ['no vitest test', () => countVitest(vitestReport({}), 0)],
  ['no Playwright test', () => countPlaywright({ stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0 } }, 0)],
])('%s counts as one failure', (_name, count) => {
  expect(count()).toMatchObject({ passed: 0, failed: 1 });
});

test('a run that ended badly without a failed test counts as one failure', () => {
  expect(countVitest(vitestReport({ numPassedTests: 5 }), 1)).toEqual({ passed: 5, failed: 1, skipped: 0 });
});
