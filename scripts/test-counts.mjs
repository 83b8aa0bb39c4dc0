/**
 * Passed, failed and skipped of one suite's report. A suite that wrote no report, found no test, or ended badly without a
 * failed test counts as one failure: silence is never a pass.
 */
export function countVitest(report, exitCode) {
  if (report === null) return broken();
  const unloadable = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  return honest(
    {
      passed: report.numPassedTests,
      failed: report.numFailedTests + unloadable.length,
      skipped: report.numPendingTests + (report.numTodoTests ?? 0),
    },
    exitCode,
  );
}

/** Playwright calls a test that passed on a second try flaky; here it failed. */
export function countPlaywright(report, exitCode) {
  if (report === null) return broken();
  const { expected, unexpected, flaky, skipped } = report.stats;
  return honest({ passed: expected, failed: unexpected + flaky, skipped }, exitCode);
}

/** `N passed, N failed` and, only where there are some, `, N skipped`. */
export function summaryLine(counts) {
  const sum = (key) => counts.reduce((total, count) => total + count[key], 0);
  const skipped = sum('skipped');
  return `${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function broken() {
  return { passed: 0, failed: 1, skipped: 0 };
}

function honest(counts, exitCode) {
  const foundNone = counts.passed + counts.failed + counts.skipped === 0;
  const endedBadly = exitCode !== 0 && counts.failed === 0;
  return foundNone || endedBadly ? { ...counts, failed: counts.failed + 1 } : counts;
}
