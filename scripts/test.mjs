// `npm test [-- suite ...]`: set-up, then the gate's two lanes side by side; the last line is the sum of all.
import { availableParallelism } from 'node:os';
import { SetupError } from './setup/progress.mjs';
import { setUp } from './setup/setup.mjs';
import { summaryLine } from './test-counts.mjs';
import { chooseSuites } from './testing/choose-suites.mjs';
import { printResults, runSuite } from './testing/run-suite.mjs';
import { lanes } from './testing/suites.mjs';

/** A suite that hangs is ended, and its lane goes on with the next. */
const LIMIT_MS = 20 * 60_000;

async function main() {
  const chosen = chooseLanes(process.argv.slice(2));
  await setUp({ desktop: true, forTests: true });
  const alone = Object.keys(chosen).length === 1;
  const workers = Math.max(1, Math.floor(availableParallelism() / Object.keys(chosen).length));
  const results = await Promise.all(
    Object.entries(chosen).map(([lane, suites]) =>
      runLane(lane, suites, { prefix: alone ? '' : `${lane} | `, workers }),
    ),
  );
  return printResults(Object.fromEntries(Object.keys(chosen).map((lane, index) => [lane, results[index]])));
}

/** The lanes with the suites that were named, or with all of them. */
function chooseLanes(names) {
  const chosen = chooseSuites(names, Object.values(lanes).flatMap(Object.keys));
  return Object.fromEntries(
    Object.entries(lanes)
      .map(([lane, suites]) => [lane, Object.entries(suites).filter(([name]) => chosen.includes(name))])
      .filter(([, suites]) => suites.length > 0),
  );
}

/** `CUMULET_TEST_LANE` names the lane to whoever looks at the process table: all that a suite starts inherits it. */
async function runLane(lane, suites, { prefix, workers }) {
  const env = { CUMULET_TEST_LANE: lane, CUMULET_TEST_WORKERS: String(workers) };
  const results = [];
  for (const [name, suite] of suites) {
    results.push(await runSuite(name, suite, { prefix, env, limitMs: LIMIT_MS }));
  }
  return results;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  console.log(summaryLine([{ passed: 0, failed: 1, skipped: 0 }]));
  process.exitCode = 1;
}
