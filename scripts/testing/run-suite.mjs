import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { runStreaming } from '../run-streaming.mjs';
import { inRoot, pinnedEnvironment, pinnedNode } from '../setup/places.mjs';
import { SetupError } from '../setup/progress.mjs';
import { summaryLine } from '../test-counts.mjs';

const reports = inRoot('artifacts', 'tests');

/**
 * Runs one suite and answers `{ name, counts, seconds, note }`. `prefix` stands before each of its lines,
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
  const counts = suite.count(readReport(report), code);
  const note = timedOut ? `, stopped after ${limitMs / 60_000} minutes` : '';
  return { name, counts, seconds: Math.round((performance.now() - startedAt) / 1000), note };
}

/** One line a suite, as the end of a run shows it. */
export function describeSuite({ name, counts, seconds, note }) {
  return `  ${name.padEnd(12)} ${summaryLine([counts])} in ${seconds} s${note}`;
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}
