import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { runStreaming } from '../run-streaming.mjs';
import { inRoot, pinnedEnvironment, pinnedNode } from '../setup/places.mjs';
import { SetupError } from '../setup/progress.mjs';
import { summaryLine } from '../test-counts.mjs';
import { describeFailures } from './failed-tests.mjs';

const reports = inRoot('artifacts', 'tests');

/**
 * Runs one suite and answers `{ name, counts, failures, seconds, note }`. `prefix` stands before each of its lines,
 * where several suites print at once. After `limitMs` the suite is ended, which counts as a failure.
 */
export async function runSuite(name, suite, { prefix = '', env = {}, limitMs }) {
  mkdirSync(reports, { recursive: true });
  const report = `${reports}/${name}.json`;
  rmSync(report, { force: true });
  console.log(`\n${prefix}=== ${name} ===`);
  const startedAt = performance.now();
  const { code, timedOut, interrupted } = await runStreaming(pinnedNode, suite.args(report), {
    env: { ...pinnedEnvironment, ...env, ...suite.env(report) },
    limitMs,
    prefix,
  });
  if (interrupted) throw new SetupError(`${name} was stopped.`);
  const written = readReport(report);
  const note = timedOut ? `, stopped after ${limitMs / 60_000} minutes` : '';
  return {
    name,
    counts: suite.count(written, code),
    failures: suite.failures(written),
    seconds: Math.round((performance.now() - startedAt) / 1000),
    note,
  };
}

/** The end of a run: what failed, a line for each suite (they may be grouped, as `{ title: results }`), and the sum. */
export function printResults(groups) {
  const results = Object.values(groups).flat();
  const failures = results.flatMap((result) => result.failures);
  if (failures.length > 0) console.log(`\nFailed\n${describeFailures(failures)}`);
  console.log('\nSuites');
  for (const [title, members] of Object.entries(groups)) {
    console.log(`${title}, ${members.reduce((sum, { seconds }) => sum + seconds, 0)} s`);
    for (const member of members) console.log(describeSuite(member));
  }
  const counts = results.map((result) => result.counts);
  console.log(summaryLine(counts));
  return counts.every(({ failed }) => failed === 0) ? 0 : 1;
}

function describeSuite({ name, counts, seconds, note }) {
  return `  ${name.padEnd(12)} ${summaryLine([counts])} in ${seconds} s${note}`;
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}
