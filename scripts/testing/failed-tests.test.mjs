import { expect, test } from 'vitest';
import { describeFailures, failedInPlaywright, failedInVitest } from './failed-tests.mjs';

test('a Vitest report names its failed tests, and a file that could not be loaded', () => {
  const report = {
    testResults: [
      { name: '/a.test.ts', status: 'passed', assertionResults: [{ status: 'passed', fullName: 'good' }] },
      {
        name: '/b.test.ts',
        status: 'failed',
        assertionResults: [
          { status: 'passed', fullName: 'good' },
          { status: 'failed', fullName: 'bad', failureMessages: ['\u001b[31mexpected 1\u001b[39m\nto be 2'] },
        ],
      },
      { name: '/c.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
      { name: '/d.test.ts', status: 'failed', message: 'afterAll', assertionResults: [{ status: 'passed' }] },
    ],
  };
  expect(describeFailures(failedInVitest(report))).toBe(
    '/b.test.ts › bad\n    expected 1\n    to be 2\n/c.test.ts › the file as a whole\n    no such module\n/d.test.ts › the file as a whole\n    afterAll',
  );
});

test('a Playwright report names what failed, also what passed on a second try, however deep it stands', () => {
  const results = [{ errors: [{ message: 'not visible' }] }, { errors: [] }];
  const report = {
    suites: [
      {
        specs: [{ file: 'a.spec.ts', line: 3, title: 'good', tests: [{ status: 'expected', results: [] }] }],
        suites: [{ specs: [{ file: 'a.spec.ts', line: 9, title: 'bad', tests: [{ status: 'flaky', results }] }] }],
      },
    ],
  };
  expect(describeFailures(failedInPlaywright(report))).toBe('a.spec.ts:9 › bad\n    not visible');
});

test('a suite that wrote no report has nothing to name', () => {
  expect(failedInVitest(null)).toEqual([]);
  expect(failedInPlaywright(null)).toEqual([]);
});

test('what is said is bounded', () => {
  const failures = Array.from({ length: 40 }, (_, index) => ({
    where: 'a.test.ts',
    what: `test ${index}`,
    why: 'a line\n'.repeat(1000),
  }));
  const lines = describeFailures(failures).split('\n');
  expect(lines).toHaveLength(30 * 26 + 1);
  expect(lines.at(-1)).toBe('and 10 more');
});
