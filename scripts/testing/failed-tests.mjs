import { stripVTControlCharacters } from 'node:util';

const AT_MOST_TESTS = 30;
const AT_MOST_LINES = 25;

/** The failed tests of a Vitest report (Jest's JSON) as `{ where, what, why }[]`; none where no report was written. */
export function failedInVitest(report) {
  return (report?.testResults ?? [])
    .filter(({ status }) => status === 'failed')
    .flatMap(({ name, message, assertionResults }) => {
      const failed = assertionResults
        .filter(({ status }) => status === 'failed')
        .map((test) => ({ where: name, what: test.fullName, why: (test.failureMessages ?? []).join('\n') }));
      // It could not be loaded, or what stands before and after its tests failed.
      return failed.length > 0 ? failed : [{ where: name, what: 'the file as a whole', why: message ?? '' }];
    });
}

/** The same of a Playwright report, with what was said at the first attempt. */
export function failedInPlaywright(report) {
  return (report?.suites ?? []).flatMap(failedInPlaywrightSuite);
}

function failedInPlaywrightSuite({ specs = [], suites = [] }) {
  const failed = specs
    .filter((spec) => spec.tests.some(({ status }) => status === 'unexpected' || status === 'flaky'))
    .map((spec) => ({
      where: `${spec.file}:${spec.line}`,
      what: spec.title,
      why: spec.tests
        .flatMap(({ results }) => results.find(({ errors }) => errors.length > 0)?.errors ?? [])
        .map(({ message }) => message)
        .join('\n'),
    }));
  return [...failed, ...suites.flatMap(failedInPlaywrightSuite)];
}

/**
 * What failed, as the end of a run says it once more: two lanes print at once, and whoever is given only the last part of
 * the output must see what it was.
 */
export function describeFailures(failures) {
  const said = failures.slice(0, AT_MOST_TESTS).map(({ where, what, why }) => {
    const lines = stripVTControlCharacters(why).trimEnd().split('\n').slice(0, AT_MOST_LINES);
    return [`${where} › ${what}`, ...lines.map((line) => `    ${line}`)].join('\n');
  });
  const more = failures.length - said.length;
  return [...said, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}
